"""What has served its time is forgotten; what still waits is kept."""

from __future__ import annotations

from datetime import timedelta

from core.db.transaction import Database
from core.inbox.domain import Incoming
from core.inbox.service import Inbox
from core.notifications.service import Notifications
from core.upkeep import KEEP, Upkeep
from core.values.clock import FixedClock
from core.values.ids import SchoolId
from core.vault.keyring import Keyring


async def test_handled_facts_are_forgotten_after_their_time_and_waiting_ones_never(
    database: Database, keyring: Keyring, clock: FixedClock, school_id: SchoolId
) -> None:
    inbox, notifications = Inbox(keyring, clock), Notifications(keyring, clock)
    async with database.transaction(school_id) as tx:
        await inbox.record_handled(tx, Incoming("kiosk", "handled", "k", {}))
        await inbox.record(tx, Incoming("webchat", "waiting", "c", {}))
    upkeep = Upkeep(database, inbox, notifications)
    clock.advance(KEEP - timedelta(minutes=1))
    assert await upkeep.once() == (0, 0)
    clock.advance(timedelta(minutes=2))
    assert await upkeep.once() == (1, 0)
    async with database.transaction(school_id) as tx:
        assert (await inbox.record(tx, Incoming("webchat", "waiting", "c", {}))).duplicate
