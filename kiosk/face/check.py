"""The kiosk's face check: waits for a good look, compares with the chip's portrait, asks for a movement or more.

Everything that OpenCV computes runs in one worker thread, for its networks must not be shared. A picture lives
as long as its analysis; what outlives it are numbers, and those end with the check. Nothing is written.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar
from uuid import UUID

from core.contracts.checkin import ChipVerdict, FaceOutcome
from kiosk.camera.ports import Camera, Frame
from kiosk.errors import CameraError
from kiosk.face.challenge import TURNS, Caution, ChallengeRun
from kiosk.face.embed import Template
from kiosk.face.engine import Analysis, FaceEngine
from kiosk.face.errors import BadPictureError, FaceError, NoFaceError
from kiosk.face.known import KnownFaces, coded
from kiosk.face.liveness import Challenge, LivenessOutcome
from kiosk.face.match import ThresholdTable, Use
from kiosk.face.models import ALL_MODELS, ModelStore
from kiosk.face.picture import decode
from kiosk.face.visit import Teller, Visit
from kiosk.session.values import FACE_NOT_DONE, FaceReport, Subject
from kiosk.uplink.roster import KnownRoster

_In = TypeVar("_In")
_Out = TypeVar("_Out")
_DOUBT_RATE = 1e-2
"""Below what one in a hundred strangers reaches it is somebody else."""


class LiveFaceCheck:
    """Compares whoever stands before the camera with the chip's portrait (so khuôn mặt)."""

    def __init__(  # noqa: PLR0913 - what it needs to know, each named where it is given
        self,
        camera: Camera,
        store: ModelStore,
        use: Callable[[], Use],
        *,
        chance: random.Random | None = None,
        enrols: Callable[[], bool] = lambda: False,
        turns: Callable[[], int] | None = None,
        only_proved: Callable[[], bool] = lambda: False,
    ) -> None:
        """Check that the models are there; they are loaded in the worker, before the first pupil comes.

        `turns` is how many turns of the head to ask for now (`liveness.films_chance`); else `TURNS` says.
        `only_proved` says that now a portrait counts only where the card is proved to be the issuer's.

        Raises:
            ModelMissingError, ModelAlteredError: run `congtruong kiosk models`.
            ThresholdsError: when the school's own table cannot be used.
        """
        for model in ALL_MODELS:
            store.path(model)
        self.emulated = camera.emulated
        self.camera_turned = False
        """Whether the camera hangs on its head or side, as far as the last who stood before it shows."""
        self._camera, self._store, self._use = camera, store, use
        self._table = self._own_table = ThresholdTable.in_use(store.folder)
        self._chance = chance or random.SystemRandom()
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="face")
        self._enrols, self._turns = enrols, turns or (lambda: TURNS[use()])
        self._only_proved = only_proved
        self._caution, self._now_ms = Caution(), 0
        self._left: Challenge | None = None
        self._engine: FaceEngine | None = None
        self._roster: KnownRoster | None = None
        self._known: KnownFaces | None = None
        self._worker.submit(self._loaded)

    def know(self, roster: KnownRoster | None) -> None:
        """Use this roster's enrolled faces from now on, decoded before the next pupil comes; None forgets them."""
        self._roster, self._known, self._table = roster, None, self._own_table
        if roster is not None:
            self._worker.submit(self._faces, None)

    async def check(self, subject: Subject, on_hint: Callable[[str], None]) -> FaceReport:
        """Look, compare, ask for movements; it waits for a face until it is cancelled.

        A clear mismatch is told without waiting for a movement: there is nothing left to prove. Somebody whom
        nothing names is searched among the enrolled. Whose card is not proved to be the issuer's, or has no portrait,
        is compared with the enrolled face, where there is one: a forged card would bring a portrait of its own.

        Raises:
            CameraError: when the camera gives no picture, or none with light enough for three seconds.
        """
        known: asyncio.Future[Subject] = asyncio.get_running_loop().create_future()
        known.set_result(subject)
        return await self.greet(known, on_hint)

    async def greet(self, coming: asyncio.Future[Subject], on_hint: Callable[[str], None]) -> FaceReport:
        """As `check`, begun while the chip is still being read: what is seen meanwhile counts.

        Raises:
            CameraError: as `check`.
        """
        visit = self._visit(on_hint)
        try:
            while not (coming.done() or visit.over):
                await visit.step()
            subject = await coming
            return await (self._identify(visit) if subject.nobody_yet else self._verify(visit, subject))
        except CameraError as error:
            self.camera_turned = error.detail == "turned"
            raise
        except asyncio.CancelledError:
            # Whoever lifts the card when the wrong movement is asked for is asked for it again.
            self._left = visit.run.drawn if visit.run.begun else self._left
            raise
        finally:
            self.camera_turned = self.camera_turned and not visit.upright

    async def _verify(self, visit: Visit, subject: Subject) -> FaceReport:
        """Whether it is whom the card names, and alive."""
        reference = await self._in_worker(self._reference, subject)
        if reference is None:
            return FACE_NOT_DONE
        while not visit.over:
            if visit.looks.enough and self._outcome(visit.looks.likeness(reference)) is FaceOutcome.MISMATCH:
                return FaceReport(FaceOutcome.MISMATCH, round(visit.looks.likeness(reference), 4))
            await visit.step()
        alive = self._alive(visit)
        score = visit.looks.likeness(reference)
        outcome = self._outcome(score)
        sure = self._enrols() and alive and outcome is FaceOutcome.MATCH
        kept = coded(visit.looks.templates) if sure else None
        return FaceReport(outcome, round(score, 4), liveness_passed=alive, templates=kept)

    async def _identify(self, visit: Visit) -> FaceReport:
        """Who of the enrolled this is, if one stands clear of all others and is alive."""
        known = await self._in_worker(self._faces, None)
        if known is None or not known.gallery.size:
            return FACE_NOT_DONE
        while not visit.over:
            await visit.step()
        alive = self._alive(visit)
        found = known.gallery.search(visit.looks.mean(), self._table, self._use())
        score = round(found.best.score, 4) if found.best else None
        if not found.accepted or found.best is None:
            return FaceReport(FaceOutcome.UNSURE, score, liveness_passed=alive)
        who = UUID(found.best.person) if alive else None
        return FaceReport(FaceOutcome.MATCH, score, liveness_passed=alive, student_id=who)

    def _visit(self, on_hint: Callable[[str], None]) -> Visit:
        """A visit with a challenge of its own."""
        turns = self._caution.turns(self._turns(), self._now_ms)
        run = ChallengeRun.draw(self._chance, turns)
        if self._left is not None and len(self._left.steps) == len(run.drawn.steps):
            run = ChallengeRun(self._left, run.pauses_ms)
        return Visit(self, Teller(on_hint), run)

    def _alive(self, visit: Visit) -> bool:
        """Whether the challenge was answered as only a living face does; the next one hears of it."""
        alive = visit.judged().outcome is LivenessOutcome.ACCEPT
        self._left = None
        self._caution.note(self._now_ms, alive=alive)
        return alive

    def _faces(self, _nothing: None) -> KnownFaces | None:
        """The enrolled faces, decoded once for a roster; runs in the worker."""
        while self._known is None and (roster := self._roster) is not None:
            known = KnownFaces(roster, self._loaded().model_id)
            table = known.table(self._own_table)
            if roster is self._roster:
                self._known, self._table = known, table
        return self._known

    def _reference(self, subject: Subject) -> Template | None:
        """Whom it must be like, as numbers: a proved card's portrait before the enrolled face; runs in the worker."""
        # Who is enrolled anew, because the first time went wrong or years ago, is compared with the card.
        proved = subject.chip is ChipVerdict.GENUINE or self._enrols()
        portrait = self._template_of(subject.portrait) if proved or not self._only_proved() else None
        if proved and portrait is not None:
            return portrait
        known = self._faces(None)
        return (known.reference(subject) if known else None) or portrait

    async def analyse(self, frame: Frame, *, closely: bool) -> Analysis | None:
        """What one frame shows; None when there is no face."""
        return await self._in_worker(partial(self._analysis, closely=closely), frame)

    async def stands_turned(self, frame: Frame) -> bool | None:
        """Whether whoever is in a frame stands on their head or side; None where nobody is."""
        return await self._in_worker(lambda picture: self._loaded().stands_turned(picture), frame.picture)

    async def next_frame(self) -> Frame:
        """The camera's next picture."""
        frame = await self._camera.frame()
        self._now_ms = round(1000 * frame.at)
        return frame

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

    def _analysis(self, frame: Frame, *, closely: bool) -> Analysis | None:
        try:
            return self._loaded().analyse(frame.picture, live=True, closely=closely)
        except NoFaceError:
            return None
        except FaceError as error:
            raise CameraError("wrong_format") from error
