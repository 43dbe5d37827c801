"""A parent asks at ten in the evening."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from core.demo.processes import free_port
from core.sample.school import DEMO_LINK_CODE
from tests.journeys.conftest import Pattern, Village, settled
from tests.journeys.parent import cookies_of, parent_at
from tests.support import postgres

pytestmark = pytest.mark.slow
evening = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot_url(
    postgres_server: postgres.TestServer, pattern: Pattern, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[str]:
    """A bot that the parents of this evening share; each has a chat of their own."""
    async with (
        postgres_server.clone("one_evening", pattern.database) as url,
        settled(pattern, url, tmp_path_factory.mktemp("evening") / "data") as village,
    ):
        yield (await village.bot()).url


@evening
async def test_a_parent_links_with_the_code_on_paper_and_asks_what_is_owed(bot_url: str) -> None:
    async with parent_at(bot_url) as parent:
        await parent.say("con em còn nợ khoản thu nào ko ạ?")
        await parent.sees("mã")
        assert not parent.holding("360.000")
        await parent.say(link_code=DEMO_LINK_CODE.shown)
        await parent.sees("Nguyễn Thị Ánh", "lớp 3A")
        seen = len(parent.lines)
        await parent.say("con em còn nợ khoản thu nào ko ạ?")
        owed = await parent.sees("Tổng cộng: 810.000 đ", after=seen)
        assert "Tiền ăn bán trú" in owed["text"]


@evening
async def test_a_question_about_the_law_gets_an_answer_with_its_source(bot_url: str) -> None:
    async with parent_at(bot_url) as parent:
        await parent.say("con tôi học trường công có phải đóng học phí không?")
        answer = await parent.sees("miễn học phí")
        assert answer["sources"]


@evening
async def test_the_bot_says_once_that_it_is_a_machine(bot_url: str) -> None:
    async with parent_at(bot_url) as parent:
        for number, text in enumerate(("xin chào", "học phí trường công thế nào?"), 1):
            await parent.say(text)
            await parent.sees(count=number + 1)
        assert len(parent.holding("máy")) == 1


@evening
async def test_a_message_posted_five_times_is_answered_once(bot_url: str) -> None:
    async with parent_at(bot_url) as parent:
        same = str(uuid.uuid4())
        async with asyncio.TaskGroup() as group:
            for _ in range(5):
                group.create_task(parent.say("trường mình mấy giờ vào học?", post_id=same))
        await parent.say("con em còn nợ khoản thu nào ko ạ?")
        await parent.sees("mã")
        mine = [line for line in await parent.history() if line["from"] == "guardian"]
        assert len(mine) == 2
        before_second = [line for line in parent.lines if line["from"] == "school"]
        assert len(before_second) == 3  # the machine's introduction, and one answer to each


async def test_a_bot_killed_in_the_middle_answers_every_message_once_and_in_order(village: Village) -> None:
    port = free_port()
    first = await village.bot(port)
    questions = [f"con tôi học trường công có phải đóng học phí không? ({n})" for n in range(12)]
    async with parent_at(first.url) as parent:
        async with asyncio.TaskGroup() as group:
            for question in questions:
                await parent.say(question)
            group.create_task(parent.sees("miễn học phí", count=2))
        await village.kill(first)
        cookies = cookies_of(parent)
    second = await village.bot(port)
    async with parent_at(second.url, cookies) as parent:
        await parent.sees("miễn học phí", count=len(questions))
        await parent.say("cảm ơn")
        await parent.sees(count=len(questions) + 2)
        lines = await parent.history()
    assert [line["text"] for line in lines if line["from"] == "guardian"][: len(questions)] == questions
    assert len(
        [line for line in lines if "miễn học phí" in line["text"] and line["from"] == "school"]
    ) == len(questions)
