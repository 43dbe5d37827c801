"""YuNet finds the same faces in onnxruntime as in OpenCV, whose decoding is the reference."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from kiosk.face.detect import shrunk
from kiosk.face.engine import FaceEngine
from kiosk.face.models import DETECTOR, ModelStore, default_models
from kiosk.face.picture import Picture, read
from kiosk.face.yunet import InOnnxRuntime, InOpenCv, Network


@pytest.fixture(scope="module")
def both(engine: FaceEngine) -> tuple[Network, Network]:
    assert engine.model_id  # the models are there
    model = ModelStore(default_models()).path(DETECTOR)
    return InOpenCv(model), InOnnxRuntime(model)


def _small(path: Path) -> Picture:
    picture = read(path)
    return shrunk(picture, min(1.0, 480 / max(picture.shape[:2])))


def test_both_engines_find_the_same_faces_to_a_thousandth_of_a_pixel(
    both: tuple[Network, Network], pictures: Path
) -> None:
    shown = [*sorted(pictures.glob("img1?.jpg"))[:5], pictures / "selfie-many-people.jpg"]
    for small in map(_small, shown):
        opencv, onnx = (network.rows(small) for network in both)
        assert len(opencv) >= 1
        np.testing.assert_allclose(onnx, opencv, atol=1e-3)


def test_what_an_earlier_picture_left_beside_a_smaller_one_is_not_seen(
    both: tuple[Network, Network], pictures: Path
) -> None:
    face = _small(pictures / "img1.jpg")
    narrow = np.ascontiguousarray(face[: face.shape[0] - 7, : face.shape[1] - 5])
    both[1].rows(np.full_like(face, 255))
    np.testing.assert_allclose(both[1].rows(narrow), both[0].rows(narrow), atol=1e-3)


def test_an_empty_wall_has_no_faces_in_either(both: tuple[Network, Network]) -> None:
    wall = np.asarray(cv2.GaussianBlur(np.full((100, 210, 3), 90, np.uint8), (5, 5), 0), np.uint8)
    assert [network.rows(wall).shape for network in both] == [(0, 15), (0, 15)]
