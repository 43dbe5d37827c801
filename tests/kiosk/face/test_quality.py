"""What the gate counts as another person, and as looking away."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kiosk.face.detect import Face, in_order
from kiosk.face.landmarks import Mesh
from kiosk.face.quality import Flaw, flaws, measure

PICTURE = np.random.default_rng(0).integers(60, 190, (480, 640, 3), dtype=np.uint8)
POINTS = np.array([[280, 200], [360, 200], [320, 240], [290, 290], [350, 290]], np.float32)
AHEAD = Face((240, 130, 160, 220), POINTS, 0.94)
# Thick frames: the detector puts the nose where a turned head would have it.
ASKEW = replace(AHEAD, points=POINTS + np.array([[0, 0], [0, 0], [24, 0], [0, 0], [0, 0]], np.float32))


def mesh(yaw: float) -> Mesh:
    points = np.zeros((468, 3), np.float32)
    points[[33, 263, 1, 152], :2] = [(50, 80), (150, 80), (100 + 100 * yaw, 120), (100, 180)]
    return Mesh(points, 0.0, 0.5)


@pytest.mark.parametrize(("score", "people"), [(0.93, 2), (0.7, 1)])
def test_a_shadow_that_the_detector_half_believes_in_is_nobody(score: float, people: int) -> None:
    other = Face((460, 140, 120, 160), POINTS + np.float32(200), score)
    assert measure(PICTURE, (AHEAD, other)).faces == people


def test_a_large_blur_behind_somebody_is_not_taken_for_the_one_who_stands_there() -> None:
    """Skin-coloured and half believed in (0.64), larger than the pupil: its numbers were judged as another face."""
    pupil = Face((250, 130, 146, 200), POINTS, 0.93)
    blur = Face((409, 40, 231, 419), POINTS + np.float32(150), 0.64)
    assert in_order((blur, pupil), 640, 480) == (pupil, blur)
    nearer = replace(blur, score=0.93)
    assert in_order((pupil, nearer), 640, 480)[0] is nearer


def test_glasses_that_draw_the_detectors_points_aside_do_not_turn_a_head() -> None:
    assert Flaw.TURNED in flaws(measure(PICTURE, (ASKEW,)))
    assert Flaw.TURNED not in flaws(measure(PICTURE, (ASKEW,), mesh(0.05)))
    assert Flaw.TURNED in flaws(measure(PICTURE, (ASKEW,), mesh(0.3)))
