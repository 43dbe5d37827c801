"""A small core over real HTTP: it verifies signatures, keeps what it gets, and misbehaves when it is told to."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from core.contracts.signing import RequestToSign, SignedHead, verify
from kiosk.clock import SystemClock

CODE = "ABCD-EFGH-JKMN"
NAMES = {"001315012345": "Bình An", "031215067890": "Khôi", "048314023456": "Hân"}


async def nothing(_step: str, _report: dict[str, Any]) -> None:
    """Nothing happens."""


@dataclass
class Peer:
    """What the test sees of the core."""

    url: str = ""
    device_id: UUID = field(default_factory=uuid4)
    school_id: UUID = field(default_factory=uuid4)
    public_key: Ed25519PublicKey | None = None
    reports: list[dict[str, Any]] = field(default_factory=list)
    guardians: list[dict[str, Any]] = field(default_factory=list)
    orders: list[dict[str, Any]] = field(default_factory=list)
    """Staff's orders that the kiosk has not answered."""
    results: list[dict[str, Any]] = field(default_factory=list)
    beats: int = 0
    troubles: list[tuple[str, ...]] = field(default_factory=list)
    """What each heartbeat named."""
    attempts: int = 0
    answers: list[str] = field(default_factory=list)
    delay: float = 0.0
    ahead: timedelta = timedelta(0)
    stamp: str = ""
    """What the Date header says instead of the peer's own time."""
    port: int = 0
    at: Callable[[str, dict[str, Any]], Awaitable[None]] = nothing
    """What happens when a report has `arrived`, and when it is `stored`."""

    def now(self) -> datetime:
        return SystemClock().now() + self.ahead

    async def enrol(self, request: web.Request) -> web.StreamResponse:
        said = await request.json()
        if said["code"] != CODE:
            return problem(403, "devices.code_refused")
        self.public_key = Ed25519PublicKey.from_public_bytes(base64.b64decode(said["public_key"]))
        receipt = {
            "device_id": str(self.device_id),
            "school_id": str(self.school_id),
            "school_name": "Trường Giả Định",
            "server_time": self.now().isoformat(),
        }
        return web.json_response(receipt, status=201)

    async def check_in(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        self.attempts += 1
        refusal = self.refusal(request, raw)
        if refusal is not None:
            return refusal
        if self.delay:
            await asyncio.sleep(self.delay)
        report = json.loads(raw)
        await self.at("arrived", report)
        scripted = self.answers.pop(0) if self.answers else "ok"
        if scripted not in {"ok", "lost"}:
            return misbehave(scripted)
        duplicate = any(kept["report_id"] == report["report_id"] for kept in self.reports)
        if not duplicate:
            self.reports.append(report)
        await self.at("stored", report)
        if scripted == "lost" and request.transport is not None:
            request.transport.abort()
        return web.json_response(self.receipt(report, duplicate=duplicate))

    async def guardian(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        refusal = self.refusal(request, raw)
        if refusal is not None:
            return refusal
        report = json.loads(raw)
        self.guardians.append(report)
        receipt = {
            "report_id": report["report_id"],
            "outcome": "bound",
            "recorded_at": self.now().isoformat(),
        }
        return web.json_response(receipt)

    def ask(self, *orders: dict[str, Any]) -> None:
        """Staff order all of this at once."""
        now = self.now()
        times = {"issued_at": now.isoformat(), "expires_at": (now + timedelta(minutes=1)).isoformat()}
        self.orders += [{"id": str(uuid4()), "order": order, **times} for order in orders]

    async def commands(self, request: web.Request) -> web.StreamResponse:
        refusal = self.refusal(request, b"")
        if refusal is not None:
            return refusal
        for _ in range(100):
            if self.orders:
                break
            await asyncio.sleep(0.02)
        return web.json_response({"server_time": self.now().isoformat(), "commands": self.orders})

    async def result(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        refusal = self.refusal(request, raw)
        if refusal is not None:
            return refusal
        self.orders = [one for one in self.orders if one["id"] != request.match_info["id"]]
        self.results.append(json.loads(raw))
        return web.json_response({})

    async def heartbeat(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        refusal = self.refusal(request, raw)
        if refusal is not None:
            return refusal
        self.beats += 1
        self.troubles.append(tuple(json.loads(raw).get("troubles", ())))
        return web.json_response({"server_time": self.now().isoformat(), "device_name": "Kiosk"})

    def refusal(self, request: web.Request, raw: bytes) -> web.Response | None:
        assert self.public_key is not None
        head = SignedHead.from_headers(request.headers)
        if abs(head.at - self.now()) > timedelta(minutes=5):
            return problem(401, "devices.clock_skew")
        signed = RequestToSign(request.method, request.raw_path, raw)
        if head.device_id != str(self.device_id) or not verify(self.public_key, signed, head):
            return problem(401, "devices.bad_signature")
        return None

    def receipt(self, report: dict[str, Any], *, duplicate: bool = False) -> dict[str, Any]:
        name = NAMES.get(report["citizen_id"])
        decision, reason = "accepted", "ok"
        if report["chip"] == "cloned_or_altered":
            decision, reason = "refused", "card_altered"
        elif name is None:
            decision, reason = "needs_staff", "unknown_person"
        elif report["face"] != "match" or report["liveness_passed"] is False:
            decision, reason = "needs_staff", "face_mismatch"
        return {
            "report_id": report["report_id"],
            "decision": decision,
            "reason": reason,
            "punctuality": "on_time",
            "display_name": name if decision == "accepted" else None,
            "recorded_at": self.now().isoformat(),
            "duplicate": duplicate,
        }


async def alive(_request: web.Request) -> web.StreamResponse:
    return web.json_response({"status": "ok"})


def problem(status: int, code: str) -> web.Response:
    body = {"type": f"https://congtruong.example/problems/{code}", "code": code, "status": status}
    return web.json_response(body, status=status, content_type="application/problem+json")


def misbehave(how: str) -> web.Response:
    if how == "portal":
        return web.Response(text="<html>Please sign in to the Wi-Fi</html>", content_type="text/html")
    if how == "portal_404":
        return web.Response(text="not here", status=404, content_type="text/html")
    if how == "nonsense":
        return web.json_response({"hello": "kiosk"})
    if how == "other_receipt":
        return web.json_response(
            {
                "report_id": str(uuid4()),
                "decision": "accepted",
                "reason": "ok",
                "punctuality": "on_time",
                "recorded_at": "2026-11-21T00:00:00Z",
            }
        )
    status = int(how)
    return problem(status, "checkins.broken")


@asynccontextmanager
async def core_peer(port: int = 0, peer: Peer | None = None) -> AsyncIterator[Peer]:
    """Serve on loopback; the same `peer` may come back on the same port later."""
    peer = peer or Peer()

    @web.middleware
    async def dated(request: web.Request, handler: Any) -> web.StreamResponse:
        response: web.StreamResponse = await handler(request)
        now = peer.now().astimezone(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
        response.headers["Date"] = peer.stamp or now
        return response

    app = web.Application(middlewares=[dated])
    app.router.add_get("/healthz", alive)
    app.router.add_post("/api/v1/devices/enrol", peer.enrol)
    app.router.add_post("/api/v1/devices/heartbeat", peer.heartbeat)
    app.router.add_post("/api/v1/guardian-reports", peer.guardian)
    app.router.add_get("/api/v1/devices/commands", peer.commands)
    app.router.add_post("/api/v1/devices/commands/{id}/result", peer.result)
    app.router.add_post("/api/v1/check-ins", peer.check_in)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port, reuse_address=True)
    await site.start()
    peer.port = runner.addresses[0][1]
    peer.url = f"http://127.0.0.1:{peer.port}"
    try:
        yield peer
    finally:
        await runner.cleanup()
