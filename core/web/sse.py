"""Server-sent events that end when the server stops, with a heartbeat so that dead readers are noticed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from aiohttp import ClientConnectionResetError, web

STOPPING = web.AppKey("stopping", asyncio.Event)
HEARTBEAT_SECONDS = 15.0
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class EventStream:
    """An open stream to one browser."""

    response: web.StreamResponse
    stopping: asyncio.Event

    @property
    def open(self) -> bool:
        """Whether it is worth going on."""
        return not self.stopping.is_set()

    async def send(self, event: str, data: str, event_id: str | None = None) -> None:
        """Send one event; `data` may have several lines."""
        lines = [f"event: {event}"] + ([f"id: {event_id}"] if event_id else [])
        # Only these end a line of a stream: `splitlines` would also break a sentence at U+2028 or U+0085.
        lines += [f"data: {line}" for line in _LINE_END.split(data)]
        await self.response.write(("\n".join(lines) + "\n\n").encode())

    async def beat(self) -> None:
        """Send a comment, which readers ignore and a dead connection does not survive."""
        await self.response.write(b": beat\n\n")


@asynccontextmanager
async def event_stream(request: web.Request) -> AsyncIterator[EventStream]:
    """Open a stream as the answer to `request`; a reader that goes away ends the block quietly."""
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )
    await response.prepare(request)
    stopping = request.config_dict[STOPPING]
    with suppress(ClientConnectionResetError, ConnectionResetError):
        yield EventStream(response, stopping)


async def news_or_stop(
    news: asyncio.Event, stopping: asyncio.Event, within: float = HEARTBEAT_SECONDS
) -> None:
    """Wait until there is news or the server stops, at most so many seconds."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(event.wait()) for event in (news, stopping)]
        await asyncio.wait(tasks, timeout=within, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
