"""Many facts in one statement behave as one by one."""

from __future__ import annotations

import pytest

from core.db.notify import Listener
from core.db.transaction import Database
from core.inbox.domain import Incoming
from core.inbox.service import NOTIFY_CHANNEL, Inbox
from core.values.clock import FixedClock
from core.values.ids import SchoolId
from core.vault.keyring import Keyring


def fact(name: str, source: str = "telegram") -> Incoming:
    return Incoming(source, name, "chat", {"text": name})


async def test_each_new_fact_is_kept_once_whatever_the_batch_repeats(
    database: Database, keyring: Keyring, clock: FixedClock, school_id: SchoolId
) -> None:
    inbox = Inbox(keyring, clock)
    async with database.transaction(school_id) as tx:
        assert not (await inbox.record(tx, fact("known"))).duplicate
    async with database.transaction(school_id) as tx:
        assert await inbox.record_all(tx, [fact("a"), fact("b"), fact("a"), fact("known")]) == 2
    async with database.transaction(school_id) as tx:
        assert (await inbox.record(tx, fact("a"))).duplicate
        assert not (await inbox.record(tx, fact("a", source="zalo"))).duplicate


async def test_an_empty_batch_is_nothing_and_a_bad_fact_refuses_the_batch(
    database: Database, keyring: Keyring, clock: FixedClock, school_id: SchoolId
) -> None:
    inbox = Inbox(keyring, clock)
    async with database.transaction(school_id) as tx:
        assert await inbox.record_all(tx, []) == 0
        with pytest.raises(ValueError, match="external id"):
            await inbox.record_all(tx, [fact("good"), fact("")])
    async with database.transaction(school_id) as tx:
        assert not (await inbox.record(tx, fact("good"))).duplicate


async def test_a_batch_wakes_the_worker_and_a_batch_of_duplicates_lets_it_sleep(
    database: Database, database_url: str, keyring: Keyring, clock: FixedClock, school_id: SchoolId
) -> None:
    inbox = Inbox(keyring, clock)
    async with Listener(database_url, NOTIFY_CHANNEL).listening() as listener:
        async with database.transaction(school_id) as tx:
            await inbox.record_all(tx, [fact("a"), fact("b")])
        assert await listener.get(within=5) == (NOTIFY_CHANNEL, "telegram")
        async with database.transaction(school_id) as tx:
            await inbox.record_all(tx, [fact("a"), fact("b")])
        assert await listener.get(within=0.3) is None
