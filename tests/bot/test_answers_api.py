"""The answers API over real HTTP: bodies, events read by an independent client, keys, quotas, hanging up."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest

from bot.answers.examples import ANSWERS, BODIES
from bot.answers.models import AnswerBody, AnswerRequest
from bot.app import Bot
from core.answers.keys.domain import NewApiKey
from core.answers.keys.quota import Quota
from core.sample.school import SCHOOL_ID
from core.settings import CoreSettings
from rag.values import Answer, Behaviour, Question
from tests.bot.support import KnownAnswers, running_bot

Running = tuple[Bot, str]
PATH = "/api/v1/answers"


@dataclass(frozen=True)
class Event:
    name: str
    data: Any


async def events_of(response: aiohttp.ClientResponse) -> AsyncIterator[Event | str]:
    """A reader of server-sent events that shares no code with ours (WHATWG HTML, 9.2.6); comments come as text."""
    name, data = "message", []
    async for raw in response.content:
        line = raw.decode("utf-8").rstrip("\r\n")
        if not line:
            if data:
                yield Event(name, json.loads("\n".join(data)))
            name, data = "message", []
        elif line.startswith(":"):
            yield line
        else:
            key, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if key == "event":
                name = value
            elif key == "data":
                data.append(value)


@dataclass
class SlowAnswers:
    """Tells one piece, then thinks for as long as it is let; notes that it was stopped."""

    begun: asyncio.Event = field(default_factory=asyncio.Event)
    stopped: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, question: Question) -> Answer:
        try:
            self.begun.set()
            await asyncio.sleep(60)
        finally:
            self.stopped.set()
        return Answer(Behaviour.ANSWER, "muộn rồi")

    async def stream(self, question: Question) -> AsyncIterator[str | Answer]:
        yield "Dạ, "
        if "hỏng" in question.text:
            raise RuntimeError("số định danh 001204012345")
        yield await self.answer(question)


@pytest.fixture
async def keyed(core_settings: CoreSettings, answers: KnownAnswers) -> AsyncIterator[Running]:
    async with running_bot(core_settings, answers, api_key_required=True) as bot:
        yield bot


async def issue(bot: Bot, quota: Quota) -> str:
    async with bot.core.database.transaction(SCHOOL_ID) as tx:
        return (await bot.core.answers.api_keys.issue(tx, NewApiKey("Cổng Sở", quota), "operator")).secret


async def test_pieces_join_to_the_answer_and_citations_come_before_done(running: Running) -> None:
    async with aiohttp.ClientSession(running[1]) as http:
        for headers, more in (({"Accept": "text/event-stream"}, {}), ({}, {"stream": True})):
            async with http.post(PATH, json={"question": "mất học bạ", **more}, headers=headers) as answer:
                assert (answer.status, answer.content_type) == (200, "text/event-stream")
                told = [one async for one in events_of(answer) if isinstance(one, Event)]
            names = [one.name for one in told]
            assert names == ["piece"] * (len(told) - 2) + ["citation", "done"]
            done = told[-1].data
            assert "".join(one.data["text"] for one in told[:-2]) == done["answer"]
            assert [told[-2].data] == done["citations"]
            AnswerBody.model_validate(done)


async def test_a_reader_who_hangs_up_ends_the_work(core_settings: CoreSettings) -> None:
    for accept in ("text/event-stream", "application/json"):
        slow = SlowAnswers()
        async with running_bot(core_settings, slow) as (_, url), aiohttp.ClientSession(url) as http:
            async with asyncio.TaskGroup() as group:
                asking = group.create_task(_ask_for_ever(http, accept))
                await asyncio.wait_for(slow.begun.wait(), 10)
                asking.cancel()
            await asyncio.wait_for(slow.stopped.wait(), 10)


async def _ask_for_ever(http: aiohttp.ClientSession, accept: str) -> None:
    async with http.post(PATH, json={"question": "lâu"}, headers={"Accept": accept}) as answer:
        await answer.read()


async def test_a_quiet_stream_beats_and_a_stopping_server_ends_it(core_settings: CoreSettings) -> None:
    slow, beats = SlowAnswers(), 0
    async with (
        running_bot(core_settings, slow, stream_beat_seconds=0.05) as (_, url),
        aiohttp.ClientSession(url) as http,
        http.post(PATH, json={"question": "lâu", "stream": True}) as answer,
    ):
        async for one in events_of(answer):
            beats += one == ": beat"
            if beats == 3:
                break
    assert slow.stopped.is_set()


async def test_what_goes_wrong_in_mid_stream_is_an_error_event_without_details(
    core_settings: CoreSettings,
) -> None:
    async with (
        running_bot(core_settings, SlowAnswers()) as (_, url),
        aiohttp.ClientSession(url) as http,
        http.post(PATH, json={"question": "hỏng", "stream": True}) as answer,
    ):
        told = [one async for one in events_of(answer) if isinstance(one, Event)]
    assert [one.name for one in told] == ["piece", "error"]
    assert told[-1].data["code"] == "web.internal"
    assert "001204012345" not in json.dumps([one.data for one in told])


async def test_without_a_key_that_opens_nothing_is_answered(keyed: Running) -> None:
    secret = await issue(keyed[0], Quota(60, 100))
    async with aiohttp.ClientSession(keyed[1]) as http:
        for header in (None, "Bearer ", "Bearer ctk_wrong", f"Basic {secret}", secret):
            headers = {"Authorization": header} if header else {}
            async with http.post(PATH, json={"question": "mất học bạ"}, headers=headers) as answer:
                problem = await answer.json(content_type=None)
                assert (answer.status, problem["code"]) == (401, "answers.api_key")
                assert answer.content_type == "application/problem+json"
                assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        good = {"Authorization": f"Bearer {secret}"}
        async with http.post(PATH, json={"question": "mất học bạ"}, headers=good) as answer:
            assert (await answer.json())["behaviour"] == "answer"
        async with http.get("/chat") as page:
            assert page.status == 200


async def test_a_quota_is_told_on_every_answer_and_kept_over_two_bots(
    keyed: Running, core_settings: CoreSettings
) -> None:
    secret = await issue(keyed[0], Quota(1000, 4))
    headers = {"Authorization": f"Bearer {secret}"}
    statuses = []
    async with (
        running_bot(core_settings, KnownAnswers(), api_key_required=True) as (_, second),
        aiohttp.ClientSession() as http,
    ):
        for number in range(6):
            url = (keyed[1], second)[number % 2] + PATH
            body = {"question": "mất học bạ", "stream": number == 1}
            async with http.post(url, json=body, headers=headers) as answer:
                statuses.append(answer.status)
                assert answer.headers["RateLimit-Policy"] == '"minute";q=1000;w=60, "day";q=4;w=86400'
                left = answer.headers["RateLimit"]
                assert left.startswith(f'"day";r={max(0, 3 - number)};t=')
                if answer.status == 429:
                    problem = await answer.json(content_type=None)
                    assert problem["code"] == "answers.quota_exceeded"
                    assert problem["retryable"] is True
                    assert int(answer.headers["Retry-After"]) == problem["params"]["retry_after"]
    assert statuses == [200, 200, 200, 200, 429, 429]


async def test_in_production_a_key_is_asked_for_and_in_the_demo_not(running: Running) -> None:
    bot, url = running
    from dataclasses import replace

    from core.settings import Environment

    settings = bot.core.settings.model_copy(update={"environment": Environment.PRODUCTION})
    production = replace(bot, core=replace(bot.core, settings=settings))
    assert production._api(SCHOOL_ID).access.required
    assert not bot._api(SCHOOL_ID).access.required
    async with aiohttp.ClientSession(url) as http:
        wrong = {"Authorization": "Bearer ctk_wrong"}
        async with http.post(PATH, json={"question": "mất học bạ"}, headers=wrong) as answer:
            assert answer.status == 401


BEYOND = (
    ({"question": "a" * 2001}, "/question"),
    ({"question": ""}, "/question"),
    ({"question": "a", "history": [{"role": "user", "text": "x"}] * 21}, "/history"),
    ({"question": "a", "history": [{"role": "user", "text": "x" * 4001}]}, "/history/0/text"),
    ({"question": "a", "history": [{"role": "system", "text": "x"}]}, "/history/0/role"),
    ({"question": "a", "locale": "fr"}, "/locale"),
    ({"question": "a", "province": "x" * 61}, "/province"),
    ({"question": "a", "temperature": 2}, "/temperature"),
)


async def test_a_body_beyond_the_limits_is_refused_by_field(running: Running) -> None:
    async with aiohttp.ClientSession(running[1]) as http:
        for body, pointer in BEYOND:
            async with http.post(PATH, json=body) as answer:
                problem = await answer.json(content_type=None)
            assert (answer.status, problem["code"]) == (422, "web.invalid_body")
            assert [one["pointer"] for one in problem["errors"]] == [pointer]


async def test_the_document_shows_every_behaviour_and_the_stream(keyed: Running) -> None:
    async with aiohttp.ClientSession(keyed[1]) as http:
        async with http.get("/api/v1/openapi.json") as answer:
            operation = (await answer.json())["paths"][PATH]["post"]
        async with http.get("/api/v1/") as page:
            html = await page.text()
    good = operation["responses"]["200"]
    shown = good["content"]["application/json"]["examples"]
    assert {one["value"]["behaviour"] for one in shown.values()} == {one.value for one in Behaviour}
    assert "event: done" in good["content"]["text/event-stream"]["example"]
    assert set(good["headers"]) == {"RateLimit", "RateLimit-Policy"}
    assert {"401", "422", "429"} <= set(operation["responses"])
    assert operation["security"] == [{"api_key": []}]
    assert "Example answer: abstain" in html


def test_the_examples_are_what_the_models_say() -> None:
    for name, body in BODIES.items():
        AnswerRequest.model_validate(body)
        assert AnswerBody.model_validate(ANSWERS[name]).model_dump(mode="json") == ANSWERS[name]
