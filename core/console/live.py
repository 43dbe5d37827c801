"""Tells open pages that something happened at the gate: one LISTEN for the process, an event per browser.

The event says only "look again"; the page then asks for its own part, so nothing personal travels here.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web

from core.checkins.service import NOTIFY_CHANNEL
from core.console.desk import Visit
from core.db.notify import Listener
from core.web.sse import HEARTBEAT_SECONDS, event_stream

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Live:
    """The wake-up calls of one process, handed on to the pages of the school concerned."""

    database_url: str = field(repr=False)
    waiting: set[tuple[str, asyncio.Event]] = field(default_factory=set)

    async def running(self, _app: web.Application) -> AsyncIterator[None]:
        """Listen while the application runs (aiohttp's `cleanup_ctx`)."""
        async with asyncio.TaskGroup() as group:
            task = group.create_task(self._listen())
            yield
            task.cancel()

    async def stream(self, visit: Visit) -> web.StreamResponse:
        """GET: an event stream with "changed" whenever a check-in of the school was recorded or decided."""
        async with event_stream(visit.request) as events:
            with self._subscribed(str(visit.staff.school_id)) as changed:
                await events.send("ready", "")
                while events.open:
                    if await _within(changed, events.stopping):
                        changed.clear()
                        await events.send("changed", "")
                    elif events.open:
                        await events.beat()
                        if await visit.desk.who(visit.request) is None:
                            break
        return events.response

    async def _listen(self) -> None:
        async with Listener(self.database_url, NOTIFY_CHANNEL).listening() as listener:
            while True:
                heard = await listener.get()
                for school_id, changed in tuple(self.waiting):
                    if heard is not None and heard[1] in {"", school_id}:
                        changed.set()

    @contextmanager
    def _subscribed(self, school_id: str) -> Iterator[asyncio.Event]:
        mine = (school_id, asyncio.Event())
        self.waiting.add(mine)
        try:
            yield mine[1]
        finally:
            self.waiting.discard(mine)


async def _within(changed: asyncio.Event, stopping: asyncio.Event) -> bool:
    """Whether `changed` was set before the heartbeat is due or the server stops."""
    with suppress(TimeoutError):
        async with asyncio.timeout(HEARTBEAT_SECONDS), asyncio.TaskGroup() as group:
            first = [group.create_task(event.wait()) for event in (changed, stopping)]
            await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
            for task in first:
                task.cancel()
    return changed.is_set()
