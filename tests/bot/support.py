"""A whole bot over HTTP for tests: real database, real workers, the sample school, and a browser's worth of client."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

import aiohttp
from pydantic import SecretStr

from bot.app import Bot, build_bot
from bot.settings import BotSettings
from core.app import Core
from core.sample.school import SCHOOL_ID, SampleSchool
from core.settings import CoreSettings
from core.values.ids import SchoolId
from rag.values import Answer, Behaviour, Citation, Confidence, Question

LINK_CODE = "HPME-2026"


@dataclass(slots=True)
class KnownAnswers:
    """Stands in for the knowledge base, which has tests of its own: one known answer, or an honest refusal."""

    asked: list[Question] = field(default_factory=list)

    async def answer(self, question: Question) -> Answer:
        self.asked.append(question)
        if "hay trêu" in question.text:
            passed_on = Answer(Behaviour.HANDOVER, "Em chuyển ngay lời của anh/chị.")
            if "học bạ" not in question.text:
                return passed_on
            told = "1. Gửi đơn về trường.\n2. Em chuyển ngay lời của anh/chị."
            parts = (Answer(Behaviour.ANSWER, "Gửi đơn về trường."), passed_on)
            return Answer(Behaviour.HANDOVER, told, parts=parts)
        if "điểm thi của" in question.text:
            return Answer(Behaviour.PERSONAL_DATA, "Thông tin riêng của học sinh.")
        if "học bạ" not in question.text:
            return Answer(Behaviour.ABSTAIN, "Em chưa chắc.", suggestions=("Làm mất học bạ thì sao?",))
        source = Citation(
            "p1", "Cấp lại học bạ", "Thông tư mẫu", "Điều 3", date(2025, 9, 1), "trích", Confidence.V1
        )
        told = "Xin ở văn phòng." if "bản sao" in question.text else "Gửi đơn về trường."
        return Answer(Behaviour.ANSWER, f"{told}\n\nNguồn:\n[1] Thông tư mẫu", (source,), 0.9)

    async def is_urgent(self, text: str) -> bool:
        return "ngất" in text

    async def stream(self, question: Question) -> AsyncIterator[str | Answer]:
        answer = await self.answer(question)
        for line in answer.text.splitlines(keepends=True):
            yield line
        yield answer


def settings_for(database_url: str, master_key: str) -> CoreSettings:
    secret = SecretStr(master_key)
    return CoreSettings(database_url=SecretStr(database_url), master_key=secret, session_key=secret)


async def load_sample(core: Core, school_id: SchoolId = SCHOOL_ID) -> None:
    """Load the sample school, unless the test's database came with it (`tests/bot/conftest`)."""
    async with core.database.platform() as tx:
        if school_id in {one.id for one in await core.schools.list_schools(tx)}:
            return
    async with core.database.transaction(school_id) as tx:
        await SampleSchool(
            core.clock, core.schools, core.students, core.guardians, core.exams, core.fees
        ).load(tx)


@asynccontextmanager
async def running_bot(
    settings: CoreSettings, answers: Any, **bot_settings: Any
) -> AsyncIterator[tuple[Bot, str]]:
    bot = build_bot(BotSettings(port=0, **bot_settings), settings, answers)
    try:
        await load_sample(bot.core)
        async with bot.running() as url:
            yield bot, url
    finally:
        await bot.core.database.dispose()


@dataclass(slots=True)
class ChatClient:
    """What the page does: a cookie, posts, and a stream of lines."""

    url: str
    http: aiohttp.ClientSession
    lines: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)

    async def say(self, text: str = "", **more: str) -> str:
        message_id = more.pop("id", str(uuid4()))
        body = {"id": message_id, "text": text, **more}
        async with self.http.post(f"{self.url}/chat/messages", json=body) as answer:
            assert answer.status == 202, await answer.text()
        return message_id

    async def reply(self, key: str | None = None, within: float = 20) -> dict[str, Any]:
        """The next line from the school, or the next one with this key."""
        async with asyncio.timeout(within):
            while True:
                line = await self.lines.get()
                if line["from"] == "school" and (key is None or line["key"] == key):
                    return line

    async def ask(self, text: str = "", **more: str) -> dict[str, Any]:
        await self.say(text, **more)
        while (line := await self.reply())["key"] == "bot.introduction":
            pass
        return line

    async def history(self) -> list[dict[str, Any]]:
        async with self.http.get(f"{self.url}/chat/lines/all") as answer:
            found: list[dict[str, Any]] = (await answer.json())["lines"]
            return found

    async def read(self, ready: asyncio.Event) -> None:
        async with self.http.get(f"{self.url}/chat/lines/stream") as stream:
            async for raw in stream.content:
                text = raw.decode().strip()
                if text == "event: ready":
                    ready.set()
                elif text.startswith('data: {"'):
                    self.lines.put_nowait(json.loads(text[6:]))


@asynccontextmanager
async def chatting(url: str) -> AsyncIterator[ChatClient]:
    """A browser that has opened the page."""
    jar, timeout = aiohttp.CookieJar(unsafe=True), aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(cookie_jar=jar, timeout=timeout) as http:
        async with http.get(f"{url}/chat") as page:
            assert page.status == 200
        client, ready = ChatClient(url, http), asyncio.Event()
        async with asyncio.TaskGroup() as group:
            task = group.create_task(client.read(ready))
            await ready.wait()
            yield client
            task.cancel()
