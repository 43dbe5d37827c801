"""Facts that arrive together share a commit, and nothing else."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.intake import Intake
from core.db.transaction import Database
from core.inbox.domain import Incoming
from core.inbox.service import Inbox
from core.values.clock import FixedClock
from core.values.ids import SchoolId
from core.vault.keyring import Keyring


async def test_a_flood_is_kept_once_each_and_a_bad_fact_fails_alone(
    database: Database, school_id: SchoolId, keyring: Keyring, clock: FixedClock
) -> None:
    intake = Intake(database, school_id, Inbox(keyring, clock))

    async def record(external_id: str) -> bool:
        try:
            await intake.record(Incoming("telegram", external_id, "chat", {"text": "x"}))
        except DBAPIError:
            return False
        return True

    async with asyncio.TaskGroup() as group:
        good = [group.create_task(record(str(number % 40))) for number in range(60)]
        bad = group.create_task(record("nul\x00byte"))
        more = [group.create_task(record(str(number))) for number in range(40, 80)]
    assert all(task.result() for task in (*good, *more))
    assert not bad.result()
    async with database.platform() as tx:
        assert (await tx.session.execute(text("SELECT count(*) FROM inbox_events"))).scalar() == 80


async def test_what_is_no_fact_raises(
    database: Database, school_id: SchoolId, keyring: Keyring, clock: FixedClock
) -> None:
    intake = Intake(database, school_id, Inbox(keyring, clock))
    with pytest.raises(DBAPIError):
        await intake.record(Incoming("telegram", "\x00", "chat", {}))
