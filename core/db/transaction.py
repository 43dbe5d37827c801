"""The only place that commits. Transactions begin at the edge: routes, webhooks, workers, flows.

Services take a `Tx` first and never commit; a test on the syntax tree says so. A `Tx` belongs to one school,
except where a worker claims work for all of them (`Database.platform`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from asyncpg import Connection
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from core.values.ids import SchoolId

DATABASE_FAULTS: tuple[type[Exception], ...] = (SQLAlchemyError, OSError)
"""What a database that is away or unwell raises; for the few places that go on without it."""

_open_transactions: ContextVar[int] = ContextVar("open_transactions", default=0)


def inside_transaction() -> bool:
    """Whether this task holds a transaction open; outside calls assert that it does not."""
    return _open_transactions.get() > 0


@dataclass(frozen=True, slots=True)
class PlatformTx:
    """A transaction that spans schools: for claiming queued work and for operators' commands."""

    session: AsyncSession

    async def raw(self) -> Connection:
        """The asyncpg connection, surely inside this transaction.

        A raw statement before SQLAlchemy's first one would run outside of it (facts: postgres-jobs), so
        this always executes something first.
        """
        await self.session.execute(text("SELECT 1"))
        connection = await self.session.connection()
        driver: Connection = (await connection.get_raw_connection()).driver_connection
        return driver


@dataclass(frozen=True, slots=True)
class Tx(PlatformTx):
    """A transaction in the name of one school."""

    school_id: SchoolId


Prepare = Callable[[PlatformTx, SchoolId | None], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Database:
    """Opens transactions on one engine."""

    engine: AsyncEngine
    prepare: Prepare | None = None
    """Called first in every transaction: the data keys of its school are read (`core.keys`)."""

    @asynccontextmanager
    async def transaction(self, school_id: SchoolId) -> AsyncIterator[Tx]:
        """Commit at the end of the block, or roll back when it raises."""
        async with self._session() as session:
            tx = Tx(session, school_id)
            if self.prepare is not None:
                await self.prepare(tx, school_id)
            yield tx

    @asynccontextmanager
    async def platform(self) -> AsyncIterator[PlatformTx]:
        """The same, for work that is not of one school."""
        async with self.bare() as tx:
            if self.prepare is not None:
                await self.prepare(tx, None)
            yield tx

    @asynccontextmanager
    async def bare(self) -> AsyncIterator[PlatformTx]:
        """The same without the data keys: for readiness, and for changing the keys themselves."""
        async with self._session() as session:
            yield PlatformTx(session)

    @asynccontextmanager
    async def at_once(self) -> AsyncIterator[PlatformTx]:
        """One statement that is a transaction of its own, without the data keys: a third of the round trips."""
        async with self._session(isolation_level="AUTOCOMMIT") as session:
            yield PlatformTx(session)

    @asynccontextmanager
    async def _session(self, **options: str) -> AsyncIterator[AsyncSession]:
        engine = self.engine.execution_options(**options) if options else self.engine
        make = async_sessionmaker(engine, expire_on_commit=False, autoflush=False)
        async with make() as session:
            token = _open_transactions.set(_open_transactions.get() + 1)
            try:
                yield session
                await session.commit()
            finally:
                _open_transactions.reset(token)

    async def dispose(self) -> None:
        """Close every connection."""
        await self.engine.dispose()
