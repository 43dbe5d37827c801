"""A face check that answers from the emulated scene. It recognises nobody, and the screen says so.

It keeps the port's manners of a real one: it waits while nobody stands there, takes its time, and gives
scores in the range of a real model, so that everything behind it can be tried. The face part replaces it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from core.contracts.checkin import FaceOutcome
from kiosk.camera.emulated import Scene, Standing
from kiosk.camera.ports import Camera
from kiosk.session.values import FACE_NOT_DONE, FaceReport, Subject

_ANSWERS = {
    Standing.HOLDER: FaceReport(FaceOutcome.MATCH, 0.71, liveness_passed=True),
    Standing.STRANGER: FaceReport(FaceOutcome.MISMATCH, 0.12, liveness_passed=True),
    Standing.PHOTO: FaceReport(FaceOutcome.UNSURE, 0.68, liveness_passed=False),
}


@dataclass(frozen=True, slots=True)
class EmulatedFaceCheck:
    """Answers from the scene (so mặt mô phỏng)."""

    scene: Scene
    camera: Camera
    frames: int = 3
    emulated: bool = True

    async def check(self, subject: Subject, on_hint: Callable[[str], None]) -> FaceReport:
        """Wait for somebody, take a few frames, answer."""
        if subject.portrait is None:
            return FACE_NOT_DONE
        while self.scene.standing is Standing.NOBODY:
            on_hint("come_closer")
            await asyncio.sleep(0.5)
        for _ in range(self.frames):
            await self.camera.frame()
        return _ANSWERS[self.scene.standing]
