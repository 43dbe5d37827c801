"""What is plugged into a kiosk: emulated, or the reader, the camera and the face check of this machine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import structlog

from core.contracts.checkin import CheckInMode
from kiosk.camera.emulated import EmulatedCamera, Scene
from kiosk.camera.opencv import OpenCvCamera
from kiosk.camera.ports import Camera
from kiosk.camera.replay import ReplayCamera
from kiosk.clock import Clock, SystemClock
from kiosk.emulated.faces import EmulatedFaceCheck
from kiosk.face.challenge import BINDING_TURNS, TURNS
from kiosk.face.check import LiveFaceCheck
from kiosk.face.errors import FaceError
from kiosk.face.match import Use
from kiosk.face.models import ModelStore, default_models
from kiosk.ports import CardSource, FaceCheck
from kiosk.session.values import FACE_NOT_DONE, FaceReport, Subject
from kiosk.settings import KioskSettings
from kiosk.uplink.roster import KnownRoster
from kiosk.watchdog import WatchedCamera

_log = structlog.get_logger()
CAMERA_THREADS = 4
"""A driver may keep them for ever; the threads that write reports down and read chips are others."""
_BINDING = frozenset({CheckInMode.GUARDIAN, CheckInMode.ENROLMENT})


@dataclass(frozen=True, slots=True)
class Devices:
    """What is plugged into the kiosk."""

    cards: CardSource
    camera: Camera
    faces: FaceCheck

    def know(self, roster: KnownRoster | None) -> None:
        """Tell the face check whose faces are enrolled."""
        if isinstance(self.faces, LiveFaceCheck | EmulatedFaceCheck):
            self.faces.know(roster)

    @property
    def camera_condition(self) -> str:
        """What the camera's last picture was like, or how it hangs."""
        condition = self.camera.condition if isinstance(self.camera, WatchedCamera) else "ok"
        turned = isinstance(self.faces, LiveFaceCheck) and self.faces.camera_turned
        return "turned" if turned and condition == "ok" else condition

    @property
    def emulated(self) -> tuple[str, ...]:
        """Which of them are not real."""
        named = (("card", self.cards), ("camera", self.camera), ("face", self.faces))
        return tuple(name for name, part in named if part.emulated)


class NoFaceCheck:
    """No face check is installed: a visit is reported with the face not done, for the core to judge."""

    emulated = False

    async def check(self, subject: Subject, on_hint: Callable[[str], None]) -> FaceReport:
        """Nothing is compared."""
        del subject, on_hint
        return FACE_NOT_DONE

    async def greet(self, coming: asyncio.Future[Subject], on_hint: Callable[[str], None]) -> FaceReport:
        """Nothing is compared."""
        return await self.check(await coming, on_hint)


def emulated_devices(mode: Callable[[], CheckInMode] = lambda: CheckInMode.ATTENDANCE) -> Devices:
    """Card, camera and face check that need no hardware."""
    # A real kiosk holds no means to make cards.
    from kiosk.emulated.cards import EmulatedCards

    scene = Scene()
    camera = EmulatedCamera(scene)
    faces = EmulatedFaceCheck(scene, camera, enrols=lambda: mode() is CheckInMode.ENROLMENT)
    return Devices(EmulatedCards(scene), camera, faces)


@dataclass(frozen=True, slots=True)
class Present:
    """What the devices ask of the kiosk as it stands now (hiện trạng)."""

    mode: Callable[[], CheckInMode] = lambda: CheckInMode.ATTENDANCE
    turns: Callable[[], int] = lambda: 1
    """How many turns of the head the school's gate asks for."""
    wants_code: Callable[[], bool] = lambda: True
    """Whether a printed code would mean something; else the camera is left to the face."""
    clock: Clock = field(default_factory=SystemClock)
    """By which certificates are in time: the core's, where the machine's own is years off."""
    exam_needs_issuer: bool = False
    """Whether at an exam a portrait counts only on a card that the store of issuers proved."""

    def only_proved(self) -> bool:
        """Whether a portrait of an unproved card is none now."""
        return self.exam_needs_issuer and self.mode() is CheckInMode.EXAM


def real_devices(settings: KioskSettings, present: Present) -> Devices:
    """The reader and the camera of this machine; `settings.issuers` are the issuers that the school trusts."""
    from kiosk.reader import PcscCards

    threads = ThreadPoolExecutor(CAMERA_THREADS, "camera")
    camera = WatchedCamera(lambda: camera_of(settings.camera, threads))
    cards = PcscCards(settings.issuers, camera, present.clock, wants_code=present.wants_code)
    wary = replace(present, exam_needs_issuer=settings.exam_needs_issuer)
    return Devices(cards, camera, face_check(camera, default_models(), wary))


def use_of(present: Present) -> Use:
    """What a match decides now."""
    return Use.EXAM if present.mode() is CheckInMode.EXAM else Use.DAILY_GATE


def turns_for(present: Present) -> int:
    """How many turns of the head to ask for now: what the school wants, never fewer than the use needs."""
    least = BINDING_TURNS if present.mode() in _BINDING else TURNS[use_of(present)]
    return max(least, present.turns())


def face_check(camera: Camera, models: Path, present: Present = Present()) -> FaceCheck:
    """The real face check, or none with a clear word where its models are not there."""
    try:
        turns, use = partial(turns_for, present), partial(use_of, present)
        return LiveFaceCheck(
            camera,
            ModelStore(models),
            use,
            enrols=lambda: present.mode() is CheckInMode.ENROLMENT,
            turns=turns,
            only_proved=present.only_proved,
        )
    except FaceError as error:
        _log.warning("face_check_off", why=str(error), mend="congtruong kiosk models")
        return NoFaceCheck()


def camera_of(named: str, threads: Executor | None = None) -> Camera:
    """The camera that the setting names: a number, a video file, or a folder of pictures; `threads` may hang."""
    if named.isdigit():
        return OpenCvCamera(int(named), threads)
    path = Path(named)
    return ReplayCamera(path) if path.is_dir() else OpenCvCamera(path, threads)
