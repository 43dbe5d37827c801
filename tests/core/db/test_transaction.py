"""The one commit place."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from core.db.notify import Listener, notify
from core.db.transaction import Database, inside_transaction
from core.values.ids import SchoolId


async def test_a_block_that_raises_leaves_nothing_behind(database: Database, school_id: SchoolId) -> None:
    with pytest.raises(RuntimeError):
        async with database.transaction(school_id) as tx:
            raw = await tx.raw()
            await raw.execute("CREATE TABLE left_behind (n int)")
            raise RuntimeError
    async with database.platform() as tx:
        assert (await tx.session.execute(text("SELECT to_regclass('left_behind')"))).scalar() is None


async def test_a_task_knows_that_it_holds_a_transaction(database: Database, school_id: SchoolId) -> None:
    assert not inside_transaction()
    async with database.transaction(school_id):
        assert inside_transaction()
    assert not inside_transaction()


async def test_a_listener_hears_only_what_was_committed(
    database: Database, database_url: str, school_id: SchoolId
) -> None:
    async with Listener(database_url, "bell").listening() as listener:
        with pytest.raises(RuntimeError):
            async with database.transaction(school_id) as tx:
                await notify(tx, "bell", "never")
                raise RuntimeError
        async with database.transaction(school_id) as tx:
            await notify(tx, "bell", "rung")
        assert await listener.get(within=5) == ("bell", "rung")


async def test_a_listener_comes_back_after_its_connection_was_cut(
    database: Database, database_url: str
) -> None:
    async with Listener(database_url, "bell").listening() as listener:
        async with database.platform() as tx:
            await tx.session.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
            )
        assert await listener.get(within=10) == ("bell", "")
