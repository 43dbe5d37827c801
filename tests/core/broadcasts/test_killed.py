"""Processes that write an announcement's messages are killed again and again: nobody gets it twice or never."""

from __future__ import annotations

import pytest

from core.app import Core
from core.values.clock import FixedClock, SystemClock
from core.values.ids import SchoolId
from tests.core.broadcasts.support import parish
from tests.core.checkins.conftest import core
from tests.support.killing import count, kill_one_after_another, make_effect_tables

__all__ = ["core"]
WRITTEN = "SELECT count(*) FROM notifications WHERE dedupe_key LIKE 'broadcast:%'"
FAMILIES = 121


@pytest.fixture
def clock() -> FixedClock:
    """The present: the killed processes have clocks of their own."""
    return FixedClock(SystemClock().now())


async def test_killed_processes_neither_double_nor_lose_a_message(
    core: Core, school_id: SchoolId, database_url: str
) -> None:
    school = await parish(core, school_id, FAMILIES, channel="telegram")
    broadcast = await school.announce()
    total = FAMILIES - 1
    assert await kill_one_after_another(core.database, database_url, "broadcasts", WRITTEN, total) >= 4
    while await school.worker().once():
        pass
    assert len(set(await school.told(broadcast))) == len(await school.told(broadcast)) == total
    async with core.database.transaction(school_id) as tx:
        after = await core.broadcasts.get(tx, broadcast.id)
    assert (after.people, after.messages, after.unreached) == (FAMILIES, total, 1)

    await make_effect_tables(core.database)
    sent = "SELECT count(*) FROM notifications WHERE status = 'sent'"
    assert await kill_one_after_another(core.database, database_url, "outbox", sent, total) >= 4
    assert await count(core.database, "SELECT count(*) FROM effects") == total
