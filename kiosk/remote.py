"""What staff's orders mean at this kiosk. It changes the session only by telling it events, like everybody.

It does not judge who gave an order (the core did). Newer software is `kiosk.updates`' business: here it is ordered,
and the program ended, so that the service manager starts the new one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from core.contracts.commands import (
    AnswerVisit,
    ChangeSettings,
    CloseSession,
    CommandOutcome,
    CommandResult,
    KioskState,
    Lock,
    OpenSession,
    Order,
    Restart,
    TellState,
    Unlock,
    Update,
)
from kiosk.errors import UpdateError
from kiosk.runner import Runner
from kiosk.session.events import JobSet, LockSet, StaffAnswered
from kiosk.session.places import Locked
from kiosk.session.values import Job
from kiosk.updates.updater import Updates
from kiosk.uplink.orders import Obeyed

CLOSED, LOCKED = "closed", "staff"


def _done(detail: str = "", state: KioskState | None = None) -> Obeyed:
    return Obeyed(CommandResult(outcome=CommandOutcome.DONE, detail=detail, state=state))


def _not_done(outcome: CommandOutcome, detail: str) -> Obeyed:
    return Obeyed(CommandResult(outcome=outcome, detail=detail))


@dataclass(frozen=True, slots=True)
class Remote:
    """Staff's hands on this kiosk (bàn tay của thầy cô)."""

    runner: Runner
    state: Callable[[], KioskState]
    change: Callable[[dict[str, object]], Awaitable[None]]
    """Takes over, and keeps over a restart, what an order names; leaves the rest as it is."""
    restart: Callable[[], None]
    updates: Updates | None = None

    async def obey(self, order: Order) -> Obeyed:
        """Do it."""
        match order:
            case AnswerVisit():
                return await self._answer(order)
            case OpenSession():
                return await self._open(order)
            case CloseSession():
                return await self._shut(CLOSED)
            case Lock():
                return await self._shut(LOCKED)
            case Unlock():
                return await self._unlock()
            case _:
                return await self._keep_house(order)

    async def _keep_house(self, order: Order) -> Obeyed:
        """The orders that concern the machine, not the visit."""
        match order:
            case TellState():
                return _done(state=self.state())
            case ChangeSettings():
                await self.change(order.model_dump(exclude={"kind"}, exclude_none=True))
                return _done(state=self.state())
            case Restart():
                return Obeyed(CommandResult(outcome=CommandOutcome.DONE), then=self.restart)
            case Update():
                return await self._update(order.version)
            case _:
                return _not_done(CommandOutcome.REFUSED, "unknown_order")

    async def _answer(self, order: AnswerVisit) -> Obeyed:
        visit, report_id = self.runner.reported or (0, None)
        if report_id != order.report_id:
            return _not_done(CommandOutcome.TOO_LATE, "visit_over")
        if not await self.runner.ask(StaffAnswered(visit, order.answer)):
            return _not_done(CommandOutcome.TOO_LATE, "visit_over")
        return _done()

    async def _open(self, order: OpenSession) -> Obeyed:
        self.runner.post(JobSet(Job(order.mode, order.exam_session_id)))
        return await self._unlock(mode=order.mode, exam_session_id=order.exam_session_id)

    async def _shut(self, reason: str) -> Obeyed:
        await self.runner.ask(LockSet(reason))
        await self.change({"closed": reason})
        return _done(state=self.state())

    async def _unlock(self, **opened: object) -> Obeyed:
        if isinstance(self.runner.session.place, Locked):
            await self.runner.ask(LockSet(None))
        await self.change({"closed": None, **opened})
        return _done(state=self.state())

    async def _update(self, version: str) -> Obeyed:
        """Take a signed release; it runs, on trial, after the restart that follows the answer."""
        if self.updates is None:
            return _not_done(CommandOutcome.REFUSED, "no_update_source")
        try:
            await self.updates.take(version)
        except UpdateError as error:
            return _not_done(CommandOutcome.FAILED, f"update_{error.detail}")
        done = CommandResult(outcome=CommandOutcome.DONE, detail="update_on_trial")
        return Obeyed(done, then=self.restart)
