"""The account's tokens: the first sign-in with PKCE, and two processes that never spend a refresh token twice."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy import text
from sqlalchemy.pool import QueuePool

from bot.zalo.sign_in import PATH, ZaloSignIn
from bot.zalo.tokens import ZaloTokens
from core.conversations.domain import ChannelToken
from core.conversations.tokens.service import ChannelTokens
from core.db.transaction import Database
from core.notifications.ports import RetryLater
from core.values.clock import FixedClock
from core.values.ids import SchoolId
from core.vault.keyring import Keyring
from core.web.server import WebParts, make_app, serving
from tests.support.fake_zalo import APP_ID, APP_SECRET, FakeZalo

ROOT = Path(__file__).parents[3]


@pytest.fixture
def tokens(
    database: Database, school_id: SchoolId, keyring: Keyring, clock: FixedClock, zalo: FakeZalo,
    http: aiohttp.ClientSession,
) -> ZaloTokens:  # fmt: skip
    stored = ChannelTokens(keyring, clock)
    return ZaloTokens(database, school_id, stored, clock, http, zalo.url, APP_ID, APP_SECRET)


@pytest.fixture
async def sign_in(tokens: ZaloTokens, keyring: Keyring, clock: FixedClock) -> AsyncIterator[ZaloSignIn]:
    """A sign-in that comes back to a server of its own."""
    waiting: list[ZaloSignIn] = []

    async def signed_in(request: web.Request) -> web.Response:
        return await waiting[0].signed_in(request)

    async with serving(make_app(WebParts(routes=(web.get(PATH, signed_in),)))) as url:
        waiting.append(ZaloSignIn(tokens, keyring, clock, f"{url}{PATH}", "oa-1"))
        yield waiting[0]


async def test_before_anybody_signed_in_messages_wait(tokens: ZaloTokens) -> None:
    with pytest.raises(RetryLater, match="zalo_not_signed_in"):
        await tokens.access()


async def test_an_administrator_signs_the_account_in_and_the_tokens_are_kept_sealed(
    tokens: ZaloTokens, sign_in: ZaloSignIn, http: aiohttp.ClientSession, zalo: FakeZalo, clock: FixedClock
) -> None:
    address = sign_in.address()
    given = parse_qs(urlsplit(address).query)
    assert len(given["code_challenge"][0]) == 43
    async with http.get(address) as answer:
        assert answer.status == 200
        assert "Zalo" in await answer.text()
    assert await tokens.access() == "access-1"
    clock.advance(timedelta(hours=25))
    assert await tokens.access() == "access-2"
    assert zalo.burnt == 0


async def test_a_stolen_old_or_foreign_return_is_refused(
    tokens: ZaloTokens, sign_in: ZaloSignIn, http: aiohttp.ClientSession, zalo: FakeZalo, clock: FixedClock
) -> None:
    state = parse_qs(urlsplit(sign_in.address()).query)["state"][0]
    for query, status in (
        ({"code": "c", "oa_id": "oa-1", "state": "made-up"}, 401),
        ({"code": "c", "oa_id": "another", "state": state}, 401),
        ({"oa_id": "oa-1", "state": state}, 401),
        ({"code": "guessed", "oa_id": "oa-1", "state": state}, 502),
    ):
        async with http.get(sign_in.redirect_uri, params=query) as answer:
            assert answer.status == status
    address = sign_in.address()
    clock.advance(timedelta(minutes=16))
    async with http.get(address) as answer:
        assert answer.status == 401
    with pytest.raises(RetryLater):
        await tokens.access()
    assert zalo.refreshes == 0


async def test_two_processes_that_refresh_at_once_never_burn_a_token(
    database_url: str, school_id: SchoolId, zalo: FakeZalo
) -> None:
    async def refresh() -> list[str]:
        process = await asyncio.create_subprocess_exec(
            *(
                sys.executable,
                "-m",
                "tests.bot.zalo.token_process",
                database_url,
                str(school_id),
                zalo.url,
                "8",
            ),
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
        )
        said, _ = await process.communicate()
        assert process.returncode == 0
        return said.decode().split()

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(refresh()) for _ in range(2)]
    got = [task.result() for task in tasks]
    assert zalo.burnt == 0
    assert all(len(one) == 8 for one in got)
    handed_out = {f"access-{number}" for number in range(1, zalo.refreshes + 1)}
    assert {token for one in got for token in one} <= handed_out


async def test_a_token_server_that_hangs_takes_one_database_connection_and_not_all_of_them(
    tokens: ZaloTokens, database: Database, school_id: SchoolId, clock: FixedClock
) -> None:
    asked, answers = asyncio.Event(), asyncio.Event()

    async def hang(_request: web.Request) -> web.Response:
        asked.set()
        await answers.wait()
        return web.Response(status=500, text="no")

    async def denied(waiting: ZaloTokens) -> bool:
        try:
            await waiting.access()
        except RetryLater as error:
            return error.whole_channel
        return False

    old = ChannelToken("old", "refresh-0", clock.now())
    async with serving(make_app(WebParts(routes=(web.post("/v4/oa/access_token", hang),)))) as url:
        waiting = replace(tokens, oauth=url, first=old)
        async with asyncio.TaskGroup() as group:
            tries = [group.create_task(denied(waiting)) for _ in range(30)]
            await asked.wait()
            async with asyncio.timeout(10):
                for _ in range(40):  # others go on meanwhile
                    async with database.transaction(school_id) as tx:
                        await tx.session.execute(text("SELECT 1"))
            held = cast("QueuePool", database.engine.pool).checkedout()
            answers.set()
        assert held <= 1
    assert all(one.result() for one in tries)
