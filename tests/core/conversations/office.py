"""A school whose staff answer in chats: what the tests of hand-overs share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from core.conversations.desk.domain import (
    Answering,
    StaffChat,
)
from core.conversations.desk.escalation import Escalation
from core.conversations.desk.service import HandoverDesk
from core.conversations.domain import (
    Handover,
    HandoverUrgency,
)
from core.db.transaction import Database
from core.notifications.domain import Notification
from core.values.clock import FixedClock
from core.values.ids import ChatAccountId, SchoolId

MONDAY_NINE = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
HOA, NAM = Answering("Cô Hoa", "staff:hoa"), Answering("Thầy Nam", "staff:nam")
NORMAL, EMERGENCY = HandoverUrgency.NORMAL, HandoverUrgency.EMERGENCY


@dataclass
class Office:
    """A school with a guardian who writes on Zalo, and two staff groups."""

    database: Database
    school_id: SchoolId
    desk: HandoverDesk
    clock: FixedClock
    guardian: ChatAccountId
    first: StaffChat
    second: StaffChat

    async def open(self, urgency: HandoverUrgency = NORMAL, said: str = "m1") -> Handover:
        async with self.database.transaction(self.school_id) as tx:
            reason = "danger" if urgency is EMERGENCY else "asked"
            return await self.desk.open(tx, self.guardian, reason, urgency, (said, f"lời {said}"))

    async def told(self, address: str, key: str | None = None) -> list[Notification]:
        async with self.database.transaction(self.school_id) as tx:
            sent = await self.desk.notifications.list_recent(tx, limit=200)
        return [one for one in reversed(sent) if one.recipient.address == address and key in {None, one.key}]

    async def after(self, minutes: float) -> int:
        self.clock.advance(timedelta(minutes=minutes))
        return await Escalation(self.database, self.desk).once()
