"""A school whose staff answer in chats, on a real PostgreSQL."""

from __future__ import annotations

import pytest

from core.audit.service import Audit
from core.conversations.desk.domain import (
    NewStaffChat,
)
from core.conversations.desk.service import HandoverDesk
from core.conversations.desk.staff_chats import StaffChats
from core.conversations.service import Conversations
from core.db.transaction import Database
from core.guardians.service import Guardians
from core.notifications.service import Notifications
from core.staff.chat_rights import ChatReach
from core.students.service import Students
from core.values.clock import FixedClock
from core.values.ids import SchoolId
from core.vault.keyring import Keyring
from tests.core.conversations.office import MONDAY_NINE, Office


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MONDAY_NINE)


@pytest.fixture
async def office(database: Database, school_id: SchoolId, keyring: Keyring, clock: FixedClock) -> Office:
    audit, conversations = Audit(keyring, clock), Conversations(keyring, clock)
    notifications, chats = Notifications(keyring, clock), StaffChats(keyring, clock, audit)
    guardians = Guardians(keyring, clock, Students(keyring, clock), conversations)
    hearing = ChatReach(guardians)
    desk = HandoverDesk(keyring, clock, conversations, notifications, chats, audit, hearing)
    async with database.transaction(school_id) as tx:
        guardian = await conversations.meet(tx, "zalo", "phu-huynh")
        joined = []
        for name, stage in (("Văn phòng", 1), ("Ban giám hiệu", 2)):
            _, code = await chats.invite(tx, NewStaffChat(name, stage), "staff:x")
            joined.append(await chats.join(tx, "telegram", f"nhom-{stage}", code.lower()))
    return Office(database, school_id, desk, clock, guardian.id, *joined)
