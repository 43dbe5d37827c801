"""A pupil or two, and the services around guardians."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date

import pytest

from core.contracts.citizen_id import CitizenId
from core.conversations.service import Conversations
from core.db.transaction import Database, Tx
from core.guardians.service import Guardians
from core.students.domain import NewStudent
from core.students.service import Students
from core.values.clock import FixedClock
from core.values.ids import SchoolId
from core.vault.keyring import Keyring

AN = NewStudent("3A", "Trần Thị An", date(2017, 5, 1), "female", CitizenId("099317000001"))
BINH = NewStudent("5B", "Trần Văn Bình", date(2015, 2, 3), "male", CitizenId("099215000002"))


@pytest.fixture
async def tx(database: Database, school_id: SchoolId) -> AsyncIterator[Tx]:
    """An open transaction of the school, for tests that need only one."""
    async with database.transaction(school_id) as tx:
        yield tx


@pytest.fixture
def students(keyring: Keyring, clock: FixedClock) -> Students:
    return Students(keyring, clock)


@pytest.fixture
def conversations(keyring: Keyring, clock: FixedClock) -> Conversations:
    return Conversations(keyring, clock)


@pytest.fixture
def guardians(
    keyring: Keyring, clock: FixedClock, students: Students, conversations: Conversations
) -> Guardians:
    return Guardians(keyring, clock, students, conversations)
