"""Wakes the kiosks that wait for orders: one LISTEN for the process, an event per open question."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from aiohttp import web

from core.db.notify import Listener
from core.devices.commanding import NOTIFY_CHANNEL
from core.values.ids import DeviceId


@dataclass(frozen=True, slots=True)
class CommandBell:
    """The wake-up calls of one process (chuông báo lệnh)."""

    database_url: str = field(repr=False)
    waiting: set[tuple[str, asyncio.Event]] = field(default_factory=set)

    async def running(self, _app: web.Application) -> AsyncIterator[None]:
        """Listen while the application runs (aiohttp's `cleanup_ctx`)."""
        async with asyncio.TaskGroup() as group:
            task = group.create_task(self._listen())
            yield
            task.cancel()

    @contextmanager
    def waiting_for(self, device_id: DeviceId) -> Iterator[asyncio.Event]:
        """An event that is set when orders for this device were committed."""
        mine = (str(device_id), asyncio.Event())
        self.waiting.add(mine)
        try:
            yield mine[1]
        finally:
            self.waiting.discard(mine)

    async def _listen(self) -> None:
        async with Listener(self.database_url, NOTIFY_CHANNEL).listening() as listener:
            while True:
                heard = await listener.get()
                for device_id, rung in tuple(self.waiting):
                    if heard is not None and heard[1] in {"", device_id}:
                        rung.set()
