"""An inbox, and workers that are quick to notice things."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core.db.transaction import Database
from core.inbox.domain import InboxEvent, Incoming
from core.inbox.service import Inbox
from core.inbox.worker import InboxWorker
from core.values.clock import Clock, FixedClock
from core.values.ids import SchoolId
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
class Desk:
    """What an inbox test needs at hand."""

    database: Database
    url: str
    inbox: Inbox
    clock: FixedClock
    school_id: SchoolId

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
        await self.until("SELECT failure FROM inbox_events WHERE status = 'queued'", [failure])

    async def until_statuses(self, **expected: int) -> None:
        """Wait until there are so many events of each status, and no others."""
        wanted = [f"{name}:{count}" for name, count in sorted(expected.items())]
        await self.until(
            "SELECT status || ':' || count(*) FROM inbox_events GROUP BY status ORDER BY status", wanted
        )


@asynccontextmanager
async def running(*workers: InboxWorker) -> AsyncIterator[None]:
    """Run workers while the block runs."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(worker.run()) for worker in workers]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()


@pytest.fixture
def desk(
    database: Database, database_url: str, keyring: Keyring, clock: FixedClock, school_id: SchoolId
) -> Desk:
    return Desk(database, database_url, Inbox(keyring, clock), clock, school_id)
