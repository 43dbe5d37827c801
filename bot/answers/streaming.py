"""An answer as server-sent events: `piece` … `citation` … `done`, or `error`. A reader who leaves ends the work.

The work runs in a task of its own beside the writing; when the connection closes it is cancelled, a call to a
language model included. Between events a comment beats, so that proxies keep the line open and a dead one is noticed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable
from contextlib import aclosing
from typing import TypeVar, cast

import orjson
import structlog
from aiohttp import web
from pydantic import BaseModel

from bot.answers.models import answer_body, citation_body
from core.web.middleware import REQUEST_ID
from core.web.problems import problem_of
from core.web.sse import EventStream, event_stream
from rag.values import Answer

log = structlog.get_logger(__name__)
LOOK_SECONDS = 0.2
"""How often the connection is looked at while the answer is being thought out."""

Told = str | Answer | Exception
Result = TypeVar("Result")


class CallerGoneError(Exception):
    """Whoever asked has hung up; nobody will read the answer."""


async def tell(request: web.Request, pieces: AsyncIterator[str | Answer], beat: float) -> web.StreamResponse:
    """Write the events of one answer as they come, and a comment after each `beat` seconds of silence."""
    told: asyncio.Queue[Told] = asyncio.Queue()
    async with event_stream(request) as events, asyncio.TaskGroup() as group:
        work = group.create_task(_think(pieces, told))
        try:
            await _pass_on(request, events, told, beat)
        finally:
            work.cancel()
    return events.response


async def while_connected(request: web.Request, work: Awaitable[Result]) -> Result:
    """The result of `work`, which is cancelled when the caller hangs up.

    Raises:
        CallerGoneError: when it did.
    """
    async with asyncio.TaskGroup() as group:
        task = group.create_task(_awaited(work))
        while not task.done():
            await asyncio.wait({task}, timeout=LOOK_SECONDS)
            if _is_gone(request):
                task.cancel()
                break
    if task.cancelled():
        raise CallerGoneError
    return task.result()


async def _awaited(work: Awaitable[Result]) -> Result:
    return await work


async def _think(pieces: AsyncIterator[str | Answer], told: asyncio.Queue[Told]) -> None:
    try:
        async with aclosing(cast("AsyncGenerator[str | Answer]", pieces)) as source:
            async for one in source:
                told.put_nowait(one)
    except Exception as error:  # noqa: BLE001 - it becomes the `error` event; details stay in the log
        told.put_nowait(error)


async def _pass_on(request: web.Request, events: EventStream, told: asyncio.Queue[Told], beat: float) -> None:
    quiet = 0.0
    while events.open and not _is_gone(request):
        try:
            async with asyncio.timeout(min(LOOK_SECONDS, beat)):
                one = await told.get()
        except TimeoutError:
            quiet += min(LOOK_SECONDS, beat)
            if quiet >= beat:
                await events.beat()
                quiet = 0.0
            continue
        quiet = 0.0
        if isinstance(one, str):
            await events.send("piece", orjson.dumps({"text": one}).decode())
        else:
            await (_fail(request, events, one) if isinstance(one, Exception) else _end(events, one))
            return


async def _end(events: EventStream, answer: Answer) -> None:
    for citation in answer.citations:
        await events.send("citation", _json(citation_body(citation)))
    await events.send("done", _json(answer_body(answer)))


async def _fail(request: web.Request, events: EventStream, error: Exception) -> None:
    log.warning("answer_failed", reason=type(error).__name__)
    problem = problem_of(error, request[REQUEST_ID])
    await events.send("error", orjson.dumps(problem.as_json()).decode())


def _is_gone(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()


def _json(model: BaseModel) -> str:
    return model.model_dump_json()
