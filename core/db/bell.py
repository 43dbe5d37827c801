"""Wakes whoever waits for news of one key: one LISTEN for the process, an event for each that waits.

For open pages, event streams and long polls. A bell carries nothing and may ring for nothing; whoever hears it
looks for itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from core.db.notify import Listener


@dataclass(frozen=True, slots=True)
class Bell:
    """The wake-up calls of one channel in one process; the payload of a notification is the key."""

    database_url: str = field(repr=False)
    channel: str
    _waiting: dict[str, set[asyncio.Event]] = field(default_factory=dict, repr=False)

    async def running(self, _app: object) -> AsyncIterator[None]:
        """Listen while an application runs (aiohttp's `cleanup_ctx`); it starts without a database, too."""
        async with asyncio.TaskGroup() as group:
            task = group.create_task(self._listen())
            yield
            task.cancel()

    @contextmanager
    def waiting_for(self, key: object) -> Iterator[asyncio.Event]:
        """An event that is set whenever `key` was notified of, in whichever process that was."""
        mine = asyncio.Event()
        self._waiting.setdefault(str(key), set()).add(mine)
        try:
            yield mine
        finally:
            self._waiting[str(key)].discard(mine)
            if not self._waiting[str(key)]:
                del self._waiting[str(key)]

    async def _listen(self) -> None:
        async with Listener(self.database_url, self.channel).listening() as listener:
            self._ring("")  # something may have happened before the first LISTEN
            while True:
                heard = await listener.get()
                if heard is not None:
                    self._ring(heard[1])

    def _ring(self, key: str) -> None:
        """Wake those who wait for `key`; all of them for the empty key, which follows a lost connection."""
        woken = self._waiting.get(key, set()) if key else set[asyncio.Event]().union(*self._waiting.values())
        for event in woken:
            event.set()
