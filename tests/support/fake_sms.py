"""An SMS provider for tests, over real HTTP, with faults to inject. It charges each request id once."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from core.web.server import serving
from tests.support.faults import Fault, broken

TOKEN = "sms-token-of-tests"


@dataclass(slots=True)
class FakeSms:
    """The provider: `faults` are taken one per call: an HTTP status, "no" (a no inside a 200), "500", "half", "hang"."""

    charged: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: int = 0
    faults: deque[Fault] = field(default_factory=deque)
    url: str = ""

    async def send(self, request: web.Request) -> web.StreamResponse:
        self.calls += 1
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.Response(status=401)
        fault = self.faults.popleft() if self.faults else 0
        failed = await broken(request, fault)
        if failed is not None:
            return failed
        if isinstance(fault, int) and fault:
            return web.Response(status=fault, headers={"Retry-After": "1"} if fault == 429 else {})
        if fault == "no":
            return web.json_response({"code": "99", "note": "wrong number"})
        body = await request.json()
        self.charged.setdefault(body["request_id"], body)
        return web.json_response({"code": "100", "id": f"s{len(self.charged)}"})


@asynccontextmanager
async def fake_sms() -> AsyncIterator[FakeSms]:
    """The provider on a free port of loopback."""
    fake, app = FakeSms(), web.Application()
    app.router.add_post("/sms", fake.send)
    async with serving(app) as url:
        fake.url = f"{url}/sms"
        yield fake
