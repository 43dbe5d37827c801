"""Telegram for tests: lo-bot-api-emulator as a process of its own, and a wire in front of it that keeps and breaks.

The emulator (which we did not write) judges every call but keeps no texts and injects no faults; the wire in
between does both, and passes everything else on unchanged.
"""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
import orjson
from aiohttp import web

from core.web.server import serving
from tests.support.faults import Fault, broken

TOKEN = "123456789:" + "synthetic-token-for-the-emulator-only"[:35]
SECRET = "tests-only_secret"


@dataclass(slots=True)
class Wire:
    """What the bot calls: `faults` are taken one per sent message; a number is an HTTP status."""

    upstream: str
    http: aiohttp.ClientSession
    called: list[dict[str, Any]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    faults: deque[Fault] = field(default_factory=deque)
    url: str = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        method, raw = request.match_info["method"], await request.read()
        if method.startswith("send"):
            fault = self.faults.popleft() if self.faults else 0
            failed = await broken(request, fault)
            if failed is not None:
                return failed
            if isinstance(fault, int) and fault:
                return _refused(fault)
        headers = {"Content-Type": request.headers.get("Content-Type", "application/json")}
        async with self.http.post(f"{self.upstream}{request.path}", data=raw, headers=headers) as answer:
            body, status = await answer.read(), answer.status
        if status == 200:
            self.called.append({"method": method, **_fields(headers["Content-Type"], raw)})
        else:
            self.refused.append(f"{method}: {orjson.loads(body).get('description')}")
        return web.Response(body=body, status=status, content_type="application/json")

    async def download(self, request: web.Request) -> web.StreamResponse:
        async with self.http.get(f"{self.upstream}{request.path}") as answer:
            return web.Response(body=await answer.read(), status=answer.status)

    async def upload(self, method: str, field_name: str, data: bytes, name: str) -> dict[str, Any]:
        """Put a file on the server as a person's app would; what a message says of it."""
        form = aiohttp.FormData({"chat_id": "5001"})
        form.add_field(field_name, data, filename=name)
        async with self.http.post(f"{self.upstream}/bot{TOKEN}/{method}", data=form) as answer:
            sent: dict[str, Any] = (await answer.json())["result"]
        return sent

    def sent(self, chat: str, *methods: str) -> list[dict[str, Any]]:
        """What arrived in a chat."""
        wanted = methods or ("sendMessage", "sendPhoto", "sendDocument")
        return [one for one in self.called if one["method"] in wanted and str(one.get("chat_id")) == chat]


def _refused(status: int) -> web.Response:
    extra = {"parameters": {"retry_after": 1}} if status == 429 else {}
    body = {
        "ok": False,
        "error_code": status,
        "description": "Forbidden: bot was blocked by the user",
        **extra,
    }
    return web.json_response(body, status=status)


def _fields(content_type: str, raw: bytes) -> dict[str, Any]:
    """The text fields of a form, and the bytes of its files."""
    if content_type.startswith("application/json"):
        found: dict[str, Any] = orjson.loads(raw)
        return found
    if content_type.startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(raw.decode(), keep_blank_values=True))
    parsed = BytesParser().parsebytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + raw)
    fields: dict[str, Any] = {}
    for part in parsed.walk():
        name = part.get_param("name", header="content-disposition")
        payload = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(payload, bytes):
            fields[name] = payload if part.get_filename() else payload.decode()
    return fields


@asynccontextmanager
async def telegram(folder: Path) -> AsyncIterator[Wire]:
    """The emulator's process and the wire to it, on free ports of loopback."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = Path(sys.executable).with_name("lo-bot-api-emulator")
    options = ("--port", str(port), "--enable-control", "--allow-insecure-loopback-webhooks")
    process = subprocess.Popen([program, *options, "--journal", folder / "journal.jsonl"])  # noqa: ASYNC220 - returns at once
    try:
        async with aiohttp.ClientSession() as http:
            wire = Wire(f"http://127.0.0.1:{port}", http)
            await _answering(http, f"{wire.upstream}/bot{TOKEN}/getMe")
            app = web.Application(client_max_size=64 * 1024 * 1024)
            app.router.add_route("*", "/bot{token}/{method}", wire.handle)
            app.router.add_get("/file/bot{token}/{path:.*}", wire.download)
            async with serving(app) as url:
                wire.url = url
                yield wire
    finally:
        process.terminate()
        process.wait(10)


async def _answering(http: aiohttp.ClientSession, url: str) -> None:
    async with asyncio.timeout(20):
        while True:
            try:
                async with http.get(url):
                    return
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.1)
