"""The bot as the process that an operator starts, and what a `kill -9` of it costs."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import aiohttp
import pytest

from core.app import build_core
from core.settings import CoreSettings
from tests.bot.support import load_sample

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def process(database_url: str, key: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """`python -m bot serve --json --port 0`, with the URL it prints; ended when the block ends."""
    secrets = {"DATABASE_URL": database_url, "CONGTRUONG_MASTER_KEY": key, "CONGTRUONG_SESSION_KEY": key}
    started = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "serve", "--json", "--port", "0"),
        cwd=ROOT,
        env={**os.environ, **secrets, "OMP_NUM_THREADS": "1"},  # noqa: TID251 - children inherit it
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert started.stdout is not None
    try:
        async with asyncio.timeout(90):
            line = await started.stdout.readline()
        yield started, json.loads(line)["url"]
    finally:
        if started.returncode is None:
            started.send_signal(signal.SIGTERM)
        await started.wait()


@pytest.mark.slow
async def test_a_killed_bot_loses_no_question_and_answers_each_once_and_stops_cleanly_when_told(
    database_url: str, master_key_text: str, core_settings: CoreSettings
) -> None:
    core = build_core(core_settings)
    await load_sample(core)
    await core.database.dispose()
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as http:
        async with process(database_url, master_key_text) as (bot, url):
            async with http.get(f"{url}/chat") as page:
                assert page.status == 200
            for number in range(5):
                body = {
                    "id": str(uuid4()),
                    "text": f"menu {'' if number else 'nha'}".strip(),
                    "choice": "menu.main",
                }
                async with http.post(f"{url}/chat/messages", json=body) as answer:
                    assert answer.status == 202
            bot.kill()
        async with process(database_url, master_key_text) as (bot, url):
            async with asyncio.timeout(60):
                while True:
                    async with http.get(f"{url}/chat/lines/all") as answer:
                        lines = (await answer.json())["lines"]
                    told = [line["key"] for line in lines if line["from"] == "school"]
                    if told.count("menu.welcome") >= 5:
                        break
                    await asyncio.sleep(0.3)
            await asyncio.sleep(1)
            async with http.get(f"{url}/chat/lines/all") as answer:
                lines = (await answer.json())["lines"]
            bot.send_signal(signal.SIGTERM)
            async with asyncio.timeout(30):
                assert await bot.wait() == 0
    told = [line["key"] for line in lines if line["from"] == "school"]
    assert told == ["bot.introduction"] + ["menu.welcome"] * 5
    assert sum(line["from"] == "guardian" for line in lines) == 5
