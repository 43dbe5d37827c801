"""Delivers the spool: oldest first, one at a time, until the core has it.

A pupil waits at most `patience` for the core's word; then, or at once while the core is known to be away, the
screen says that the report is recorded and will be sent later. What the core refuses (4xx) is parked with the
reason; when it refuses the kiosk itself (401, 403) nothing is parked, since no report is to blame.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

import structlog

from core.contracts.checkin import CheckInReceipt, CheckInReport
from kiosk.clock import Counted
from kiosk.errors import RefusedError, SpoolError, UnreachableError
from kiosk.uplink.records import Spooled
from kiosk.uplink.spool import Spool

_log = structlog.get_logger()
_KIOSK_ITSELF = frozenset({401, 403})


class Delivery(Protocol):
    """Takes one report to the core; `CoreClient` does it over HTTP."""

    async def check_in(self, report: CheckInReport, counted: Counted | None = None) -> CheckInReceipt:
        """Deliver, its time put right where it was `counted`; raises RefusedError or UnreachableError."""
        ...


@dataclass(frozen=True, slots=True)
class Pace:
    """How patient the sender is, in seconds."""

    patience: float = 2.0
    first_pause: float = 0.5
    longest_pause: float = 8.0


@dataclass(frozen=True, slots=True)
class UplinkStatus:
    """What the screen's foot line and the heartbeat tell (tình trạng đường truyền)."""

    online: bool
    queued: int
    parked: int
    blocked: str | None = None


@dataclass(slots=True)
class Sender:
    """The spool's way to the core."""

    spool: Spool
    delivery: Delivery
    pace: Pace = field(default_factory=Pace)
    on_status: Callable[[UplinkStatus], None] = lambda _status: None
    unsure: Callable[[], Counted | None] = lambda: None
    """This instant by the counter, while the core's time is not known (`CoreTime.unsure`)."""
    online: bool = True
    blocked: str | None = None
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _asked: dict[UUID, asyncio.Future[CheckInReceipt]] = field(default_factory=dict)
    _disk: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def status(self) -> UplinkStatus:
        """How things stand now."""
        return UplinkStatus(self.online, len(self.spool.waiting()), len(self.spool.parked()), self.blocked)

    def heard(self, blocked: str | None = None) -> None:
        """The core answered something else of ours; `blocked` when it does not know this kiosk."""
        self.online, self.blocked = blocked is None, blocked
        self.on_status(self.status)

    def lost(self) -> None:
        """The core did not answer something else of ours."""
        self.online = False
        self.on_status(self.status)

    async def submit(self, report: CheckInReport) -> CheckInReceipt | None:
        """Record a report, then wait a little for the core's answer; None means recorded, sent later.

        Raises:
            SpoolError: when it could not be recorded.
            RefusedError: when the core refused it.
        """
        async with self._disk:
            await asyncio.to_thread(self.spool.add, report, self.unsure())
        answer: asyncio.Future[CheckInReceipt] = asyncio.get_running_loop().create_future()
        self._asked[report.report_id] = answer
        self._wake.set()
        try:
            if self.online:
                await asyncio.wait((answer,), timeout=self.pace.patience)
            if not _is_the_cores_word(answer):
                await self._told_later(report.report_id)
        finally:
            self._asked.pop(report.report_id, None)
        # Until here the core's word may still have come: nobody is told "later" who was answered.
        return answer.result() if _is_the_cores_word(answer) else None

    async def _told_later(self, report_id: UUID) -> None:
        """Write down that the pupil hears that the report will be sent later."""
        try:
            async with self._disk:
                await asyncio.to_thread(self.spool.mark_late, report_id)
        except SpoolError as error:
            # The report itself is on the disk, so it is no lie that it will be sent.
            _log.error("late_not_written", code=error.code, detail=error.detail)
        self.on_status(self.status)

    async def run(self) -> None:
        """Send what waits, for ever."""
        failures = 0
        while True:
            head = self.spool.first()
            if head is None:
                self._wake.clear()
                await self._wake.wait()
                continue
            try:
                failures = 0 if await self._deliver(head) else failures + 1
            except SpoolError as error:
                _log.error("spool_failed", code=error.code, detail=error.detail)
                failures += 1
            self.on_status(self.status)
            if failures:
                await asyncio.sleep(self._pause(failures))

    async def _deliver(self, head: Spooled) -> bool:
        """One attempt; whether it is settled."""
        report_id = head.report.report_id
        try:
            receipt = await self.delivery.check_in(head.outgoing(), head.counted)
        except RefusedError as error:
            return await self._refused(report_id, error)
        except UnreachableError as error:
            if self.online:
                _log.warning("core_unreachable", code=error.code, detail=error.detail)
            self.online = False
            self._settle(report_id, error)
            return False
        self.online, self.blocked = True, None
        # The pupil first: what the core has is not undone by a disk that is full.
        self._settle(report_id, receipt)
        async with self._disk:
            await asyncio.to_thread(self.spool.done, report_id)
        return True

    async def _refused(self, report_id: UUID, error: RefusedError) -> bool:
        self.online = True
        _log.warning("report_refused", status=error.status, reason=error.reason, report_id=str(report_id))
        if error.status in _KIOSK_ITSELF:
            self.blocked = error.reason
            self._settle(report_id, UnreachableError(error.reason))
            self.online = False
            return False
        # The pupil first, here too; a report that cannot be parked is refused again.
        self._settle(report_id, error)
        async with self._disk:
            await asyncio.to_thread(self.spool.park, report_id, f"{error.status} {error.reason}")
        return True

    def _settle(self, report_id: UUID, result: CheckInReceipt | Exception) -> None:
        answer = self._asked.get(report_id)
        if answer is None or answer.done():
            return
        if isinstance(result, CheckInReceipt):
            answer.set_result(result)
        else:
            answer.set_exception(result)

    def _pause(self, failures: int) -> float:
        longest: float = min(self.pace.longest_pause, self.pace.first_pause * 2.0 ** min(failures - 1, 10))
        return longest * random.uniform(0.5, 1)  # noqa: S311 - jitter, not a secret


def _is_the_cores_word(answer: asyncio.Future[CheckInReceipt]) -> bool:
    """Whether the core took the report or refused it; that it could not be reached is no word."""
    return answer.done() and not isinstance(answer.exception(), UnreachableError)
