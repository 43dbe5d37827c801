"""A Zalo Bot API server for tests, over real HTTP; `python-zalo-bot`, which we did not write, can talk to it.

Shapes follow the published ones (facts: messaging, B). Updates wait in `updates`, handed out one at a time and once.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web

from core.web.server import serving
from tests.support.faults import Fault, broken

TOKEN, SECRET = "zalobot-token-of-tests", "zalobot-secret"
TEXT_MAX = 2000
_AT = 1763700000000


@dataclass(slots=True)
class FakeZaloBot:
    """One bot: `faults` are taken one per message; a number is an error code."""

    sent: list[dict[str, Any]] = field(default_factory=list)
    faults: deque[Fault] = field(default_factory=deque)
    updates: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)
    hook: dict[str, str] = field(default_factory=dict)
    url: str = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != TOKEN:
            return _refused(401, "Unauthorized")
        given = await _given(request)
        method = request.match_info["method"]
        if method in {"sendMessage", "sendPhoto", "sendSticker"}:
            return await self._send(request, method, given)
        if method == "getUpdates":
            return await self._updates(float(given.get("timeout") or 0))
        if method == "setWebhook":
            return self._set_webhook(given)
        return self._simple(method)

    def _simple(self, method: str) -> web.Response:
        if method == "deleteWebhook":
            self.hook.clear()
        simple = {
            "getMe": {"id": "bot-1", "account_name": "bot.truong", "account_type": "BASIC", "is_bot": True},
            "sendChatAction": True,
            "getWebhookInfo": {"url": self.hook.get("url", ""), "updated_at": _AT},
            "deleteWebhook": {"url": "", "updated_at": _AT},
        }
        return _said(simple[method]) if method in simple else _refused(404, "method not found")

    async def _send(self, request: web.Request, method: str, given: dict[str, Any]) -> web.StreamResponse:
        fault = self.faults.popleft() if self.faults else 0
        failed = await broken(request, fault)
        if failed is not None:
            return failed
        if isinstance(fault, int) and fault:
            extra = {"parameters": {"retry_after": 1}} if fault == 429 else {}
            return _refused(fault, "refused", **extra)
        text = str(given.get("text", ""))
        if method == "sendMessage" and not 0 < len(text) <= TEXT_MAX:
            return _refused(400, "text must be 1-2000 characters")
        self.sent.append({"method": method, **given})
        return _said({"message_id": f"b{len(self.sent)}", "date": _AT, **message(given["chat_id"])})

    async def _updates(self, seconds: float) -> web.Response:
        if self.hook:
            return _refused(409, "a webhook is set")
        try:
            async with asyncio.timeout(min(seconds, 1.0)):
                return _said(await self.updates.get())
        except TimeoutError:
            return _refused(408, "Request timeout")

    def _set_webhook(self, given: dict[str, Any]) -> web.Response:
        if not given.get("url") or not 8 <= len(str(given.get("secret_token", ""))) <= 256:
            return _refused(400, "url and secret_token are required")
        self.hook = {"url": str(given["url"]), "secret_token": str(given["secret_token"])}
        return _said({"url": self.hook["url"], "updated_at": _AT})


def message(chat_id: str) -> dict[str, Any]:
    """The part of a message that says where."""
    return {"chat": {"id": chat_id, "chat_type": "PRIVATE"}}


def update(
    text: str = "", *, chat: str = "c1", msg_id: str = "m1", kind: str = "text", **more: Any
) -> dict[str, Any]:
    """An event as Zalo hands it out."""
    sender = {"id": chat, "display_name": "Phụ huynh", "is_bot": False}
    body = {"from": sender, **message(chat), "message_id": msg_id, "date": _AT, **more}
    if kind == "text":
        body["text"] = text
    return {"event_name": f"message.{kind}.received", "message": body}


@asynccontextmanager
async def fake_zalobot() -> AsyncIterator[FakeZaloBot]:
    """The server on a free port of loopback."""
    fake, app = FakeZaloBot(), web.Application()
    app.router.add_route("*", "/bot{token}/{method}", fake.handle)
    async with serving(app) as url:
        fake.url = url
        yield fake


async def _given(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        found: dict[str, Any] = orjson.loads(await request.read() or b"{}")
        return found
    return dict(await request.post())


def _said(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _refused(code: int, description: str, **more: Any) -> web.Response:
    body = {"ok": False, "error_code": code, "description": description, **more}
    return web.json_response(body, status=200 if code == 408 else code)
