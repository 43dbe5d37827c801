"""LISTEN and NOTIFY: the wake-up call between processes. It carries ids, never data.

A notification may be lost (a broken connection), so whoever listens also looks by itself now and then.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import asyncpg
import structlog
from sqlalchemy import make_url, text

from core.db.engine import async_url
from core.db.transaction import PlatformTx

log = structlog.get_logger(__name__)
_RECONNECT_SECONDS = 1.0


async def notify(tx: PlatformTx, channel: str, payload: str = "") -> None:
    """Wake the listeners of `channel` when this transaction commits."""
    await tx.session.execute(
        text("SELECT pg_notify(:channel, :payload)"), {"channel": channel, "payload": payload}
    )


def dsn_of(database_url: str) -> str:
    """The URL as asyncpg alone reads it."""
    return (
        make_url(async_url(database_url)).set(drivername="postgresql").render_as_string(hide_password=False)
    )


class Listener:
    """A stream of payloads from some channels, on a connection of its own that reconnects by itself.

    After a reconnection it yields an empty payload once per channel: "look for yourself".
    """

    def __init__(self, database_url: str, *channels: str) -> None:
        self._dsn = dsn_of(database_url)
        self._channels = channels
        self._queue: asyncio.Queue[tuple[str, str]] = asyncio.Queue()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Listener]:
        """Listen while the block runs; when it is entered, the first LISTEN has been made."""
        ready = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            task = group.create_task(self._keep_listening(ready))
            await ready.wait()
            try:
                yield self
            finally:
                task.cancel()

    async def get(self, within: float | None = None) -> tuple[str, str] | None:
        """The next (channel, payload), or None when `within` seconds passed without one."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                return await self._queue.get()
        return None

    async def _keep_listening(self, ready: asyncio.Event) -> None:
        while True:
            try:
                await self._listen_once(ready)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("listener_disconnected", error=type(error).__name__)
            await asyncio.sleep(_RECONNECT_SECONDS)

    async def _listen_once(self, ready: asyncio.Event) -> None:
        connection = await asyncpg.connect(self._dsn)
        gone = asyncio.Event()
        try:
            connection.add_termination_listener(lambda _connection: gone.set())
            for channel in self._channels:
                await connection.add_listener(channel, self._received)
            if ready.is_set():
                for channel in self._channels:
                    self._queue.put_nowait((channel, ""))
            ready.set()
            await gone.wait()
        finally:
            connection.terminate()

    def _received(self, _connection: object, _pid: int, channel: str, payload: object) -> None:
        self._queue.put_nowait((channel, str(payload)))
