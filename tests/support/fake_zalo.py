"""A Zalo Official Account server for tests, over real HTTP, with faults to inject.

Shapes and codes follow the published ones (facts: messaging, A). It keeps what was sent, hands out tokens by
single-use refresh tokens, and counts every attempt to use one twice.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import orjson
from aiohttp import web

from core.web.server import serving

APP_ID, APP_SECRET, OA_SECRET = "1234", "app-secret-of-tests", "oa-secret-of-tests"


@dataclass(slots=True)
class FakeZalo:
    """The account: `faults` are taken one per call: an error code, "500", "half", "hang" or "lost"."""

    sent: list[dict[str, Any]] = field(default_factory=list)
    faults: deque[int | str] = field(default_factory=deque)
    access: str = "access-0"
    refresh: str = "refresh-0"
    refreshes: int = 0
    burnt: int = 0
    expires_in: int = 90_000
    url: str = ""

    async def message(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        fault = self.faults.popleft() if self.faults else 0
        if fault == "500":
            return web.Response(status=500, text="<html>upstream</html>")
        if fault == "hang":
            await asyncio.sleep(2)
        if fault == "half":
            response = web.StreamResponse(headers={"Content-Length": "100"})
            await response.prepare(request)
            await response.write(b'{"error":0,"da')
            assert request.transport is not None
            request.transport.close()
            return response
        if request.headers.get("access_token") != self.access:
            return _said(-216, "Access token is invalid")
        if isinstance(fault, int) and fault:
            return _said(fault, "refused")
        self.sent.append({"to": body["recipient"]["user_id"], **body["message"]})
        quota = {"quota_type": "reply", "remain": "7", "total": "8"}
        return _said(0, "Success", {"message_id": f"z{len(self.sent)}", "user_id": "u", "quota": quota})

    async def token(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        if request.headers.get("secret_key") != APP_SECRET or form["refresh_token"] != self.refresh:
            self.burnt += 1
            return web.json_response({"error": -14014, "error_name": "Invalid refresh token."})
        self.refreshes += 1
        self.access, self.refresh = f"access-{self.refreshes}", f"refresh-{self.refreshes}"
        body = {
            "access_token": self.access,
            "refresh_token": self.refresh,
            "expires_in": str(self.expires_in),
        }
        return web.json_response(body)


def event(
    name: str, user: str = "u1", *, text: str = "", msg_id: str = "m1", at: str = "1763700000000"
) -> bytes:
    """An event as Zalo posts it."""
    message = {"msg_id": msg_id, "text": text}
    body = {"app_id": APP_ID, "user_id_by_app": "9", "sender": {"id": user}, "recipient": {"id": "oa"}}
    return orjson.dumps({**body, "event_name": name, "message": message, "timestamp": at})


def signed(body: bytes, timestamp: str) -> dict[str, str]:
    """The headers of an event, by the formula of the official SDK (MacUtils.buildMac)."""
    mac = sha256(APP_ID.encode() + body + timestamp.encode() + OA_SECRET.encode()).hexdigest()
    return {"X-ZEvent-Signature": f"mac={mac}", "Content-Type": "application/json"}


@asynccontextmanager
async def fake_zalo() -> AsyncIterator[FakeZalo]:
    """The server on a free port of loopback."""
    fake, app = FakeZalo(), web.Application()
    app.router.add_post("/v3.0/oa/message/cs", fake.message)
    app.router.add_post("/v4/oa/access_token", fake.token)
    async with serving(app) as url:
        fake.url = url
        yield fake


def _said(code: int, message: str, data: dict[str, Any] | None = None) -> web.Response:
    return web.json_response({"error": code, "message": message, **({"data": data} if data else {})})
