"""An inbox, and workers that are quick to notice things."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from core.db.transaction import Database
from core.inbox.domain import InboxEvent, Incoming
from core.inbox.service import Inbox
from core.inbox.worker import InboxWorker
from core.values.clock import Clock, FixedClock
from core.values.ids import SchoolId
from core.vault.keyring import Keyring
from core.work.limits import Limits
from core.work.retry import RetryPolicy
from tests.support.queues import QUICK, QueueTest

ONCE_A_SECOND = RetryPolicy(tries=3, first=timedelta(seconds=1), longest=timedelta(seconds=1))


@dataclass
class Desk(QueueTest):
    """What an inbox test needs at hand."""

    table = "inbox_events"
    inbox: Inbox

    async def receive(
        self,
        external_id: str,
        chat: str = "chat",
        source: str = "telegram",
        payload: Mapping[str, Any] | None = None,
    ) -> bool:
        """Record one fact; says whether it was a duplicate."""
        async with self.database.transaction(self.school_id) as tx:
            incoming = Incoming(
                source, external_id, chat, payload if payload is not None else {"text": external_id}
            )
            return (await self.inbox.record(tx, incoming)).duplicate

    async def make_effects(self) -> None:
        """A table for what handlers do."""
        async with self.database.platform() as tx:
            await tx.session.execute(text("CREATE TABLE effects (n serial, what text)"))

    async def effect(self, event: InboxEvent) -> None:
        """What a handler does: its effect and `complete` in one transaction."""
        async with self.database.transaction(event.school_id) as tx:
            await tx.session.execute(
                text("INSERT INTO effects (what) VALUES (:what)"), {"what": event.external_id}
            )
            await self.inbox.complete(tx, event)

    def worker(
        self,
        handler: Callable[[InboxEvent], Awaitable[None]],
        *,
        limits: Limits = QUICK,
        retry: RetryPolicy | None = None,
        clock: Clock | None = None,
    ) -> InboxWorker:
        """A worker that hands events of the source "telegram" to `handler`."""
        return InboxWorker(
            database=self.database,
            database_url=self.url,
            inbox=self.inbox,
            clock=clock or self.clock,
            handlers={"telegram": handler},
            retry=retry or RetryPolicy(),
            limits=limits,
        )


@pytest.fixture
def desk(
    database: Database, database_url: str, keyring: Keyring, clock: FixedClock, school_id: SchoolId
) -> Desk:
    return Desk(database, database_url, clock, school_id, Inbox(keyring, clock))
