"""A camera that hangs upside down or on its side: noticed before anybody is compared, and told to who can turn it."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from core.contracts.checkin import FaceOutcome, IdentifiedBy
from core.contracts.citizen_id import CitizenId
from kiosk.camera.emulated import Scene
from kiosk.camera.replay import ReplayCamera
from kiosk.camera_doctor import examine_camera
from kiosk.devices import Devices
from kiosk.emulated.cards import EmulatedCards
from kiosk.errors import CameraError
from kiosk.face.check import LiveFaceCheck
from kiosk.face.detect import Detector
from kiosk.face.match import Use
from kiosk.face.models import DETECTOR, ModelStore, default_models
from kiosk.face.picture import read
from kiosk.session.values import Subject
from tests.kiosk.face.puppets import Stage, motionless, obliging
from tests.kiosk.face.render import Head
from tests.kiosk.face.trials import portrait_of

PUPIL = "img20.jpg"


def turned(picture: np.ndarray, quarters: int) -> np.ndarray:
    return np.ascontiguousarray(np.rot90(picture, quarters))


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("quarters", range(4))
def test_people_who_stand_are_told_from_those_who_hang(pictures: Path, quarters: int) -> None:
    detector = Detector(ModelStore(default_models()).path(DETECTOR))
    shown = [read(path) for path in sorted(pictures.glob("img1*.jpg"))]
    assert len(shown) > 5
    assert {detector.stands_turned(turned(one, quarters)) for one in shown} == {quarters != 0}
    assert detector.stands_turned(np.full((480, 640, 3), 127, np.uint8)) is None


async def test_nobody_is_compared_upside_down_and_staff_hear_of_it_until_somebody_stands_upright(
    heads: Callable[[str], Head],
) -> None:
    head = heads(PUPIL)
    subject = Subject(CitizenId("001315012345"), IdentifiedBy.CHIP, portrait=portrait_of(head.picture))
    stage = Stage(motionless(turned(head.posed(), 2)))
    faces = LiveFaceCheck(
        stage, ModelStore(default_models()), lambda: Use.DAILY_GATE, chance=random.Random(3)
    )
    devices = Devices(EmulatedCards(Scene()), stage, faces)
    try:
        with pytest.raises(CameraError, match="turned"):
            await faces.check(subject, stage.hear)
        assert devices.camera_condition == "turned"
        stage.show = obliging(head)
        assert (await faces.check(subject, stage.hear)).outcome is FaceOutcome.MATCH
        assert devices.camera_condition == "ok"
    finally:
        faces.close()


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(("quarters", "said"), [(0, "ok"), (2, "bad")])
async def test_the_doctor_says_to_turn_the_camera(
    pictures: Path, tmp_path: Path, quarters: int, said: str
) -> None:
    cv2.imwrite(str(tmp_path / "somebody.jpg"), turned(read(pictures / PUPIL), quarters))
    camera = (await examine_camera(ReplayCamera(tmp_path, 50)))[0]
    assert (camera.state, "xoay camera lại" in camera.mend) == (said, said == "bad")
