"""What tests of a queue need: limits that make workers notice things at once, and patience with its rows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar, Protocol

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core.db.transaction import Database
from core.values.clock import FixedClock
from core.values.ids import SchoolId
from core.work.limits import Limits
from tests.support import background

QUICK = Limits(
    at_once=8,
    lease=timedelta(seconds=3),
    job=timedelta(seconds=20),
    sweep=timedelta(seconds=0.05),
    grace=timedelta(seconds=0.2),
)


class Worker(Protocol):
    """What takes from a queue."""

    async def run(self) -> None:
        """Until cancelled."""
        ...


@asynccontextmanager
async def running(*workers: Worker) -> AsyncIterator[None]:
    """Run workers while the block runs."""
    async with background.running(*(worker.run() for worker in workers)):
        yield


@dataclass
class QueueTest:
    """A queue's table in the database of a test."""

    table: ClassVar[str]
    database: Database
    url: str
    clock: FixedClock
    school_id: SchoolId

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
        await self.until(f"SELECT failure FROM {self.table} WHERE status = 'queued'", [failure])

    async def until_statuses(self, **expected: int) -> None:
        """Wait until there are so many rows of each status, and no others."""
        wanted = [f"{name}:{count}" for name, count in sorted(expected.items())]
        by_status = "GROUP BY status ORDER BY status"
        await self.until(f"SELECT status || ':' || count(*) FROM {self.table} {by_status}", wanted)
