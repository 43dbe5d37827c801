"""Polling Telegram on a bad day: an update of a kind that nobody knows yet, a button pressed days ago, no database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import make_url, text

from bot.intake import Intake
from bot.telegram.send import opened
from bot.telegram.webhook import TelegramIntake, TelegramPolling
from core.db.transaction import Database
from core.inbox.service import Inbox
from core.values.clock import FixedClock
from core.values.ids import SchoolId
from core.vault.keyring import Keyring
from core.web.server import serving
from tests.support import background, postgres

TOKEN = "123456789:" + "synthetic-token-for-the-emulator-only"[:35]
CHAT = {"id": 5001, "type": "private", "first_name": "Phụ huynh"}


@dataclass(slots=True)
class Telegram:
    """Hands out what is not acknowledged yet; every button is too old to be answered."""

    updates: list[dict[str, Any]] = field(default_factory=list)
    acknowledged: int = 0
    url: str = ""

    async def handle(self, request: web.Request) -> web.Response:
        if request.match_info["method"] == "answerCallbackQuery":
            refused = {"ok": False, "error_code": 400, "description": "Bad Request: query is too old"}
            return web.json_response(refused, status=400)
        offset = (await request.post()).get("offset", "1")
        self.acknowledged = max(self.acknowledged, int(str(offset)) - 1)
        left = [one for one in self.updates if one["update_id"] > self.acknowledged]
        if not left:
            await asyncio.sleep(0.05)
        return web.json_response({"ok": True, "result": left})

    async def until(self, number: int) -> None:
        """Until everything up to this update is acknowledged."""
        async with asyncio.timeout(20):
            while self.acknowledged < number:  # noqa: ASYNC110 - the server tells nobody
                await asyncio.sleep(0.02)


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    fake, app = Telegram(), web.Application()
    app.router.add_post("/bot{token}/{method}", fake.handle)
    async with serving(app) as fake.url:
        yield fake


@pytest.fixture
def intake(database: Database, school_id: SchoolId, keyring: Keyring, clock: FixedClock) -> TelegramIntake:
    return TelegramIntake(Intake(database, school_id, Inbox(keyring, clock)))


def message(number: int, words: str = "menu", **more: Any) -> dict[str, Any]:
    """An update with a message in it."""
    said = {"message_id": number, "date": 1763700000, "chat": CHAT, "text": words, **more}
    return {"update_id": number, "message": said}


async def recorded(database: Database) -> list[str]:
    async with database.platform() as tx:
        found = await tx.session.execute(text("SELECT external_id FROM inbox_events ORDER BY seq"))
        return list(found.scalars())


async def test_what_nobody_knows_or_can_keep_holds_back_nothing_else(
    telegram: Telegram, intake: TelegramIntake, database: Database
) -> None:
    pressed = {"id": "9", "from": {"id": 5001, "is_bot": False, "first_name": "P"}, "chat_instance": "1"}
    telegram.updates = [
        message(1, forward_origin={"type": "of next year", "date": 1763700000}),
        message(2, "half a letter \ud83d"),
        {"update_id": 3, "callback_query": {**pressed, "data": "menu.main", **message(3)}},
        message(4),
    ]
    async with (
        opened(TOKEN, telegram.url) as bot,
        background.running(TelegramPolling(bot, intake, pause_seconds=60).run()),
    ):
        await telegram.until(4)
    assert await recorded(database) == ["1", "3", "4"]


async def test_polling_waits_for_a_database_that_is_away_and_loses_nothing(
    telegram: Telegram, intake: TelegramIntake, database: Database, postgres_server: postgres.TestServer
) -> None:
    name = make_url(str(database.engine.url)).database
    cut = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    async with opened(TOKEN, telegram.url) as bot:
        await postgres_server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        await postgres_server.execute(cut)
        telegram.updates = [message(1), message(2)]
        async with background.running(TelegramPolling(bot, intake, pause_seconds=0.05).run()):
            await asyncio.sleep(0.3)
            assert telegram.acknowledged == 0
            await postgres_server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
            await telegram.until(2)
    assert await recorded(database) == ["1", "2"]
