"""Wakes the open pages of a chat when a line was written, in whichever process that was."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from aiohttp import web

from core.conversations.lines import CHANNEL
from core.db.notify import Listener


@dataclass(frozen=True, slots=True)
class Hub:
    """Knows which pages are open here; one database connection listens for all of them."""

    database_url: str = field(repr=False)
    _open: dict[str, set[asyncio.Event]] = field(default_factory=dict, repr=False)

    @contextmanager
    def watching(self, wake_key: str) -> Iterator[asyncio.Event]:
        """An event that is set whenever the chat got a line."""
        woken = asyncio.Event()
        self._open.setdefault(wake_key, set()).add(woken)
        try:
            yield woken
        finally:
            self._open[wake_key].discard(woken)
            if not self._open[wake_key]:
                del self._open[wake_key]

    async def running(self, _app: web.Application) -> AsyncIterator[None]:
        """Listen while the application runs (`cleanup_ctx`)."""
        async with Listener(self.database_url, CHANNEL).listening() as listener, asyncio.TaskGroup() as group:
            task = group.create_task(self._pass_on(listener))
            yield
            task.cancel()

    async def _pass_on(self, listener: Listener) -> None:
        while True:
            heard = await listener.get()
            if heard is None:
                continue
            # An empty payload follows a lost connection: everybody looks for themselves.
            pages = self._open.get(heard[1], set()) if heard[1] else set().union(*self._open.values())
            for woken in pages:
                woken.set()
