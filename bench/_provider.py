"""A provider with a rate limit: an HTTP server that counts per second and knows messages by their key.

The channel that talks to it is here as well; which process runs it is the benchmark's business.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

from core.notifications.domain import Delivered, Outgoing
from core.notifications.ports import RetryLater
from core.web.server import serving

LIMIT = 40
WINDOW = 30.0


@dataclass
class Provider:
    """Takes messages, refuses above its limit, and shows a message of a known key once."""

    calls: list[float] = field(default_factory=list)
    shown: dict[str, int] = field(default_factory=dict)
    refused: int = 0
    tokens: float = LIMIT
    at: float = field(default_factory=time.perf_counter)

    async def take(self, request: web.Request) -> web.Response:
        now = time.perf_counter()
        self.tokens, self.at = min(LIMIT, self.tokens + (now - self.at) * LIMIT), now
        if self.tokens < 1:
            self.refused += 1
            return web.Response(status=429)
        self.tokens -= 1
        self.calls.append(now)
        key = await request.text()
        self.shown[key] = self.shown.get(key, 0) + 1
        return web.Response()

    def busiest(self) -> float:
        """The most calls in any window, per second."""
        most, first = 0, 0
        for last, at in enumerate(self.calls):
            while at - self.calls[first] > WINDOW:
                first += 1
            most = max(most, last - first + 1)
        return most / WINDOW


@dataclass(frozen=True)
class HttpChannel:
    """The channel of the sending process."""

    url: str
    http: aiohttp.ClientSession

    async def deliver(self, outgoing: Outgoing) -> Delivered:
        async with self.http.post(self.url, data=outgoing.dedupe_key) as answer:
            if answer.status == 429:
                raise RetryLater(reason="429", whole_channel=True)
        return Delivered()


@asynccontextmanager
async def provided() -> AsyncIterator[tuple[Provider, str]]:
    provider, app = Provider(), web.Application()
    app.router.add_post("/", provider.take)
    async with serving(app) as url:
        yield provider, url
