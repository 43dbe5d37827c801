"""A parent with the web chat open: posts messages, and sees lines arrive."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import aiohttp

PATIENCE = 30


@dataclass(slots=True)
class Parent:
    """One browser on the chat page."""

    http: aiohttp.ClientSession
    bot: str
    lines: list[dict[str, Any]] = field(default_factory=list)
    arrived: list[float] = field(default_factory=list)
    _more: asyncio.Event = field(default_factory=asyncio.Event)

    async def say(self, text: str = "", *, link_code: str = "", post_id: str | None = None) -> str:
        """Post a message; returns its id."""
        post_id = post_id or str(uuid.uuid4())
        body = {"id": post_id, "text": text, "link_code": link_code}
        async with self.http.post(f"{self.bot}/chat/messages", json=body) as response:
            assert response.status == 202, await response.text()
        return post_id

    async def sees(self, *words: str, count: int = 1, after: int = 0) -> dict[str, Any]:
        """Wait until `count` lines of the school hold all the words; the last of them."""
        async with asyncio.timeout(PATIENCE):
            while True:
                self._more.clear()
                found = self.holding(*words, after=after)
                if len(found) >= count:
                    return found[count - 1]
                await self._more.wait()

    def holding(self, *words: str, after: int = 0) -> list[dict[str, Any]]:
        """The school's lines so far that hold all the words."""
        mine = [line for line in self.lines[after:] if line["from"] == "school"]
        return [line for line in mine if all(word in line["text"] for word in words)]

    def when(self, line: dict[str, Any]) -> float:
        """When a line arrived, by `time.perf_counter`."""
        return self.arrived[self.lines.index(line)]

    async def history(self) -> list[dict[str, Any]]:
        """What the page shows after a reload."""
        async with self.http.get(f"{self.bot}/chat/lines/all") as response:
            listed: list[dict[str, Any]] = (await response.json())["lines"]
            return listed

    async def _watch(self, ready: asyncio.Event) -> None:
        timeout = aiohttp.ClientTimeout(total=None)
        url = f"{self.bot}/chat/lines/stream"
        # A killed server ends the stream in the middle; the page would connect again, these tests say when.
        with suppress(aiohttp.ClientError):
            async with self.http.get(url, timeout=timeout) as stream:
                await self._read(stream, ready)

    async def _read(self, stream: aiohttp.ClientResponse, ready: asyncio.Event) -> None:
        async for raw in stream.content:
            ready.set()
            if raw.startswith(b"data:") and (line := json.loads(raw[5:])):
                self.lines.append(line)
                self.arrived.append(time.perf_counter())
                self._more.set()


@asynccontextmanager
async def parent_at(bot: str, cookies: dict[str, str] | None = None) -> AsyncIterator[Parent]:
    """Open the chat page; `cookies` of an earlier visit bring its chat back."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar, cookies=cookies) as http:
        async with http.get(f"{bot}/chat") as page:
            assert page.status == 200
        parent = Parent(http, bot)
        ready = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            watching = group.create_task(parent._watch(ready))
            async with asyncio.timeout(PATIENCE):
                await ready.wait()
            yield parent
            watching.cancel()


def cookies_of(parent: Parent) -> dict[str, str]:
    """The browser's cookies, to come back with."""
    return {cookie.key: cookie.value for cookie in parent.http.cookie_jar}
