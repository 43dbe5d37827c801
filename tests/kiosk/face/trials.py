"""Lets attackers and living people meet the face check, and counts (ISO/IEC 30107-3: APCER, BPCER).

APCER: the share of attack presentations of one kind that were taken for life. BPCER: the share of living
people that were not. A trial is the real check with its own random challenge.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from pathlib import Path

import cv2

from core.contracts.checkin import FaceOutcome, IdentifiedBy
from core.contracts.citizen_id import CitizenId
from kiosk.face.check import LiveFaceCheck
from kiosk.face.engine import FaceEngine
from kiosk.face.match import Use
from kiosk.face.models import ModelStore
from kiosk.face.movements import REST_YAW
from kiosk.face.picture import Picture, read
from kiosk.session.values import FaceReport, Subject
from tests.kiosk.face.attacks import Show, cut_out, on_screen, printed, replayed, still_sheet, turned_sheet
from tests.kiosk.face.puppets import Stage, obliging
from tests.kiosk.face.render import Head, fitted

_SECONDS = 240
_RECORDED = ("turn_left", "blink")

ATTACKS: Mapping[str, Callable[[Head], Show]] = {
    "print_still": lambda head: still_sheet(printed(head.picture)),
    "print_turned": lambda head: turned_sheet(printed(head.picture)),
    "print_turned_from_the_other_side": lambda head: turned_sheet(printed(head.picture), tilted=45),
    "print_bent": lambda head: turned_sheet(printed(head.picture), bend=1.2),
    "cut_out_flat": lambda head: cut_out(head, printed(head.picture)),
    "cut_out_bent": lambda head: cut_out(head, printed(head.picture), bend=1.6),
    "screen_still": lambda head: still_sheet(on_screen(head.picture)),
    "screen_turned": lambda head: turned_sheet(on_screen(head.picture), tilted=20),
    "replay_on_screen": lambda head: replayed(head, on_screen, order=_RECORDED),
    "replay_perfect_screen": lambda head: replayed(head, lambda picture: picture, order=_RECORDED),
}
FLAT = (
    "print_still",
    "print_turned",
    "print_turned_from_the_other_side",
    "cut_out_flat",
    "screen_still",
    "screen_turned",
)
"""What is flat must never pass; the others are measured, and what passes is written down."""


def good_heads(folder: Path, engine: FaceEngine, most: int) -> list[Head]:
    """Heads of the first development pictures that pass the quality gate, of one face each."""
    heads: list[Head] = []
    for path in sorted(folder.glob("img*.jpg")):
        picture = fitted(read(path), engine)
        seen = engine.analyse(picture)
        # Whoever stands there can look straight ahead; a picture that does not cannot be made to.
        if not seen.flaws and seen.mesh is not None and abs(seen.mesh.yaw) < REST_YAW:
            heads.append(Head.of(picture, engine))
        if len(heads) == most:
            break
    return heads


def portrait_of(picture: Picture) -> bytes:
    """The chip's portrait of that person."""
    return bytes(cv2.imencode(".jpg", picture)[1].tobytes())


def meet(store: ModelStore, head: Head, show: Show, seed: int) -> FaceReport | None:
    """One presentation; None when the check was still waiting for a usable face after four minutes."""

    async def check() -> FaceReport:
        stage = Stage(show)
        faces = LiveFaceCheck(stage, store, lambda: Use.DAILY_GATE, chance=random.Random(seed))
        subject = Subject(CitizenId("001315012345"), IdentifiedBy.CHIP, portrait=portrait_of(head.picture))
        try:
            async with asyncio.timeout(_SECONDS):
                return await faces.check(subject, stage.hear)
        finally:
            faces.close()

    try:
        return asyncio.run(check())
    except TimeoutError:
        return None


def passed(report: FaceReport | None) -> bool:
    """Whether the kiosk would let this presentation in."""
    return report is not None and report.outcome is FaceOutcome.MATCH and report.liveness_passed is True


def living(head: Head) -> Show:
    """The person of the picture, who does what is asked."""
    return obliging(head)
