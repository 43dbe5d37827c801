"""A face that leans or is small is looked at again, upright and large: its points, and with them its template, are surer."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from kiosk.face import picture
from kiosk.face.closer import seen_closer
from kiosk.face.crowding import likeness
from kiosk.face.detect import Detector, Face
from kiosk.face.engine import FaceEngine
from kiosk.face.models import DETECTOR, ModelStore, default_models
from kiosk.face.picture import Picture


@pytest.fixture(scope="module")
def detector(engine: FaceEngine) -> Detector:
    assert engine.model_id  # the models are there
    return Detector(ModelStore(default_models()).path(DETECTOR))


def _leaning(upright: Picture, degrees: float) -> Picture:
    rows, columns = upright.shape[:2]
    turn = cv2.getRotationMatrix2D((columns / 2, rows / 2), degrees, 0.75)
    return np.asarray(
        cv2.warpAffine(upright, turn, (columns, rows), borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def _small_in_a_large_one(upright: Picture) -> Picture:
    small = cv2.resize(upright, None, fx=0.22, fy=0.22, interpolation=cv2.INTER_AREA)
    large = np.full((900, 1600, 3), 120, np.uint8)
    large[300 : 300 + small.shape[0], 200 : 200 + small.shape[1]] = small
    return large


@pytest.mark.parametrize(
    ("change", "least"),
    [(lambda p: _leaning(p, -30), 0.9), (lambda p: _leaning(p, 45), 0.8), (_small_in_a_large_one, 0.85)],
    ids=["leaning 30", "leaning 45", "small in a large picture"],
)
def test_somebody_leaning_or_far_away_is_still_like_themselves(engine, pictures, change, least) -> None:
    upright = picture.read(pictures / "img4.jpg")
    straight, changed = (engine.analyse(seen, mesh=False).template for seen in (upright, change(upright)))
    assert likeness(straight, changed) > least


def test_a_live_frame_that_is_to_be_compared_is_looked_at_once_more(engine, pictures) -> None:
    upright = picture.read(pictures / "img4.jpg")
    reference = engine.analyse(upright, mesh=False).template
    glance, look = (
        engine.analyse(_leaning(upright, 24), mesh=False, live=True, closely=closely)
        for closely in (False, True)
    )
    assert likeness(look.template, reference) > likeness(glance.template, reference) + 0.02
    assert look.quality == glance.quality


def test_in_a_mirrored_picture_the_points_are_mirrored(detector: Detector, pictures: Path) -> None:
    one = picture.read(pictures / "img4.jpg")
    other = np.ascontiguousarray(one[:, ::-1])
    first, second = (seen_closer(detector.network, seen, detector.find(seen)[0]) for seen in (one, other))
    back = second.points[[1, 0, 2, 4, 3]] * (-1, 1) + (one.shape[1] - 1, 0)
    np.testing.assert_allclose(back, first.points, atol=0.05 * first.eye_distance)


def test_a_face_that_is_not_found_again_stays_as_it_was(detector: Detector) -> None:
    wall = np.full((480, 640, 3), 127, np.uint8)
    points = np.array([[300, 200], [340, 200], [320, 220], [305, 240], [335, 240]], np.float32)
    once = Face((280, 170, 80, 100), points, 0.7)
    assert seen_closer(detector.network, wall, once) is once
