"""A face check that answers from the emulated scene. It looks at no face, and the screen says so.

It keeps the port's manners of the real one: it waits while nobody stands there, takes its time, gives scores in the
range of a real model, enrols in the enrolment mode and finds whom it enrolled, so that everything behind it can be
tried. Its templates are random numbers with a model's name of their own, so no real kiosk ever compares with them.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from core.contracts.checkin import FaceOutcome
from core.contracts.faces import FaceTemplates
from core.contracts.roster import RosterPupil
from kiosk.camera.emulated import Scene, Standing
from kiosk.camera.ports import Camera
from kiosk.session.values import FACE_NOT_DONE, FaceReport, Subject
from kiosk.uplink.roster import KnownRoster

MODEL = "emulated-scene-1"
_LOOKS, _NUMBERS = 3, 128
_ANSWERS = {
    Standing.HOLDER: FaceReport(FaceOutcome.MATCH, 0.71, liveness_passed=True),
    Standing.STRANGER: FaceReport(FaceOutcome.MISMATCH, 0.12, liveness_passed=True),
    Standing.PHOTO: FaceReport(FaceOutcome.UNSURE, 0.68, liveness_passed=False),
}


@dataclass(slots=True)
class EmulatedFaceCheck:
    """Answers from the scene (so mặt mô phỏng)."""

    scene: Scene
    camera: Camera
    frames: int = 3
    emulated: bool = True
    enrols: Callable[[], bool] = lambda: False
    _roster: KnownRoster | None = field(default=None, repr=False)

    def know(self, roster: KnownRoster | None) -> None:
        """Find whom this roster names from now on; None forgets them."""
        self._roster = roster

    async def check(self, subject: Subject, on_hint: Callable[[str], None]) -> FaceReport:
        """Wait for somebody, take a few frames, answer."""
        if self._nothing_to_compare(subject):
            return FACE_NOT_DONE
        while self.scene.standing is Standing.NOBODY:
            on_hint("come_closer")
            await asyncio.sleep(0.5)
        for _ in range(self.frames):
            await self.camera.frame()
        answer = _ANSWERS[self.scene.standing]
        alive = answer.liveness_passed is True
        if subject.nobody_yet:
            found = self._found() if alive else None
            outcome = FaceOutcome.MATCH if found else FaceOutcome.UNSURE
            named = found.student_id if found else None
            return FaceReport(outcome, answer.score, liveness_passed=alive, student_id=named)
        if self.enrols() and alive and answer.outcome is FaceOutcome.MATCH:
            return FaceReport(
                answer.outcome, answer.score, liveness_passed=True, templates=looks_of(self.scene.who)
            )
        return answer

    async def greet(self, coming: asyncio.Future[Subject], on_hint: Callable[[str], None]) -> FaceReport:
        """The scene is asked when it is known who comes."""
        return await self.check(await coming, on_hint)

    def _nothing_to_compare(self, subject: Subject) -> bool:
        """Whether there is neither a portrait nor an enrolled face."""
        if subject.nobody_yet:
            return not any(_enrolled(pupil) for pupil in self._pupils())
        if subject.portrait is not None or subject.citizen_id is None:
            return subject.portrait is None
        pupil = self._roster.by_number(subject.citizen_id) if self._roster else None
        return pupil is None or not _enrolled(pupil)

    def _found(self) -> RosterPupil | None:
        """Who of the enrolled stands there; two alike are nobody."""
        wanted = looks_of(self.scene.who)
        found = [pupil for pupil in self._pupils() if pupil.faces == wanted]
        return found[0] if len(found) == 1 else None

    def _pupils(self) -> tuple[RosterPupil, ...]:
        return self._roster.roster.pupils if self._roster else ()


def _enrolled(pupil: RosterPupil) -> bool:
    return pupil.faces is not None and pupil.faces.model_id == MODEL


def looks_of(who: str) -> FaceTemplates:
    """Templates for one of the scene's people: unit vectors drawn from the name's hash, the same each time.

    >>> looks_of("a") == looks_of("a"), looks_of("a") == looks_of("b")
    (True, False)
    """
    seed = int.from_bytes(hashlib.sha256(f"{MODEL}/{who}".encode()).digest()[:8], "big")
    vectors = np.random.default_rng(seed).normal(size=(_LOOKS, _NUMBERS))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    coded = tuple(base64.b64encode(one.astype("<f2").tobytes()).decode("ascii") for one in vectors)
    return FaceTemplates(model_id=MODEL, vectors=coded)
