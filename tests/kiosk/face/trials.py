"""Lets attackers and living people meet the face check, and counts (ISO/IEC 30107-3: APCER, BPCER).

APCER: the share of attack presentations of one kind that were taken for life. BPCER: the share of living
people that were not. A trial is the real check with its own random challenge.
"""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Callable, Mapping
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from typing_extensions import override

from core.contracts.checkin import FaceOutcome, IdentifiedBy
from core.contracts.citizen_id import CitizenId
from kiosk.face.check import LiveFaceCheck
from kiosk.face.engine import Analysis, FaceEngine
from kiosk.face.errors import NoFaceError
from kiosk.face.match import Use
from kiosk.face.models import ModelStore, default_models
from kiosk.face.movements import REST_YAW
from kiosk.face.picture import Picture, read
from kiosk.session.values import FaceReport, Subject
from tests.kiosk.face.attacks import (
    POSES,
    Material,
    Show,
    cut_out,
    film,
    on_cue,
    on_screen,
    printed,
    still_sheet,
    turned_sheet,
)
from tests.kiosk.face.people import Manner, somebody
from tests.kiosk.face.puppets import OutOfPatienceError, Stage
from tests.kiosk.face.render import Head, fitted

_PATIENCE = 150
"""Pictures of 80 ms: whoever has not been seen well in twelve seconds has failed."""
Presentation = Callable[[Head, random.Random], Show]


def _made(chance: random.Random) -> Material:
    return Material.drawn(chance)


def _screen(chance: random.Random) -> Callable[[Picture, int], Picture]:
    made = Material.drawn(chance)
    return lambda picture, number: on_screen(picture, made, number)


def _bare(picture: Picture, _number: int) -> Picture:
    """A panel without any mark: no grid, no band, no border."""
    return picture


def _reel(chance: random.Random) -> tuple[str, ...]:
    """What a film made beforehand shows, in an order of its own: turns, with a blink after each."""
    turns = chance.sample(tuple(POSES), 4)
    return tuple(step for turn in turns for step in (turn, "blink"))


FLAT: Mapping[str, Presentation] = {
    "print_still": lambda head, chance: still_sheet(printed(head.picture, _made(chance))),
    "print_turned": lambda head, chance: turned_sheet(printed(head.picture, made := _made(chance)), made),
    "cut_out_flat": lambda head, chance: cut_out(head, printed(head.picture, made := _made(chance)), made),
    "screen_still": lambda head, chance: still_sheet(on_screen(head.picture, _made(chance))),
    "screen_turned": lambda head, chance: turned_sheet(on_screen(head.picture, made := _made(chance)), made),
}
"""What is flat must never pass."""
BENT: Mapping[str, Presentation] = {
    "print_bent": lambda head, chance: turned_sheet(
        printed(head.picture, made := _made(chance)), made, bent=True
    ),
    "cut_out_bent": lambda head, chance: cut_out(
        head, printed(head.picture, made := _made(chance)), made, bent=True
    ),
}
FILMS: Mapping[str, Presentation] = {
    "film_on_a_screen": lambda head, chance: film(head, _screen(chance), movements=_reel(chance)),
    "film_without_marks": lambda head, chance: film(head, _bare, movements=_reel(chance)),
}
ON_CUE: Mapping[str, Presentation] = {
    "on_cue_on_a_screen": lambda head, chance: on_cue(head, _screen(chance)),
    "on_cue_without_marks": lambda head, _chance: on_cue(head, _bare),
}
ATTACKS: Mapping[str, Presentation] = {**FLAT, **BENT, **FILMS, **ON_CUE}
"""What passes of the others is measured and written down."""


def living(head: Head, chance: random.Random) -> Show:
    """Somebody of this head, in a manner of their own, who does what is asked."""
    return somebody(head, Manner.drawn(chance))


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


class _Remembering(FaceEngine):
    """The same engine, which does not look twice at the very same picture: the shows repeat theirs."""

    def __init__(self, engine: FaceEngine) -> None:
        self._engine = engine
        self._seen: dict[tuple[int, bool, bool], tuple[object, Analysis | NoFaceError]] = {}

    @override
    def analyse(
        self,
        picture: npt.NDArray[np.generic],
        *,
        mesh: bool = True,
        live: bool = False,
        closely: bool = False,
    ) -> Analysis:
        """As the engine does; the picture is kept so that its identity stays its own."""
        key = (id(picture), mesh, closely)
        if key not in self._seen:
            try:
                found: Analysis | NoFaceError = self._engine.analyse(
                    picture, mesh=mesh, live=live, closely=closely
                )
            except NoFaceError as none:
                found = none
            self._seen[key] = (picture, found)
        found = self._seen[key][1]
        if isinstance(found, NoFaceError):
            raise found
        return found

    @override
    def stands_turned(self, picture: npt.NDArray[np.generic]) -> bool | None:
        """As the engine does."""
        return self._engine.stands_turned(picture)


class _Check(LiveFaceCheck):
    """The real check, with an engine that is loaded already."""

    engine: FaceEngine

    @override
    def _loaded(self) -> FaceEngine:
        return _Check.engine


def meet(
    engine: FaceEngine, head: Head, show: Show, seed: int, *, use: Use = Use.DAILY_GATE
) -> FaceReport | None:
    """One presentation; None when the check was still waiting for a usable face after `_PATIENCE` pictures."""
    _Check.engine = _Remembering(engine)

    async def check() -> FaceReport | None:
        stage = Stage(show, patience=_PATIENCE)
        faces = _Check(stage, ModelStore(default_models()), lambda: use, chance=random.Random(seed))
        subject = Subject(CitizenId("001315012345"), IdentifiedBy.CHIP, portrait=portrait_of(head.picture))
        try:
            return await faces.check(subject, stage.hear)
        except OutOfPatienceError:
            return None
        finally:
            faces.close()

    return asyncio.run(check())


def passed(report: FaceReport | None) -> bool:
    """Whether the kiosk would let this presentation in."""
    return report is not None and report.outcome is FaceOutcome.MATCH and report.liveness_passed is True


def between(hits: int, trials: int) -> tuple[float, float]:
    """The rates that are consistent with so many hits, with 95 % confidence (Clopper and Pearson, 1934).

    >>> [round(v, 3) for v in between(0, 100)]
    [0.0, 0.036]
    """

    def at_most(rate: float) -> float:
        return sum(math.comb(trials, k) * rate**k * (1 - rate) ** (trials - k) for k in range(hits + 1))

    def at_least(rate: float) -> float:
        return sum(
            math.comb(trials, k) * rate**k * (1 - rate) ** (trials - k) for k in range(hits, trials + 1)
        )

    low = 0.0 if hits == 0 else _where(lambda rate: at_least(rate) - 0.025)
    high = 1.0 if hits == trials else _where(lambda rate: 0.025 - at_most(rate))
    return low, high


def _where(rising: Callable[[float], float]) -> float:
    low, high = 0.0, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < 0 else (low, middle)
    return low
