"""Films of somebody who does what the kiosk asks, made before the visit and played as a video file.

A film cannot hear. So the person first acts before the real check, whose challenge is drawn from a known seed; what
was asked, and when, becomes the film; the same seed then asks the same again. That is a measurement's way to have a
living face in a file, and no attack: nobody outside knows the seed.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import cv2

from core.contracts.checkin import FaceOutcome, IdentifiedBy
from core.contracts.citizen_id import CitizenId
from kiosk.camera.ports import Frame
from kiosk.face.check import LiveFaceCheck
from kiosk.face.match import Use
from kiosk.face.models import ModelStore
from kiosk.face.picture import Picture
from kiosk.session.values import FaceReport, Subject
from tests.kiosk.face.puppets import obliging
from tests.kiosk.face.render import Head

PACE = 30
_HEARD_EVERY = 0.08
_AFTER_SECONDS = 1.0


@dataclass
class Actor:
    """Somebody before the camera, in real time, who remembers what was asked and when."""

    show: Callable[[str, int], Picture]
    emulated: bool = True
    begun: float | None = None
    asked: list[tuple[float, str]] = field(default_factory=list)
    number: int = 0

    def hear(self, hint: str) -> None:
        self.asked.append((time.monotonic() - (self.begun or time.monotonic()), hint))

    @property
    def first(self) -> float:
        """When the person was first seen."""
        assert self.begun is not None
        return self.begun

    def at(self, seconds: float) -> Picture:
        """What is seen so long after the beginning."""
        past = [(when, hint) for when, hint in self.asked if when <= seconds]
        when, hint = past[-1] if past else (0.0, "")
        return self.show(hint, int((seconds - when) / _HEARD_EVERY))

    async def frame(self) -> Frame:
        now = time.monotonic()
        self.begun = self.begun or now
        self.number = int((now - self.begun) * PACE) + 1
        await asyncio.sleep(max(0.0, self.begun + self.number / PACE - now))
        return Frame(self.at(self.number / PACE), time.monotonic(), self.number)


async def film(store: ModelStore, head: Head, portrait: bytes, seed: int, path: Path) -> FaceReport:
    """Let the head meet the check of this seed, and write what was seen to `path`; how the check ended."""
    actor = Actor(obliging(head))
    # Drawn beforehand: a person needs no processor to turn.
    for hint in ("turn_left", "turn_right", "blink", "look_up", "look_down"):
        for moment in range(16):
            actor.show(hint, moment)
    check = LiveFaceCheck(actor, store, lambda: Use.DAILY_GATE, chance=random.Random(seed))
    try:
        # The first check loads the models; it must not be the one that is filmed.
        await check.check(
            Subject(CitizenId("001315012345"), IdentifiedBy.CHIP, portrait=portrait), actor.hear
        )
        check._chance = random.Random(seed)
        actor.begun, actor.asked = None, []
        report = await check.check(
            Subject(CitizenId("001315012345"), IdentifiedBy.CHIP, portrait=portrait), actor.hear
        )
    finally:
        check.close()
    length = time.monotonic() - actor.first + _AFTER_SECONDS
    height, width = head.picture.shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), PACE, (width, height))
    for number in range(round(length * PACE)):
        writer.write(actor.at(number / PACE))
    writer.release()
    return report


def alive(report: FaceReport) -> bool:
    """Whether the check let the person in."""
    return report.outcome is FaceOutcome.MATCH and report.liveness_passed is True
