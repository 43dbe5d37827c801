"""How many Telegram updates one process accepts over its webhook, each safely in the inbox before its 200."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bench._ground import fresh_database

NAME = "webhook"
SUMMARY = (
    "Telegram webhook: updates recorded per second by one process (>= 1,500/s), beside a bare aiogram handler"
)
UPDATES = 3000
AT_ONCE = 64
SECRET = "bench_only"  # noqa: S105 - for loopback, in a process that lives for seconds


def run() -> dict[str, Any]:
    """Measure both in this process, on a fresh embedded PostgreSQL; the same client sends the same updates."""
    with fresh_database() as url:
        return asyncio.run(_measure(url))


async def _measure(url: str) -> dict[str, Any]:
    from bot.intake import Intake
    from bot.telegram.webhook import PATH, TelegramIntake
    from core.db.engine import make_engine
    from core.db.transaction import Database
    from core.inbox.service import Inbox
    from core.logs import configure_logs
    from core.sample.school import SCHOOL_ID
    from core.values.clock import SystemClock
    from core.vault.keyring import Keyring, MasterKey
    from core.web.server import WebParts, make_app, serving

    configure_logs("WARNING")
    database = Database(make_engine(url, pool_size=16))
    keyring = Keyring(MasterKey(b"b" * 32))
    intake = TelegramIntake(Intake(database, SCHOOL_ID, Inbox(keyring, SystemClock())), SECRET)
    app = make_app(WebParts(routes=(web.post(PATH, intake.webhook),)))
    try:
        async with serving(app) as address:
            ours, our_cpu = await _flood(f"{address}{PATH}")
        async with serving(_bare()) as address:
            bare, bare_cpu = await _flood(f"{address}/bare")
    finally:
        await database.dispose()
    return {
        "target": "updates accepted over webhook >= 1,500/s on 2 cores for one process",
        "figures": {
            "recorded_per_s": round(ours),
            "met": ours >= 1500,
            "cpu_us_per_update": round(our_cpu),
            "one_core_would_carry_per_s": round(1e6 / our_cpu),
            "load_1m": round(os.getloadavg()[0], 1),
        },
        "reference": {
            "what": "a bare aiogram webhook handler that keeps nothing (an update is lost when it dies)",
            "per_s": round(bare),
            "cpu_us_per_update": round(bare_cpu),
            "ratio": round(ours / bare, 2),
        },
        "limits": f"{UPDATES} updates, {AT_ONCE} at once, client and PostgreSQL on the same cores, durable",
    }


def _bare() -> web.Application:
    from aiogram import Bot, Dispatcher
    from aiogram.types import Message
    from aiogram.webhook.aiohttp_server import SimpleRequestHandler

    dispatcher = Dispatcher()

    @dispatcher.message()
    async def handle(message: Message) -> None:
        del message

    app = web.Application()
    bot = Bot("123456789:" + "b" * 35)
    SimpleRequestHandler(dispatcher, bot, secret_token=SECRET).register(app, "/bare")
    return app


async def _flood(url: str) -> tuple[float, float]:
    """Send the updates from a process of its own: how many a second were answered, and our CPU for each in µs."""
    before = time.process_time()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.webhook", url),
        cwd=Path(__file__).parents[1],
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError("the client failed")
    return UPDATES / float(said), (time.process_time() - before) / UPDATES * 1e6


async def _send(url: str) -> None:
    numbers = iter(range(1, UPDATES + 1))
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    connector = aiohttp.TCPConnector(limit=AT_ONCE)

    async def one_after_another(http: aiohttp.ClientSession) -> None:
        for number in numbers:
            async with http.post(url, json=_update(number), headers=headers) as answer:
                answer.raise_for_status()

    async with aiohttp.ClientSession(connector=connector) as http:
        started = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(one_after_another(http))
        print(time.perf_counter() - started)


def _update(number: int) -> dict[str, Any]:
    person = number % 200 + 1
    chat = {"id": person, "type": "private"}
    sender = {"id": person, "is_bot": False, "first_name": "Bench"}
    message = {"message_id": number, "date": 1763700000, "chat": chat, "from": sender, "text": "menu"}
    return {"update_id": number, "message": message}


if __name__ == "__main__":
    asyncio.run(_send(sys.argv[1]))
