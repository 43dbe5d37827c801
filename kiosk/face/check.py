"""The kiosk's face check: waits for a good look, compares with the chip's portrait, asks for two movements.

Everything that OpenCV computes runs in one worker thread, for its networks must not be shared. A picture lives
as long as its analysis; what outlives it are numbers, and those end with the check. Nothing is written.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from core.contracts.checkin import FaceOutcome
from kiosk.camera.condition import light_of
from kiosk.camera.ports import Camera, Frame
from kiosk.errors import CameraError
from kiosk.face.challenge import ChallengeRun
from kiosk.face.embed import Template, average, compare
from kiosk.face.engine import Analysis, FaceEngine
from kiosk.face.errors import BadPictureError, FaceError, NoFaceError
from kiosk.face.known import KnownFaces, coded
from kiosk.face.liveness import LivenessOutcome, LivenessVerdict, judge
from kiosk.face.match import ThresholdTable, Use
from kiosk.face.models import ALL_MODELS, ModelStore
from kiosk.face.picture import decode
from kiosk.face.quality import Flaw
from kiosk.session.values import FACE_NOT_DONE, FaceReport, Subject
from kiosk.uplink.roster import KnownRoster

_In = TypeVar("_In")
_Out = TypeVar("_Out")
FEWEST_LOOKS, MOST_LOOKS = 3, 5
SPACING_MS = 200
"""Frames that follow at once are the same picture again; 200 ms apart they are worth averaging."""
_DOUBT_RATE = 1e-2
_HINT_MS = 700
_NO_LIGHT_MS = 3000
_SMALL_CHILD_MS = 4000

HINTS = {
    Flaw.NO_FACE: "come_closer",
    Flaw.SEVERAL_FACES: "one_person",
    Flaw.TOO_FAR: "come_closer",
    Flaw.TOO_CLOSE: "step_back",
    Flaw.TOO_DARK: "more_light",
    Flaw.TOO_BRIGHT: "less_light",
    Flaw.ONE_SIDED_LIGHT: "more_light",
    Flaw.BLURRED: "hold_still",
    Flaw.TURNED: "look_straight",
    Flaw.TILTED: "look_straight",
    Flaw.LEANING: "look_straight",
    Flaw.EYES_CLOSED: "look",
    Flaw.COVERED: "take_off_mask",
}
"""One kind word for each thing that can be changed; the sentences are in `kiosk/screen/texts`."""


@dataclass(slots=True)
class _Looks:
    """The good looks of one check, for the average (những lần nhìn rõ)."""

    templates: list[Template] = field(default_factory=list, repr=False)
    weights: list[float] = field(default_factory=list)
    last_ms: int = -SPACING_MS

    def add(self, seen: Analysis, at_ms: int) -> bool:
        """Keep the numbers of a look that is good, spaced, and not one too many; whether it was kept."""
        if seen.flaws or at_ms < self.last_ms + SPACING_MS or len(self.templates) >= MOST_LOOKS:
            return False
        self.templates.append(seen.template)
        self.weights.append(seen.quality.unified)
        self.last_ms = at_ms
        return True

    def likeness(self, reference: Template) -> float:
        """How alike the average is to the portrait."""
        return compare(self.mean(), reference)

    def mean(self) -> Template:
        """All looks in one, the better ones weighing more."""
        return average(self.templates, self.weights)


@dataclass(slots=True)
class _Teller:
    """Tells one hint at a time, each long enough to be read; the challenge's own words at once."""

    on_hint: Callable[[str], None]
    said: str = ""
    at_ms: int = -_HINT_MS

    def say(self, hint: str, at_ms: int, *, now: bool = False) -> None:
        """Tell it, unless it was the last or the last is still fresh."""
        if hint != self.said and (now or at_ms >= self.at_ms + _HINT_MS):
            self.said, self.at_ms = hint, at_ms
            self.on_hint(hint)


