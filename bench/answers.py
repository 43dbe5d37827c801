"""What a key and its quota cost a request, how soon events begin, and how soon a published passage is told."""

from __future__ import annotations

import asyncio
import statistics
import time
from typing import Any

import aiohttp

from bench._ground import KEY, fresh_database

NAME = "answers"
SUMMARY = (
    "answers API: ms with a key beside none, first event, and seconds from publishing to being told (<= 10)"
)
ASKED = 60
PUBLISHED = 3
QUESTION = "Làm thẻ căn cước cho con mất mấy ngày ạ?"


def run() -> dict[str, Any]:
    """Measure in this process on a fresh embedded PostgreSQL, with the shipped knowledge and no language model."""
    with fresh_database() as url:
        return asyncio.run(_measure(url))


async def _measure(url: str) -> dict[str, Any]:
    from pydantic import SecretStr

    from bot.app import build_bot
    from bot.settings import BotSettings
    from core.logs import configure_logs
    from core.sample.school import SCHOOL_ID
    from core.settings import CoreSettings

    configure_logs("WARNING")
    secret = SecretStr(KEY)
    settings = CoreSettings(database_url=SecretStr(url), master_key=secret, session_key=secret)
    bot = build_bot(BotSettings(port=0), settings)
    try:
        async with bot.core.database.transaction(SCHOOL_ID) as tx:
            await bot.core.schools.add(tx, "Trường đo")
        async with bot.running() as address, aiohttp.ClientSession() as http:
            return await _figures(bot, http, f"{address}/api/v1/answers")
    finally:
        await bot.core.database.dispose()


async def _figures(bot: Any, http: aiohttp.ClientSession, url: str) -> dict[str, Any]:
    from core.answers.keys.domain import NewApiKey
    from core.answers.keys.quota import Quota
    from core.sample.school import SCHOOL_ID

    async with bot.core.database.transaction(SCHOOL_ID) as tx:
        issued = await bot.core.answers.api_keys.issue(
            tx, NewApiKey("bench", Quota(10_000, 1_000_000)), "bench"
        )
    keyed = {"Authorization": f"Bearer {issued.secret}"}
    await _asked(http, url, {}, 10)
    without, with_key = await _asked(http, url, {}, ASKED), await _asked(http, url, keyed, ASKED)
    admissions = await _admissions(bot, issued.secret)
    first = [await _first_event(http, url, keyed) for _ in range(ASKED // 3)]
    told = [await _until_told(bot, http, url, number) for number in range(PUBLISHED)]
    return {
        "target": "a published passage is told within 10 s; a key costs less than 10 ms",
        "figures": {
            "with_key_ms_p50": _p(with_key, 50),
            "with_key_ms_p95": _p(with_key, 95),
            "key_costs_ms_p50": round(_p(with_key, 50) - _p(without, 50), 2),
            "admission_ms_p50": _p(admissions, 50),
            "first_event_ms_p50": _p(first, 50),
            "publish_to_told_s_max": round(max(told), 2),
            "publish_to_told_s_median": round(statistics.median(told), 2),
        },
        "reference": {"without_key_ms_p50": _p(without, 50), "without_key_ms_p95": _p(without, 95)},
        "limits": "One client on loopback, in one process with the bot; the shipped passages and a few more.",
    }


async def _asked(http: aiohttp.ClientSession, url: str, headers: dict[str, str], times: int) -> list[float]:
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        async with http.post(url, json={"question": QUESTION}, headers=headers) as answer:
            await answer.read()
            answer.raise_for_status()
        taken.append((time.perf_counter() - started) * 1000)
    return taken


async def _admissions(bot: Any, secret: str) -> list[float]:
    from core.sample.school import SCHOOL_ID

    taken = []
    for _ in range(200):
        started = time.perf_counter()
        async with bot.core.database.transaction(SCHOOL_ID) as tx:
            await bot.core.answers.api_keys.admit(tx, secret)
        taken.append((time.perf_counter() - started) * 1000)
    return taken


async def _first_event(http: aiohttp.ClientSession, url: str, headers: dict[str, str]) -> float:
    started = time.perf_counter()
    async with http.post(url, json={"question": QUESTION, "stream": True}, headers=headers) as answer:
        async for line in answer.content:
            if line.startswith(b"data:"):
                return (time.perf_counter() - started) * 1000
    return float("nan")


async def _until_told(bot: Any, http: aiohttp.ClientSession, url: str, number: int) -> float:
    from core.answers.passages.domain import NewPassage
    from core.sample.school import SCHOOL_ID

    words = f"Câu lạc bộ cờ vua họp ở phòng 10{number} chiều thứ Tư."
    content = NewPassage("Câu lạc bộ cờ vua", words, ("Câu lạc bộ cờ vua họp ở đâu ạ?",))
    passages = bot.core.answers.passages
    started = time.perf_counter()
    async with bot.core.database.transaction(SCHOOL_ID) as tx:
        saved = await passages.save(tx, content, author="bench", actor="bench")
        await passages.publish(tx, saved, "bench")
    while True:
        async with http.post(url, json={"question": content.questions[0]}) as answer:
            if f"10{number}" in (await answer.json())["answer"]:
                break
        await asyncio.sleep(0.05)
    taken = time.perf_counter() - started
    async with bot.core.database.transaction(SCHOOL_ID) as tx:
        await passages.withdraw(tx, saved, "bench")
    return taken


def _p(values: list[float], percent: int) -> float:
    return round(statistics.quantiles(values, n=100)[percent - 1], 2)
