"""How long a parent on Zalo waits for a reply that needs no language model: from the webhook to the reply's arrival."""

from __future__ import annotations

import asyncio
import os
import time
from typing import Any

import aiohttp

from bench._ground import KEY, fresh_database, in_ms

NAME = "channels"
SUMMARY = "Zalo webhook to the reply at Zalo's API over loopback, without a language model (p50 < 30 ms)"
ROUNDS = 60
_AT = "1763700000000"


def run() -> dict[str, Any]:
    """Measure on a fresh embedded PostgreSQL, one parent after the other."""
    with fresh_database() as url:
        return asyncio.run(_measure(url))


async def _measure(url: str) -> dict[str, Any]:
    from core.logs import configure_logs
    from tests.bot.support import KnownAnswers, running_bot, settings_for
    from tests.support import fake_zalo as zalos

    configure_logs("WARNING")
    options = {
        "zalo_app_id": zalos.APP_ID,
        "zalo_app_secret": zalos.APP_SECRET,
        "zalo_oa_secret": zalos.OA_SECRET,
        "zalo_refresh_token": "refresh-0",
        "zalo_per_second": 1000,
    }
    async with zalos.fake_zalo() as zalo, aiohttp.ClientSession() as http:
        settings = settings_for(url, KEY)
        bot = running_bot(settings, KnownAnswers(), **options, zalo_api=zalo.url, zalo_oauth=zalo.url)
        async with bot as (_, address):
            await _ask(http, address, zalo, 0)
            waits = [await _ask(http, address, zalo, number) for number in range(1, ROUNDS + 1)]
            floor = [await _bare(http, zalo) for _ in range(ROUNDS)]
    p50, reference = in_ms(waits, 50), in_ms(floor, 50)
    return {
        "target": "reply delay p50 < 30 ms over loopback without an LLM",
        "figures": {
            "replies": len(waits),
            "p50_ms": p50,
            "p95_ms": in_ms(waits, 95),
            "met": p50 < 30,
            "load_1m": round(os.getloadavg()[0], 1),
        },
        "reference": {
            "what": "one bare HTTP call to the same fake Zalo server: what two of them cost is in every reply",
            "p50_ms": reference,
            "ratio": round(p50 / reference, 1),
        },
        "limits": "one parent at a time who has been introduced; durable PostgreSQL and the fake on the same cores",
    }


async def _ask(http: aiohttp.ClientSession, address: str, zalo: Any, number: int) -> float:
    """Seconds from posting “menu” to the arrival of the last of its replies."""
    from tests.support.fake_zalo import event, signed

    expected = len(zalo.sent) + (2 if number == 0 else 1)
    body = event("user_send_text", "u1", text="menu", msg_id=f"m{number}")
    started = time.perf_counter()
    async with http.post(f"{address}/webhooks/zalo", data=body, headers=signed(body, _AT)) as answer:
        answer.raise_for_status()
    async with asyncio.timeout(30):
        await zalo.until(expected)
    return time.perf_counter() - started


async def _bare(http: aiohttp.ClientSession, zalo: Any) -> float:
    started = time.perf_counter()
    body = {"recipient": {"user_id": "bare"}, "message": {"text": "x"}}
    headers = {"access_token": zalo.access}
    async with http.post(f"{zalo.url}/v3.0/oa/message/cs", json=body, headers=headers) as answer:
        await answer.read()
    return time.perf_counter() - started
