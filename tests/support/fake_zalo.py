"""A Zalo Official Account server for tests, over real HTTP, with faults to inject.

Shapes and codes follow the published ones (facts: messaging, A). It keeps what was sent, hands out tokens by
single-use refresh tokens, and counts every attempt to use one twice.
"""

from __future__ import annotations

import asyncio
import base64
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import orjson
from aiohttp import web

from core.web.server import serving
from tests.support.faults import Fault, broken

APP_ID, APP_SECRET, OA_SECRET = "1234", "app-secret-of-tests", "oa-secret-of-tests"


@dataclass(slots=True)
class FakeZalo:
    """The account: `faults` are taken one per message: an error code, "429", "500", "half" or "hang"."""

    sent: list[dict[str, Any]] = field(default_factory=list)
    faults: deque[Fault] = field(default_factory=deque)
    uploaded: dict[str, bytes] = field(default_factory=dict)
    by_phone: list[dict[str, Any]] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    access: str = "access-0"
    refresh: str = "refresh-0"
    refreshes: int = 0
    burnt: int = 0
    expires_in: int = 90_000
    url: str = ""
    _arrived: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    async def until(self, messages: int) -> None:
        """Return when so many messages have arrived in all."""
        while len(self.sent) < messages:
            self._arrived.clear()
            await self._arrived.wait()

    async def message(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        fault = self.faults.popleft() if self.faults else 0
        if fault == "429":
            return web.Response(status=429, text="slow down")
        failed = await broken(request, fault)
        if failed is not None:
            return failed
        if request.headers.get("access_token") != self.access:
            return _said(-216, "Access token is invalid")
        if isinstance(fault, int) and fault:
            return _said(fault, "refused")
        refused = self._judged(body["message"])
        if refused is not None:
            return refused
        self.sent.append({"to": body["recipient"]["user_id"], **body["message"]})
        self._arrived.set()
        quota = {"quota_type": "reply", "remain": "7", "total": "8"}
        return _said(0, "Success", {"message_id": f"z{len(self.sent)}", "user_id": "u", "quota": quota})

    def _judged(self, message: dict[str, Any]) -> web.Response | None:
        """Refuse what the published limits refuse."""
        payload = message.get("attachment", {}).get("payload", {})
        if len(message.get("text", "")) > 2000 or len(payload.get("buttons", ())) > 5:
            return _said(-210, "too long")
        ids = [one["attachment_id"] for one in payload.get("elements", ()) if "attachment_id" in one]
        ids += [payload["token"]] if "token" in payload else []
        return _said(-201, "no such attachment") if any(one not in self.uploaded for one in ids) else None

    async def upload(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("access_token") != self.access:
            return _said(-216, "Access token is invalid")
        file = (await request.post())["file"]
        assert isinstance(file, web.FileField)
        name = f"up{len(self.uploaded) + 1}"
        self.uploaded[name] = file.file.read()
        key = "attachment_id" if request.match_info["kind"] == "image" else "token"
        return _said(0, "Success", {key: name})

    async def file(self, request: web.Request) -> web.Response:
        """What a person sent, at the address that the event names."""
        found = self.files.get(request.match_info["name"])
        return web.Response(body=found) if found is not None else web.Response(status=404)

    async def template(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("access_token") != self.access:
            return _said(-216, "Access token is invalid")
        body = await request.json()
        fault = self.faults.popleft() if self.faults else 0
        if fault or not str(body["phone"]).startswith("84"):
            return _said(fault if isinstance(fault, int) and fault else -201, "refused")
        self.by_phone.append(body)
        return _said(0, "Success", {"msg_id": f"t{len(self.by_phone)}", "sent_time": "1763700000000"})

    async def permission(self, request: web.Request) -> web.StreamResponse:
        """The administrator presses “allow” at once and is sent back with a code."""
        code = f"code-{len(self.codes) + 1}"
        self.codes[code] = request.query["code_challenge"]
        given = request.query
        raise web.HTTPFound(f"{given['redirect_uri']}?oa_id=oa-1&code={code}&state={given['state']}")

    async def token(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        if request.headers.get("secret_key") != APP_SECRET or not self._granted(dict(form)):
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

    def _granted(self, form: dict[str, Any]) -> bool:
        if form["grant_type"] == "refresh_token":
            return bool(form["refresh_token"] == self.refresh)
        challenge = (
            base64.urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest()).decode().rstrip("=")
        )
        return self.codes.pop(form["code"], "") == challenge


def event(
    name: str,
    user: str = "u1",
    *,
    text: str = "",
    msg_id: str = "m1",
    at: str = "1763700000000",
    **more: Any,
) -> bytes:
    """An event as Zalo posts it; `attachments` go into the message, anything else beside it."""
    message = {"msg_id": msg_id, "text": text}
    if "attachments" in more:
        message["attachments"] = more.pop("attachments")
    body = {"app_id": APP_ID, "user_id_by_app": "9", "sender": {"id": user}, "recipient": {"id": "oa"}}
    return orjson.dumps({**body, "event_name": name, "message": message, "timestamp": at, **more})


def signed(body: bytes, timestamp: str) -> dict[str, str]:
    """The headers of an event, by the formula of the official SDK (MacUtils.buildMac)."""
    mac = sha256(APP_ID.encode() + body + timestamp.encode() + OA_SECRET.encode()).hexdigest()
    return {"X-ZEvent-Signature": f"mac={mac}", "Content-Type": "application/json"}


@asynccontextmanager
async def fake_zalo() -> AsyncIterator[FakeZalo]:
    """The server on a free port of loopback."""
    fake, app = FakeZalo(), web.Application()
    app.router.add_post("/v3.0/oa/message/cs", fake.message)
    app.router.add_post("/v2.0/oa/upload/{kind:image|file}", fake.upload)
    app.router.add_post("/message/template", fake.template)
    app.router.add_get("/files/{name}", fake.file)
    app.router.add_get("/v4/oa/permission", fake.permission)
    app.router.add_post("/v4/oa/access_token", fake.token)
    async with serving(app) as url:
        fake.url = url
        yield fake


def _said(code: int, message: str, data: dict[str, Any] | None = None) -> web.Response:
    return web.json_response({"error": code, "message": message, **({"data": data} if data else {})})
