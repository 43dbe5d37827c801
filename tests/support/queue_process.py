"""A worker process that a test kills in the middle. It writes what it did to the table `effects`.

Usage: python -m tests.support.queue_process inbox|outbox|broadcasts URL
"""

from __future__ import annotations

import asyncio
import base64
import sys
from dataclasses import dataclass
from datetime import timedelta

import asyncpg
from sqlalchemy import text

from core.db.engine import make_engine
from core.db.notify import dsn_of
from core.db.transaction import Database
from core.inbox.domain import InboxEvent
from core.inbox.service import Inbox
from core.inbox.worker import InboxWorker
from core.notifications.delivery import DeliveryWorker
from core.notifications.domain import Delivered, Outgoing
from core.notifications.pace import QuietHours
from core.notifications.service import Notifications
from core.values.clock import SystemClock
from core.vault.keyring import Keyring, MasterKey
from core.work.limits import Limits

LIMITS = Limits(at_once=8, lease=timedelta(seconds=1), sweep=timedelta(seconds=0.1))
KEYRING = Keyring(MasterKey(b"k" * 32))


@dataclass
class ProviderThatDropsDuplicates:
    """A chat provider with memory: the same dedupe key is shown to the person once; every call is counted."""

    connection: asyncpg.Connection
    lock: asyncio.Lock

    async def deliver(self, outgoing: Outgoing) -> Delivered:
        async with self.lock:
            await self.connection.execute("INSERT INTO calls (what) VALUES ($1)", outgoing.dedupe_key)
            await self.connection.execute(
                "INSERT INTO effects (what) VALUES ($1) ON CONFLICT DO NOTHING", outgoing.dedupe_key
            )
        await asyncio.sleep(0.01)
        return Delivered()


async def inbox(url: str) -> None:
    """Handle events: the effect, a little later `complete`, in one transaction."""
    database = Database(make_engine(url))
    service = Inbox(KEYRING, SystemClock())

    async def handler(event: InboxEvent) -> None:
        async with database.transaction(event.school_id) as tx:
            await tx.session.execute(text("INSERT INTO calls (what) VALUES (:w)"), {"w": event.external_id})
            await tx.session.execute(text("INSERT INTO effects (what) VALUES (:w)"), {"w": event.external_id})
            await asyncio.sleep(0.01)
            await service.complete(tx, event)

    await InboxWorker(database, url, service, SystemClock(), {"telegram": handler}, limits=LIMITS).run()


async def outbox(url: str) -> None:
    """Deliver messages to a provider outside of our transactions."""
    database = Database(make_engine(url))
    provider = ProviderThatDropsDuplicates(await asyncpg.connect(dsn_of(url)), asyncio.Lock())
    service = Notifications(KEYRING, SystemClock())
    never_quiet = QuietHours(start=QuietHours().end)
    await DeliveryWorker(
        database, url, service, SystemClock(), {"telegram": provider}, quiet=never_quiet, limits=LIMITS
    ).run()


async def broadcasts(url: str) -> None:
    """Write the messages of announcements that are due, a few guardians at a time."""
    from core.app import build_core  # the other workers start sooner without the whole core
    from core.broadcasts.worker import BroadcastWorker
    from core.settings import CoreSettings

    key = base64.b64encode(b"k" * 32).decode()
    settings = CoreSettings.model_validate({"database_url": url, "master_key": key, "session_key": key})
    core = build_core(settings)
    await BroadcastWorker(core.database, url, core.broadcasts, batch=4).run()


if __name__ == "__main__":
    asyncio.run({"inbox": inbox, "outbox": outbox, "broadcasts": broadcasts}[sys.argv[1]](sys.argv[2]))
