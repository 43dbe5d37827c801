"""The manners of a face check, kept by the emulated and by the real one.

The real one looks at a stage of public development pictures (outside the project) whose heads turn and blink
by geometry; without those pictures, or the models, its tests are skipped with the reason.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
import structlog

from core.contracts.checkin import CheckInMode, FaceOutcome, IdentifiedBy
from core.contracts.citizen_id import CitizenId
from kiosk.camera.emulated import EmulatedCamera, Scene, Standing
from kiosk.devices import NoFaceCheck, Present, face_check, turns_for
from kiosk.emulated.faces import EmulatedFaceCheck
from kiosk.errors import CameraError
from kiosk.face import picture
from kiosk.face.challenge import BINDING_TURNS, TURNS
from kiosk.face.check import LiveFaceCheck
from kiosk.face.engine import FaceEngine
from kiosk.face.match import Use
from kiosk.face.models import ModelStore, default_models
from kiosk.face.movements import WAYS, Movement
from kiosk.face.quality import Flaw
from kiosk.face.visit import HINTS
from kiosk.ports import FaceCheck
from kiosk.session.values import FACE_NOT_DONE, Subject
from tests.kiosk.face.puppets import OutOfPatienceError, Stage, darkness, motionless, nobody, obliging
from tests.kiosk.face.render import Head
from tests.kiosk.support.waiting import eventually

HOLDER, SAME_PERSON, STRANGER = "img20.jpg", "img21.jpg", "img12.jpg"


def subject(portrait: bytes | None) -> Subject:
    return Subject(CitizenId("001315012345"), IdentifiedBy.CHIP, portrait=portrait)


@dataclass(frozen=True)
class Setting:
    """A face check, who stands before it, and the portrait on the chip."""

    faces: FaceCheck
    portrait: bytes
    hear: Callable[[str], None]


Make = Callable[[Standing], Setting]


@pytest.fixture
def emulated() -> Make:
    def make(standing: Standing) -> Setting:
        scene = Scene(standing)
        return Setting(EmulatedFaceCheck(scene, EmulatedCamera(scene)), b"portrait", lambda _: None)

    return make


@pytest.fixture
def checks() -> Iterator[Callable[..., LiveFaceCheck]]:
    made: list[LiveFaceCheck] = []

    def make(stage: Stage, seed: int = 7, use: Use = Use.DAILY_GATE) -> LiveFaceCheck:
        faces = LiveFaceCheck(stage, ModelStore(default_models()), lambda: use, chance=random.Random(seed))
        made.append(faces)
        return faces

    yield make
    for faces in made:
        faces.close()


@pytest.fixture
def real(heads: Callable[[str], Head], checks: Callable[..., LiveFaceCheck], pictures: Path) -> Make:
    def make(standing: Standing) -> Setting:
        shows = {
            Standing.HOLDER: lambda: obliging(heads(HOLDER)),
            Standing.STRANGER: lambda: obliging(heads(STRANGER)),
            Standing.PHOTO: lambda: motionless(heads(HOLDER).picture),
            Standing.NOBODY: nobody,
        }
        stage = Stage(shows[standing]())
        return Setting(checks(stage), (pictures / SAME_PERSON).read_bytes(), stage.hear)

    return make


@pytest.fixture(params=["emulated", "real"])
def make(request: pytest.FixtureRequest) -> Make:
    return request.getfixturevalue(request.param)


async def test_the_holder_of_the_card_matches_and_is_alive(make: Make) -> None:
    setting = make(Standing.HOLDER)
    report = await setting.faces.check(subject(setting.portrait), setting.hear)
    assert (report.outcome, report.liveness_passed) == (FaceOutcome.MATCH, True)
    assert report.score is not None
    assert 0.3 < report.score <= 1


async def test_somebody_else_does_not_match(make: Make) -> None:
    setting = make(Standing.STRANGER)
    report = await setting.faces.check(subject(setting.portrait), setting.hear)
    assert report.outcome is FaceOutcome.MISMATCH


async def test_a_picture_of_the_holder_is_not_taken_for_life(make: Make) -> None:
    setting = make(Standing.PHOTO)
    report = await setting.faces.check(subject(setting.portrait), setting.hear)
    assert report.liveness_passed is False


async def test_without_a_portrait_nothing_is_compared(make: Make) -> None:
    setting = make(Standing.HOLDER)
    assert await setting.faces.check(subject(None), setting.hear) == FACE_NOT_DONE


async def test_it_waits_for_somebody_with_a_hint_until_it_is_told_to_stop(make: Make) -> None:
    setting, heard = make(Standing.NOBODY), []
    async with asyncio.TaskGroup() as group:
        check = group.create_task(setting.faces.check(subject(setting.portrait), heard.append))
        await eventually(lambda: bool(heard))
        assert not check.done()
        check.cancel()
    assert heard[0] == "come_closer"


async def test_it_says_whether_it_is_emulated(make: Make) -> None:
    assert make(Standing.NOBODY).faces.emulated is True


# ---------------------------------------------------------------- the real one alone


@pytest.mark.parametrize("portrait", [b"", b"not a picture", b"\xff\xd8\xff\xe0 broken"])
async def test_a_portrait_that_cannot_be_read_is_not_compared(real: Make, portrait: bytes) -> None:
    setting = real(Standing.HOLDER)
    assert await setting.faces.check(subject(portrait), setting.hear) == FACE_NOT_DONE


async def test_a_jpeg_2000_portrait_of_four_kilobytes_is_enough(real: Make, pictures: Path) -> None:
    setting = real(Standing.HOLDER)
    small = cv2.resize(picture.read(pictures / SAME_PERSON), (300, 400), interpolation=cv2.INTER_AREA)
    good, coded = cv2.imencode(".jp2", small, [cv2.IMWRITE_JPEG2000_COMPRESSION_X1000, 20])
    assert good
    assert len(coded) < 12_000
    report = await setting.faces.check(subject(coded.tobytes()), setting.hear)
    assert report.outcome is FaceOutcome.MATCH


async def test_a_dark_room_is_said_and_then_named(
    checks: Callable[..., LiveFaceCheck], pictures: Path
) -> None:
    stage = Stage(darkness())
    with pytest.raises(CameraError, match="dark"):
        await checks(stage).check(subject((pictures / SAME_PERSON).read_bytes()), stage.hear)
    assert "more_light" in stage.heard


async def test_what_is_seen_while_the_chip_is_read_counts(real: Make) -> None:
    """The challenge is over before it is known who comes; nothing more is asked then."""
    setting, heard = real(Standing.HOLDER), list[str]()
    coming: asyncio.Future[Subject] = asyncio.get_running_loop().create_future()

    def hear(hint: str) -> None:
        heard.append(hint)
        setting.hear(hint)

    async with asyncio.TaskGroup() as group:
        greeting = group.create_task(setting.faces.greet(coming, hear))
        await eventually(lambda: "seen" in heard)
        assert not greeting.done()
        told = len(heard)
        coming.set_result(subject(setting.portrait))
    report = greeting.result()
    assert (report.outcome, report.liveness_passed) == (FaceOutcome.MATCH, True)
    assert len(heard) == told


async def test_lifting_the_card_does_not_draw_another_challenge(
    heads: Callable[[str], Head], checks: Callable[..., LiveFaceCheck], pictures: Path
) -> None:
    """Else a film of one movement would be tried until that movement is asked for."""
    stage = Stage(motionless(heads(HOLDER).picture))
    faces, asked = checks(stage), list[str]()
    portrait = (pictures / SAME_PERSON).read_bytes()
    for _ in range(4):
        heard: list[str] = []
        async with asyncio.TaskGroup() as group:
            check = group.create_task(faces.check(subject(portrait), heard.append))
            await eventually(lambda heard=heard: bool(set(WAYS) & set(heard)))
            check.cancel()
        asked.append(heard[-1])
    assert len(set(asked)) == 1


async def test_whoever_still_stands_there_from_before_spoils_nothing(
    heads: Callable[[str], Head], checks: Callable[..., LiveFaceCheck], pictures: Path
) -> None:
    """Somebody else is seen for two pictures, before anything was asked for; then the holder comes."""
    other, holder = heads(STRANGER).picture, obliging(heads(HOLDER))
    stage = Stage(lambda hint, since: other if stage.seen <= 2 else holder(hint, since))
    report = await checks(stage).check(subject((pictures / SAME_PERSON).read_bytes()), stage.hear)
    assert (report.outcome, report.liveness_passed) == (FaceOutcome.MATCH, True)


async def test_whoever_answers_the_challenge_must_be_whoever_was_compared(
    heads: Callable[[str], Head], checks: Callable[..., LiveFaceCheck], pictures: Path
) -> None:
    """A print of the holder is shown until the challenge begins, then somebody else turns and blinks."""
    holder, other = heads(HOLDER).picture, obliging(heads(STRANGER))
    asked = {*Movement, "look_straight"}
    stage = Stage(lambda hint, since: other(hint, since) if asked & set(stage.heard) else holder)
    report = await checks(stage).check(subject((pictures / SAME_PERSON).read_bytes()), stage.hear)
    assert report.liveness_passed is False


async def test_a_face_that_is_small_in_its_picture_is_asked_to_come_closer_and_never_enrolled(
    heads: Callable[[str], Head], pictures: Path
) -> None:
    """Its template would be weak: from a face of 40 pixels in 4,000 it is 0.36 to 0.58 like its own."""
    small = cv2.resize(heads(HOLDER).picture, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    far = np.full_like(heads(HOLDER).picture, 128)
    far[100 : 100 + small.shape[0], 200 : 200 + small.shape[1]] = small
    stage = Stage(motionless(far), patience=12)
    faces = LiveFaceCheck(stage, ModelStore(default_models()), lambda: Use.DAILY_GATE, enrols=lambda: True)
    with pytest.raises(OutOfPatienceError):
        await faces.check(subject((pictures / SAME_PERSON).read_bytes()), stage.hear)
    faces.close()
    assert stage.heard == ["come_closer"]


async def test_the_hints_come_one_at_a_time_and_none_twice_in_a_row(real: Make) -> None:
    setting, heard = real(Standing.HOLDER), []

    def hear(hint: str) -> None:
        heard.append(hint)
        setting.hear(hint)

    await setting.faces.check(subject(setting.portrait), hear)
    assert all(one != other for one, other in itertools.pairwise(heard))
    assert set(WAYS) & set(heard)


def test_every_flaw_has_a_kind_word() -> None:
    assert set(HINTS) == set(Flaw)


def test_a_kiosk_without_models_says_what_to_do_and_compares_nothing(tmp_path: Path) -> None:
    with structlog.testing.capture_logs() as said:
        faces = face_check(EmulatedCamera(Scene()), tmp_path)
    assert isinstance(faces, NoFaceCheck)
    assert [line["mend"] for line in said] == ["congtruong kiosk models"]


def test_a_kiosk_with_models_checks_faces(engine: FaceEngine) -> None:
    present = Present(mode=lambda: CheckInMode.EXAM)
    faces = face_check(EmulatedCamera(Scene()), default_models(), present)
    assert isinstance(faces, LiveFaceCheck)
    faces.close()


@pytest.mark.parametrize(
    ("mode", "schools", "asked"),
    [
        (CheckInMode.ATTENDANCE, 1, 1),
        (CheckInMode.ATTENDANCE, 2, 2),
        (CheckInMode.ENROLMENT, 1, BINDING_TURNS),
        (CheckInMode.EXAM, 1, TURNS[Use.EXAM]),
        (CheckInMode.EXAM, 5, 5),
    ],
)
def test_a_school_may_ask_for_more_turns_but_never_for_fewer_than_the_use_needs(
    mode: CheckInMode, schools: int, asked: int
) -> None:
    assert turns_for(Present(mode=lambda: mode, turns=lambda: schools)) == asked