class LiveFaceCheck:
    """Compares whoever stands before the camera with the chip's portrait (so khuôn mặt)."""

    def __init__(
        self,
        camera: Camera,
        store: ModelStore,
        use: Callable[[], Use],
        *,
        table: ThresholdTable | None = None,
        chance: random.Random | None = None,
        enrols: Callable[[], bool] = lambda: False,
    ) -> None:
        """Check that the models are there; they are loaded at the first check.

        Raises:
            ModelMissingError, ModelAlteredError: run `congtruong kiosk models`.
        """
        for model in ALL_MODELS:
            store.path(model)
        self.emulated = camera.emulated
        self._camera, self._store, self._use = camera, store, use
        self._table = table or ThresholdTable.shipped()
        self._chance = chance or random.SystemRandom()
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="face")
        self._enrols = enrols
        self._engine: FaceEngine | None = None
        self._roster: KnownRoster | None = None
        self._known: KnownFaces | None = None

    def know(self, roster: KnownRoster | None) -> None:
        """Use this roster's enrolled faces from now on; None forgets them."""
        self._roster, self._known = roster, None

    async def check(self, subject: Subject, on_hint: Callable[[str], None]) -> FaceReport:
        """Look, compare, ask for two movements; it waits for a face until it is cancelled.

        A clear mismatch is told without a challenge: there is nothing left to prove. Somebody whom nothing
        names is searched among the enrolled. A card without a portrait is compared with the enrolled face.

        Raises:
            CameraError: when the camera gives no picture, or none with light enough for three seconds.
        """
        if subject.nobody_yet:
            return await self._identify(on_hint)
        reference = await self._in_worker(self._reference, subject)
        if reference is None:
            return FACE_NOT_DONE
        visit = _Visit(self, _Teller(on_hint), ChallengeRun.draw(self._chance))
        looks = await visit.look()
        if self._outcome(looks.likeness(reference)) is FaceOutcome.MISMATCH:
            return FaceReport(FaceOutcome.MISMATCH, round(looks.likeness(reference), 4))
        verdict = await visit.challenge(looks)
        score = looks.likeness(reference)
        alive = verdict.outcome is LivenessOutcome.ACCEPT
        outcome = self._outcome(score)
        sure = self._enrols() and alive and outcome is FaceOutcome.MATCH
        kept = coded(looks.templates) if sure else None
        return FaceReport(outcome, round(score, 4), liveness_passed=alive, templates=kept)

    async def _identify(self, on_hint: Callable[[str], None]) -> FaceReport:
        """Who of the enrolled this is, if one stands clear of all others and is alive."""
        known = await self._in_worker(self._faces, None)
        if known is None or not known.gallery.size:
            return FACE_NOT_DONE
        visit = _Visit(self, _Teller(on_hint), ChallengeRun.draw(self._chance))
        looks = await visit.look()
        verdict = await visit.challenge(looks)
        alive = verdict.outcome is LivenessOutcome.ACCEPT
        found = known.gallery.search(looks.mean(), self._table, self._use())
        score = round(found.best.score, 4) if found.best else None
        if not found.accepted or found.best is None:
            return FaceReport(FaceOutcome.UNSURE, score, liveness_passed=alive)
        who = UUID(found.best.person) if alive else None
        return FaceReport(FaceOutcome.MATCH, score, liveness_passed=alive, student_id=who)

    def _faces(self, _nothing: None) -> KnownFaces | None:
        """The enrolled faces, decoded at the first need; runs in the worker."""
        if self._known is None and self._roster is not None:
            self._known = KnownFaces(self._roster, self._loaded().model_id)
        return self._known

    def _reference(self, subject: Subject) -> Template | None:
        """The chip's portrait as numbers, or the enrolled face where the chip has none; runs in the worker."""
        found = self._template_of(subject.portrait)
        known = self._faces(None) if found is None else None
        return known.reference(subject) if known else found

    async def analyse(self, frame: Frame) -> Analysis | None:
        """What one frame shows; None when there is no face."""
        return await self._in_worker(self._analysis, frame)

    async def next_frame(self) -> Frame:
        """The camera's next picture."""
        return await self._camera.frame()

    def close(self) -> None:
        """Let the worker thread end."""
        self._worker.shutdown(wait=True, cancel_futures=True)

    def _outcome(self, score: float) -> FaceOutcome:
        """At the use's threshold a match; below what one in a hundred strangers reaches a mismatch."""
        if score >= self._table.threshold(self._use()):
            return FaceOutcome.MATCH
        return FaceOutcome.MISMATCH if score < self._table.at_rate(_DOUBT_RATE) else FaceOutcome.UNSURE

    async def _in_worker(self, work: Callable[[_In], _Out], given: _In) -> _Out:
        return await asyncio.get_running_loop().run_in_executor(self._worker, work, given)

    def _loaded(self) -> FaceEngine:
        if self._engine is None:
            self._engine = FaceEngine.load(self._store)
        return self._engine

    def _template_of(self, portrait: bytes | None) -> Template | None:
        """The portrait as numbers; None when there is none, or no face can be found in it."""
        if portrait is None:
            return None
        try:
            return self._loaded().analyse(decode(portrait), mesh=False).template
        except (BadPictureError, NoFaceError):
            return None

    def _analysis(self, frame: Frame) -> Analysis | None:
        try:
            return self._loaded().analyse(frame.picture, mirror=False)
        except NoFaceError:
            return None
        except FaceError as error:
            raise CameraError("wrong_format") from error


