"""How long a parent waits: from posting a question in the web chat to its answer on the stream, over HTTP."""

from __future__ import annotations

import asyncio
import base64
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import aiohttp

NAME = "chat"
SUMMARY = "Web chat: question to answer over HTTP, through inbox, knowledge base and outbox (p95 < 150 ms)"
QUESTIONS = (
    "Chuyển trường cần giấy tờ gì?",
    "hoc phi lop 6 co duoc mien khong",
    "Làm mất học bạ thì phải làm gì?",
    "Trẻ bao nhiêu tuổi thì được làm thẻ căn cước?",
    "dang ky tuyen sinh lop 1 o dau",
)
ROUNDS = 60


def run() -> dict[str, Any]:
    """Measure on a fresh embedded PostgreSQL, one parent asking one question after the other."""
    from core.db.embedded import EmbeddedPostgres

    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedPostgres(Path(folder), password="bench-only", durable=True)  # noqa: S106 - a throw-away server
        server.start()
        try:
            return asyncio.run(_measure(server.url()))
        finally:
            server.stop()


async def _measure(url: str) -> dict[str, Any]:
    from bot.app import build_bot
    from bot.settings import BotSettings
    from core.logs import configure_logs
    from core.settings import CoreSettings
    from tests.bot.support import chatting, load_sample

    configure_logs("WARNING")
    await _migrate(url)
    key = base64.b64encode(b"b" * 32).decode()
    settings = CoreSettings.model_validate({"database_url": url, "master_key": key, "session_key": key})
    bot = build_bot(BotSettings(port=0), settings)
    waits, posts, thoughts = [], [], []
    try:
        await load_sample(bot.core)
        async with bot.running() as address, chatting(address) as chat:
            await chat.ask("xin chào")
            for number in range(ROUNDS):
                question = QUESTIONS[number % len(QUESTIONS)]
                started = time.perf_counter()
                await chat.say(question)
                posts.append(time.perf_counter() - started)
                await chat.reply("ask.answer")
                waits.append(time.perf_counter() - started)
                thoughts.append(await _thought(chat.http, address, question))
    finally:
        await bot.core.database.dispose()
    p95, reference = _ms(waits, 0.95), _ms(thoughts, 0.95)
    return {
        "target": "question to answer over HTTP p95 < 150 ms on an idle 2-core machine",
        "figures": {
            "questions": len(waits),
            "answer_p50_ms": _ms(waits, 0.5),
            "answer_p95_ms": p95,
            "post_p50_ms": _ms(posts, 0.5),
            "met": p95 < 150,
        },
        "reference": {
            "what": "the same answerer asked directly by POST /api/v1/answers, with no inbox and no outbox",
            "p50_ms": _ms(thoughts, 0.5),
            "p95_ms": reference,
            "ratio_p95": round(p95 / reference, 2) if reference else None,
        },
        "limits": "loopback, one parent at a time, durable PostgreSQL on the same machine, no LLM",
    }


async def _thought(http: aiohttp.ClientSession, address: str, question: str) -> float:
    started = time.perf_counter()
    async with http.post(f"{address}/api/v1/answers", json={"question": question}) as answer:
        answer.raise_for_status()
        await answer.read()
    return time.perf_counter() - started


async def _migrate(url: str) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "alembic", "-x", f"url={url}", "upgrade", "head"),
        cwd=Path(__file__).parents[1],
    )
    if await process.wait():
        raise RuntimeError("the migrations failed")


def _ms(seconds: list[float], share: float) -> float:
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    return round(cuts[round(share * 100) - 1] * 1000, 1)
