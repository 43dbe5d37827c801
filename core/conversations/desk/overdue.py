"""Looks at the open hand-overs of a school: who waits too long is raised to the next staff, what fell asleep ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.conversations.desk import repository
from core.conversations.desk.alerts import is_urgent
from core.conversations.desk.domain import (
    IDLE_AFTER,
    LAST_STAGE,
    Answering,
    DeskHours,
    is_overdue,
    words_of,
)
from core.conversations.desk.service import END, HandoverDesk
from core.conversations.domain import Handover
from core.db.transaction import Tx
from core.notifications.domain import NewNotification, Urgency
from core.work.rounds import each


@dataclass(frozen=True, slots=True)
class Overdue:
    """One look at what is open (rà soát bàn trực)."""

    desk: HandoverDesk

    async def look(self, tx: Tx) -> int:
        """Tell the next staff of whoever waits too long, end what fell asleep; says how many of both.

        One that cannot be read (a damaged line, say) keeps no emergency beside it waiting.
        """
        hours, now = await self.desk.hours(tx), self.desk.clock.now()

        async def one(handover: Handover) -> int:
            async with tx.session.begin_nested():
                return await self._look(tx, handover, hours, now)

        return await each("overdue", await repository.lock_open(tx), one)

    async def _look(self, tx: Tx, handover: Handover, hours: DeskHours, now: datetime) -> bool:
        """Whether this one was raised or ended."""
        if is_overdue(handover, hours, now):
            await self._raise(tx, handover, now)
            return True
        if handover.waiting_since is not None or handover.taken_by is None:
            return False
        last = await repository.last_line_at(tx, handover.id) or handover.opened_at
        if now < last + IDLE_AFTER:
            return False
        await self.desk.end(tx, handover.id, Answering("", "system"))
        return True

    async def _raise(self, tx: Tx, handover: Handover, now: datetime) -> None:
        desk, stage = self.desk, min(handover.stage + 1, LAST_STAGE)
        await repository.change_handover(tx, handover.id, stage=stage, raised_at=now)
        since = handover.waiting_since or handover.opened_at
        minutes = int((now - since).total_seconds() // 60)
        raised = await desk.get(tx, handover.id)
        await self._tell_guardian(tx, handover, since)
        await desk.alerts.raised(tx, raised, words_of(await desk.lines(tx, handover.id)), minutes, now)
        await desk.note(tx, "system", "handover_raised", handover.id, {"stage": stage, "minutes": minutes})

    async def _tell_guardian(self, tx: Tx, handover: Handover, since: datetime) -> None:
        """Once for each wait; who waits in danger is told not to."""
        desk, urgent = self.desk, is_urgent(handover)
        if handover.raised_at is not None and not urgent:
            return
        key = "handover.emergency_waiting" if urgent else "handover.still_waiting"
        to = await desk.conversations.recipient_of(tx, handover.account_id)
        dedupe = f"{key}:{handover.id}:{since.timestamp():.6f}"
        urgency = Urgency.EMERGENCY if urgent else Urgency.REPLY
        await desk.notifications.enqueue(tx, NewNotification(to, key, END, dedupe, urgency))
