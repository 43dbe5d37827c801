"""From an emulated tap to the core's receipt, phase by phase, over real HTTP on loopback.

The chip is emulated in this process and read by the real card code; the face check is the emulated one (three
frames at thirty a second, no model), and the core is a small HTTP peer that verifies the signature. So it
measures the kiosk's own share: reading, judging, spooling with fsync, signing, sending.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.contracts.checkin import EnrolmentReceipt
from core.contracts.signing import RequestToSign, SignedHead, verify
from kiosk.clock import CoreTime, SystemClock
from kiosk.devices import emulated_devices
from kiosk.emulated.cards import EmulatedCards
from kiosk.emulated.people import SAMPLE
from kiosk.runner import Parts, Runner
from kiosk.screen.view import View
from kiosk.uplink.client import CoreClient
from kiosk.uplink.identity import keep_identity
from kiosk.uplink.sender import Sender
from kiosk.uplink.spool import Spool

NAME = "kiosk"
SUMMARY = "Emulated tap to receipt: p50 and p95, by phase, beside the commercial claim."
TAPS = 40
_PERCENT = 95


class _Marks:
    """Notes when each place of a visit is first shown."""

    def __init__(self) -> None:
        self.at: dict[str, float] = {}
        self.done = asyncio.Event()

    def show(self, view: View) -> None:
        self.at.setdefault(view.screen, time.perf_counter())
        if view.screen.startswith("verdict"):
            self.done.set()


async def _measure(folder: Path) -> list[dict[str, float]]:
    key = Ed25519PrivateKey.generate()

    async def check_in(request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        head = SignedHead.from_headers(request.headers)
        if not verify(key.public_key(), RequestToSign(request.method, request.raw_path, raw), head):
            raise web.HTTPUnauthorized
        receipt = {
            "report_id": json.loads(raw)["report_id"],
            "decision": "accepted",
            "reason": "ok",
            "punctuality": "on_time",
            "recorded_at": SystemClock().now().isoformat(),
        }
        return web.json_response(receipt)

    app = web.Application()
    app.router.add_post("/api/v1/check-ins", check_in)
    peer = web.AppRunner(app, access_log=None)
    await peer.setup()
    await web.TCPSite(peer, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{peer.addresses[0][1]}"
    enrolled = EnrolmentReceipt(
        device_id=uuid4(), school_id=uuid4(), school_name="Bench", server_time=SystemClock().now()
    )
    identity = keep_identity(folder, key, enrolled, url)
    try:
        async with aiohttp.ClientSession() as http:
            return await _taps(CoreClient(http, identity, CoreTime(SystemClock())), Spool(folder / "spool"))
    finally:
        await peer.cleanup()


async def _taps(client: CoreClient, spool: Spool) -> list[dict[str, float]]:
    devices = emulated_devices()
    assert isinstance(devices.cards, EmulatedCards)
    found = []
    for number in range(TAPS):
        marks = _Marks()
        sender = Sender(spool, client)
        runner = Runner(Parts(devices.cards, devices.faces, sender, marks, SystemClock()))
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(sender.run()), group.create_task(runner.run())]
            await asyncio.sleep(0)
            begun = time.perf_counter()
            devices.cards.tap(SAMPLE[number % len(SAMPLE)])
            await asyncio.wait_for(marks.done.wait(), 20)
            for task in tasks:
                task.cancel()
        looking, sending = marks.at["looking"], marks.at["sending"]
        found.append(
            {
                "card": looking - begun,
                "face": sending - looking,
                "record_and_send": marks.at["verdict_accepted"] - sending,
                "tap_to_receipt": marks.at["verdict_accepted"] - begun,
            }
        )
    spool.close()
    return found


def _figures(seconds: Sequence[float]) -> dict[str, float]:
    cut = statistics.quantiles(seconds, n=100, method="inclusive")
    return {
        "p50_ms": round(1000 * statistics.median(seconds), 1),
        "p95_ms": round(1000 * cut[_PERCENT - 1], 1),
    }


def run() -> dict[str, Any]:
    """Tap some emulated cards, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(_measure(Path(folder)))
    phases = {name: _figures([one[name] for one in found]) for name in found[0]}
    whole = phases["tap_to_receipt"]
    return {
        "target": {"tap_to_receipt_p50_ms": 1500, "tap_to_receipt_p95_ms": 3000},
        "figures": {"taps": TAPS, **phases},
        "reference": {
            "commercial_recognition_claim_ms": [200, 300],
            "ratio_to_claim_p50": round(whole["p50_ms"] / 300, 2),
        },
        "limits": "The chip is emulated in process (no pcscd, no radio: a real card adds 1.2 to 3.2 s), the "
        "face check is emulated (three frames at thirty a second, no model), the core is a small peer on loopback.",
    }


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
