"""An outbox, a channel that notes what it is given, and workers that are quick to notice things."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core.db.transaction import Database, inside_transaction
from core.notifications.delivery import DeliveryWorker
from core.notifications.domain import Delivered, NewNotification, Outgoing, Recipient, Urgency
from core.notifications.pace import Pace
from core.notifications.ports import Channel
from core.notifications.service import Notifications
from core.values.clock import FixedClock
from core.values.ids import NotificationId, SchoolId
from core.vault.keyring import Keyring
from core.work.limits import Limits
from core.work.retry import RetryPolicy

QUICK = Limits(
    at_once=8,
    lease=timedelta(seconds=3),
    job=timedelta(seconds=20),
    sweep=timedelta(seconds=0.05),
    grace=timedelta(seconds=0.2),
)


@dataclass
class Recorder:
    """A channel outside the machine: it notes what came and behaves as a test says."""

    behave: Callable[[Outgoing], Awaitable[None]] | None = None
    sent: list[Outgoing] = field(default_factory=list)

    async def deliver(self, outgoing: Outgoing) -> Delivered:
        assert not inside_transaction()
        if self.behave is not None:
            await self.behave(outgoing)
        self.sent.append(outgoing)
        return Delivered(f"m{len(self.sent)}")

    @property
    def keys(self) -> list[str]:
        return [one.dedupe_key for one in self.sent]


@dataclass
class PostOffice:
    """What an outbox test needs at hand."""

    database: Database
    url: str
    notifications: Notifications
    clock: FixedClock
    school_id: SchoolId

    def new(self, dedupe_key: str, address: str = "chat-1", **fields: Any) -> NewNotification:
        """A message over the channel "telegram" unless `channel` says otherwise."""
        given = {"key": "test.text", "params": {"n": 1}, **fields}
        return NewNotification(
            recipient=Recipient(given.pop("channel", "telegram"), address), dedupe_key=dedupe_key, **given
        )

    async def enqueue(self, *new: NewNotification) -> tuple[NotificationId, ...]:
        """Enqueue in a transaction of its own."""
        async with self.database.transaction(self.school_id) as tx:
            return await self.notifications.enqueue(tx, *new)

    def worker(self, channel: Channel | None = None, **fields: Any) -> DeliveryWorker:
        """A worker with `channel` for "telegram"."""
        channels: Mapping[str, Channel] = {"telegram": channel} if channel is not None else {}
        made = DeliveryWorker(self.database, self.url, self.notifications, self.clock, channels, limits=QUICK)
        return replace(made, **fields)

    async def column(self, statement: str) -> list[Any]:
        """The first column of a query."""
        async with self.database.platform() as tx:
            return list((await tx.session.execute(text(statement))).scalars())

    async def until(self, statement: str, expected: list[Any]) -> None:
        """Wait until the query's first column is as expected; the test's time limit is the end of patience."""
        while True:
            with suppress(DBAPIError):  # some tests cut every connection
                if await self.column(statement) == expected:
                    return
            await asyncio.sleep(0.02)

    async def until_failed(self, failure: str) -> None:
        """Wait until the one row waits for its next try after `failure`."""
        await self.until("SELECT failure FROM notifications WHERE status = 'queued'", [failure])

    async def until_statuses(self, **expected: int) -> None:
        """Wait until there are so many messages of each status, and no others."""
        wanted = [f"{name}:{count}" for name, count in sorted(expected.items())]
        await self.until(
            "SELECT status || ':' || count(*) FROM notifications GROUP BY status ORDER BY status", wanted
        )


@asynccontextmanager
async def running(*workers: DeliveryWorker) -> AsyncIterator[None]:
    """Run workers while the block runs."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(worker.run()) for worker in workers]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()


@pytest.fixture
def office(
    database: Database, database_url: str, keyring: Keyring, clock: FixedClock, school_id: SchoolId
) -> PostOffice:
    return PostOffice(database, database_url, Notifications(keyring, clock), clock, school_id)


__all__ = ["QUICK", "Pace", "PostOffice", "Recorder", "RetryPolicy", "Urgency", "running"]
