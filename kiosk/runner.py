"""Drives the pure session: feeds it events in order, does what it asks, shows what it says.

One queue, one loop; the work of a visit runs in tasks of one group that is cancelled when the visit gives up.
A report on its way is never cancelled. Nothing here decides anything about a pupil.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

import structlog
import uuid_utils.compat

from kiosk.card.errors import CardError
from kiosk.clock import Clock
from kiosk.errors import CameraError
from kiosk.ports import CardSource, FaceCheck, Screen, Uplink
from kiosk.reporting import Errands, Reporting
from kiosk.screen.view import view_of
from kiosk.session.effects import CheckFace, Effect, LookAhead, ReadCard, StopWork, Submit
from kiosk.session.events import (
    CardFailed,
    CardRead,
    Event,
    FaceFailed,
    FaceHint,
    FaceJudged,
    PhaseReached,
    TimePassed,
)
from kiosk.session.machine import deadline, step
from kiosk.session.places import Looking, Reading, Sending, Session
from kiosk.session.values import FaceReport, Rules, Subject
from kiosk.uplink.roster import KnownRoster

_log = structlog.get_logger()
# How long a broken card reader rests before it is asked again.
CARD_PAUSE_SECONDS = 1.0
_Posted = tuple[Event, "asyncio.Future[bool] | None"]


@dataclass(frozen=True, slots=True)
class Parts:
    """The adapters that the runner drives."""

    cards: CardSource
    faces: FaceCheck
    uplink: Uplink
    screen: Screen
    core_time: Clock
    errands: Errands | None = None
    roster: Callable[[], KnownRoster | None] = lambda: None


@dataclass(frozen=True, slots=True)
class _Ahead:
    """A face check that began before it is known who comes (đang nhìn trước)."""

    visit: int
    coming: asyncio.Future[Subject]
    task: asyncio.Task[None]


@dataclass(slots=True)
class Runner:
    """The kiosk's loop."""

    parts: Parts
    rules: Rules = field(default_factory=Rules)
    session: Session = field(default_factory=Session)
    reported: tuple[int, UUID] | None = None
    """The visit and the id of the last report, so that staff's answer finds the pupil it is meant for."""
    stalled_reads: int = 0
    stalled_watches: int = 0
    _events: asyncio.Queue[_Posted] = field(default_factory=asyncio.Queue)
    _work: set[asyncio.Task[None]] = field(default_factory=set)
    _ahead: _Ahead | None = None

    def post(self, event: Event) -> None:
        """Tell the session of something; it is taken in order."""
        self._events.put_nowait((event, None))

    async def ask(self, event: Event) -> bool:
        """Tell the session of something and wait until it was taken; whether it changed anything."""
        changed: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._events.put_nowait((event, changed))
        return await changed

    @property
    def wants_code(self) -> bool:
        """Whether a printed code would mean something now; else the camera is the face check's alone."""
        return not isinstance(self.session.place, Reading | Looking | Sending)

    def refresh(self) -> None:
        """Show the present place again, because a rule changed what it offers."""
        self._show()

    async def run(self) -> None:
        """Run until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._watch_cards())
            self._show()
            while True:
                event, asked = await self._next()
                before = self.session
                self.session, effects = step(before, event, self._now(), self.rules)
                self._note_stall(event, before)
                if self.session != before:
                    self._show()
                if asked is not None and not asked.done():
                    asked.set_result(self.session != before)
                for effect in effects:
                    self._perform(group, effect)

    def _note_stall(self, event: Event, before: Session) -> None:
        """Count the chips whose reading neither ended nor failed; the watch-dog looks at it."""
        if isinstance(event, CardRead | CardFailed):
            self.stalled_reads = 0
        elif isinstance(event, TimePassed) and isinstance(before.place, Reading):
            self.stalled_reads += self.session.place != before.place

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()

    async def _next(self) -> _Posted:
        due = deadline(self.session)
        if due is None:
            return await self._events.get()
        with suppress(TimeoutError):
            async with asyncio.timeout_at(due):
                return await self._events.get()
        return TimePassed(), None

    def _show(self) -> None:
        self.parts.screen.show(view_of(self.session, self._now(), face_alone=self.rules.face_alone))

    async def _watch_cards(self) -> None:
        while True:
            try:
                self.post(await self.parts.cards.next_event())
                self.stalled_watches = 0
            except CardError as error:
                _log.warning("card_reader", code=error.code)
                self.stalled_watches += 1
                await asyncio.sleep(CARD_PAUSE_SECONDS)

    def _perform(self, group: asyncio.TaskGroup, effect: Effect) -> None:
        match effect:
            case StopWork():
                for task in self._work:
                    task.cancel()
                self._work.clear()
            case ReadCard():
                self._start(group, self._read(effect))
            case LookAhead():
                coming: asyncio.Future[Subject] = asyncio.get_running_loop().create_future()
                looking = self._look(effect.visit, lambda hint: self.parts.faces.greet(coming, hint), coming)
                self._ahead = _Ahead(effect.visit, coming, self._start(group, looking))
            case CheckFace():
                if not self._goes_on(effect):
                    looking = self._look(effect.visit, partial(self.parts.faces.check, effect.subject))
                    self._start(group, looking)
            case Submit():
                group.create_task(self._submit(effect))

    def _start(self, group: asyncio.TaskGroup, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        task = group.create_task(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)
        return task

    def _goes_on(self, effect: CheckFace) -> bool:
        """Tell the look that began while the chip was read who it is; whether there is one."""
        ahead, self._ahead = self._ahead, None
        if ahead is None or ahead.visit != effect.visit or ahead.task.done():
            return False
        ahead.coming.set_result(effect.subject)
        return True

    async def _read(self, effect: ReadCard) -> None:
        visit = effect.visit
        try:
            subject = await self.parts.cards.read(
                effect.tap, effect.number, lambda phase: self.post(PhaseReached(visit, phase))
            )
        except CardError as error:
            _log.info("card_failed", code=error.code)
            self.post(CardFailed(visit, error.code, error.retryable))
        except Exception as error:  # noqa: BLE001 - a reader's surprise must not stop the kiosk
            _log.error("card_failed", kind=type(error).__name__)
            self.post(CardFailed(visit, "kiosk.unexpected", retryable=True))
        else:
            self.post(CardRead(visit, subject))

    async def _look(
        self,
        visit: int,
        look: Callable[[Callable[[str], None]], Awaitable[FaceReport]],
        coming: asyncio.Future[Subject] | None = None,
    ) -> None:
        try:
            face = await look(lambda hint: self.post(FaceHint(visit, hint)))
        except CameraError as error:
            _log.warning("camera", condition=error.detail)
            failed = FaceFailed(visit, _camera_code(error.detail))
        except Exception as error:  # noqa: BLE001 - a model's surprise must not stop the kiosk
            _log.error("face_failed", kind=type(error).__name__)
            failed = FaceFailed(visit, "kiosk.unexpected")
        else:
            self.post(FaceJudged(visit, face))
            return
        if coming is None or coming.done():
            # What fails while the chip is read is tried again when the chip has been read.
            self.post(failed)

    async def _submit(self, effect: Submit) -> None:
        report_id = uuid_utils.compat.uuid7()
        self.reported = (effect.visit, report_id)
        reporting = Reporting(self.parts.uplink, self.parts.core_time, self.parts.errands, self.parts.roster)
        self.post(await reporting.deliver(effect, report_id))


def _camera_code(condition: str) -> str:
    return f"kiosk.camera_{condition}" if condition in {"dark", "bright"} else CameraError.code