@dataclass(slots=True)
class _Visit:
    """One check as it goes."""

    checker: LiveFaceCheck
    teller: _Teller
    run: ChallengeRun
    began: float | None = None
    unlit_since: int | None = None
    absent_since: int | None = None

    async def look(self) -> _Looks:
        """Wait for enough good looks, with one kind hint at a time."""
        looks = _Looks()
        while len(looks.templates) < FEWEST_LOOKS:
            at_ms, seen = await self._next()
            if seen is None:
                self.teller.say(self._missing(at_ms), at_ms)
                continue
            self.absent_since = None
            if looks.add(seen, at_ms):
                # The challenge must be answered by this very face.
                self.run.frames.append(seen.signals(at_ms))
            self.teller.say(HINTS[seen.flaws[0]] if seen.flaws else "look", at_ms)
        return looks

    def _missing(self, at_ms: int) -> str:
        """No face for long: perhaps it is below the picture (a small child), or too near."""
        self.absent_since = at_ms if self.absent_since is None else self.absent_since
        return HINTS[Flaw.NO_FACE] if at_ms < self.absent_since + _SMALL_CHILD_MS else "stand_taller"

    async def challenge(self, looks: _Looks) -> LivenessVerdict:
        """Ask for the movements and judge what was seen."""
        while not self.run.over:
            at_ms, seen = await self._next()
            if seen is None:
                self.teller.say("look", at_ms)
                self.run.nobody(at_ms)
                continue
            looks.add(seen, at_ms)
            self.teller.say(self.run.see(seen.signals(at_ms)), at_ms, now=True)
        return judge(self.run.frames, self.run.asked)

    async def _next(self) -> tuple[int, Analysis | None]:
        frame = await self.checker.next_frame()
        self.began = frame.at if self.began is None else self.began
        at_ms = round(1000 * (frame.at - self.began))
        seen = await self.checker.analyse(frame)
        self._mind_light(frame, at_ms, found=seen is not None)
        return at_ms, seen

    def _mind_light(self, frame: Frame, at_ms: int, *, found: bool) -> None:
        light = "ok" if found else light_of(frame.picture)
        if light == "ok":
            self.unlit_since = None
            return
        self.unlit_since = at_ms if self.unlit_since is None else self.unlit_since
        self.teller.say(HINTS[Flaw.TOO_DARK if light == "dark" else Flaw.TOO_BRIGHT], at_ms)
        if at_ms >= self.unlit_since + _NO_LIGHT_MS:
            raise CameraError(light)
