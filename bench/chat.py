"""How long a parent waits: from posting a question in the web chat to its answer on the stream, over HTTP."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import aiohttp

from bench._ground import KEY, fresh_database, in_ms

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
    with fresh_database() as url:
        return asyncio.run(_measure(url))


async def _measure(url: str) -> dict[str, Any]:
    from bot.app import build_bot
    from bot.settings import BotSettings
    from core.logs import configure_logs
    from core.settings import CoreSettings
    from tests.bot.support import chatting, load_sample

    configure_logs("WARNING")
    settings = CoreSettings.model_validate({"database_url": url, "master_key": KEY, "session_key": KEY})
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
    p95, reference = in_ms(waits, 95), in_ms(thoughts, 95)
    return {
        "target": "question to answer over HTTP p95 < 150 ms on an idle 2-core machine",
        "figures": {
            "questions": len(waits),
            "answer_p50_ms": in_ms(waits, 50),
            "answer_p95_ms": p95,
            "post_p50_ms": in_ms(posts, 50),
            "met": p95 < 150,
        },
        "reference": {
            "what": "the same answerer asked directly by POST /api/v1/answers, with no inbox and no outbox",
            "p50_ms": in_ms(thoughts, 50),
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
