"""Telegram against a real peer: lo-bot-api-emulator in a process of its own; and what no peer can send."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from core.settings import CoreSettings
from tests.bot.support import LINK_CODE, KnownAnswers, running_bot

TOKEN = "123456789:" + "synthetic-token-for-the-emulator-only"[:35]
SECRET = "tests-only_secret"
PERSON = {"id": 5001, "is_bot": False, "first_name": "Phụ huynh"}
CHAT = {"id": 5001, "type": "private", "first_name": "Phụ huynh"}


class Emulator:
    """The peer: takes updates to hand out, and keeps a journal of what was called."""

    def __init__(self, url: str, journal: Path, http: aiohttp.ClientSession) -> None:
        self.url, self.journal, self.http, self.number = url, journal, http, 0

    async def enqueue(self, **update: Any) -> None:
        async with self.http.post(
            f"{self.url}/__fixture/updates", json={"token": TOKEN, "update": update}
        ) as answer:
            assert answer.status == 200, await answer.text()

    async def write(self, text: str) -> None:
        self.number += 1
        await self.enqueue(
            message={
                "message_id": self.number,
                "date": 1763700000,
                "chat": CHAT,
                "from": PERSON,
                "text": text,
            }
        )

    async def press(self, code: str, label: str) -> None:
        self.number += 1
        markup = {"inline_keyboard": [[{"text": label, "callback_data": code}]]}
        message = {"message_id": 1, "date": 1763700000, "chat": CHAT, "text": "…", "reply_markup": markup}
        await self.enqueue(
            callback_query={
                "id": str(self.number), "from": PERSON, "chat_instance": "1", "data": code, "message": message,
            }
        )  # fmt: skip

    def called(self, method: str) -> list[dict[str, Any]]:
        entries = (
            [json.loads(line) for line in self.journal.read_text().splitlines()]
            if self.journal.exists()
            else []
        )
        return [one for one in entries if one.get("method") == method and one.get("status") == 200]

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(30):
            while not true():  # noqa: ASYNC110 - the peer is another process and tells nobody
                await asyncio.sleep(0.05)


@pytest.fixture
async def emulator(tmp_path: Path) -> AsyncIterator[Emulator]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = Path(sys.executable).with_name("lo-bot-api-emulator")
    options = ("--port", str(port), "--enable-control", "--allow-insecure-loopback-webhooks")
    journal = tmp_path / "journal.jsonl"
    process = subprocess.Popen([program, *options, "--journal", journal])  # noqa: ASYNC220 - returns at once
    try:
        async with aiohttp.ClientSession() as http:
            url = f"http://127.0.0.1:{port}"
            async with asyncio.timeout(20):
                while True:
                    try:
                        async with http.get(f"{url}/bot{TOKEN}/getMe"):
                            break
                    except aiohttp.ClientConnectionError:
                        await asyncio.sleep(0.1)
            yield Emulator(url, journal, http)
    finally:
        process.terminate()
        process.wait(10)


@asynccontextmanager
async def telegram_bot(
    settings: CoreSettings, answers: KnownAnswers, api: str, mode: str
) -> AsyncIterator[str]:
    options = {"telegram_token": TOKEN, "telegram_secret": SECRET, "telegram_api": api, "telegram_mode": mode}
    async with running_bot(settings, answers, **options) as (_, url):
        yield url


async def test_over_polling_a_question_a_button_and_a_deep_link_are_answered(
    core_settings: CoreSettings, answers: KnownAnswers, emulator: Emulator
) -> None:
    async with telegram_bot(core_settings, answers, emulator.url, "polling"):
        await emulator.write("mất học bạ thì sao")
        await emulator.until(lambda: len(emulator.called("sendMessage")) == 2)
        await emulator.press("menu.fees", "Khoản thu")
        await emulator.until(lambda: len(emulator.called("sendMessage")) == 3)
        await emulator.until(lambda: len(emulator.called("answerCallbackQuery")) == 1)
        await emulator.write(f"/start lk_{LINK_CODE}")
        await emulator.until(lambda: len(emulator.called("sendMessage")) == 4)
    assert [question.text for question in answers.asked] == ["mất học bạ thì sao"]


async def test_over_the_webhook_an_update_delivered_twice_is_answered_once(
    core_settings: CoreSettings, answers: KnownAnswers, emulator: Emulator
) -> None:
    async with telegram_bot(core_settings, answers, emulator.url, "webhook") as url:
        hook = {"url": f"{url}/webhooks/telegram", "secret_token": SECRET}
        async with emulator.http.post(f"{emulator.url}/bot{TOKEN}/setWebhook", json=hook) as answer:
            assert (await answer.json())["ok"]
        await emulator.write("mất học bạ")
        await emulator.until(lambda: len(emulator.called("sendMessage")) == 2)
        update = {
            "update_id": 900,
            "message": {"message_id": 77, "date": 1763700000, "chat": CHAT, "from": PERSON, "text": "học bạ"},
        }
        for _ in range(3):
            headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
            async with emulator.http.post(hook["url"], json=update, headers=headers) as answer:
                assert answer.status == 200
        await emulator.write("menu")
        await emulator.until(lambda: len(emulator.called("sendMessage")) >= 4)
    assert len(answers.asked) == 2
    assert len(emulator.called("sendMessage")) == 4


async def test_forged_and_broken_updates_are_refused_and_unknown_ones_are_harmless(
    core_settings: CoreSettings, answers: KnownAnswers, emulator: Emulator
) -> None:
    async with telegram_bot(core_settings, answers, emulator.url, "webhook") as url:
        good = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        for body, headers, status in (
            ({"update_id": 1}, {}, 401),
            ({"update_id": 1}, {"X-Telegram-Bot-Api-Secret-Token": "forged"}, 401),
            ({"no": "update"}, good, 400),
            ([], good, 400),
            ({"update_id": 2, "brand_new_kind": {"x": 1}}, good, 200),
            ({"update_id": 3, "message": {"chat": {"id": 1}, "text": "half"}}, good, 200),
        ):
            async with emulator.http.post(f"{url}/webhooks/telegram", json=body, headers=headers) as answer:
                assert answer.status == status
    assert answers.asked == []
    assert emulator.called("sendMessage") == []
