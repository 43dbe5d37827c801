"""The Zalo Bot where no webhook reaches it: each event is handed out once, and none is lost."""

from __future__ import annotations

import asyncio

import aiohttp
from sqlalchemy import make_url, text

from bot.intake import Intake
from bot.zalobot.client import ZaloBotClient
from bot.zalobot.receive import incoming_of
from bot.zalobot.webhook import ZaloBotIntake, ZaloBotPolling
from core.db.transaction import Database
from core.inbox.service import Inbox
from core.settings import CoreSettings
from core.values.clock import FixedClock
from core.values.ids import SchoolId
from core.vault.keyring import Keyring
from tests.bot.support import KnownAnswers, running_bot
from tests.support import background, postgres
from tests.support.fake_zalobot import TOKEN, fake_zalobot, update


async def test_over_polling_a_question_and_a_typed_choice_are_answered_and_receipts_are_not(
    core_settings: CoreSettings, answers: KnownAnswers
) -> None:
    async with fake_zalobot() as zalo:
        options = {"zalo_bot_token": TOKEN, "zalo_bot_api": zalo.url, "zalo_bot_mode": "polling"}
        async with running_bot(core_settings, answers, **options):
            zalo.updates.put_nowait({"event_name": "bot.seen"})
            zalo.updates.put_nowait(update("menu", msg_id="1"))
            await _sent(zalo.sent, 2)
            assert "\n1. " in zalo.sent[1]["text"]
            zalo.updates.put_nowait(update("trả lời 2", msg_id="2"))
            await _sent(zalo.sent, 3)
            zalo.updates.put_nowait(update(msg_id="3", kind="unsupported"))
            await _sent(zalo.sent, 4)
            group = update("con của tôi", msg_id="5")
            group["message"]["chat"] = {"id": "g1", "chat_type": "GROUP"}
            zalo.updates.put_nowait(group)
            await _sent(zalo.sent, 6)  # the introduction, and that family matters are for a private chat
            assert "nhắn riêng" in zalo.sent[5]["text"]
    assert len({one["text"] for one in zalo.sent}) == 5


async def _sent(sent: list[dict[str, object]], count: int) -> None:
    async with asyncio.timeout(60):
        while len(sent) < count:  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.05)


async def test_an_event_that_cannot_be_kept_and_a_database_that_is_away_lose_nothing_else(
    database: Database,
    school_id: SchoolId,
    keyring: Keyring,
    clock: FixedClock,
    postgres_server: postgres.TestServer,
) -> None:
    name = make_url(str(database.engine.url)).database
    cut = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    intake = ZaloBotIntake(Intake(database, school_id, Inbox(keyring, clock)))
    async with fake_zalobot() as zalo, aiohttp.ClientSession() as http:
        polling = ZaloBotPolling(ZaloBotClient(http, zalo.url, TOKEN), intake, pause_seconds=0.05)
        await postgres_server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        await postgres_server.execute(cut)
        for words, number in (("half a letter \ud83d", "1"), ("menu", "2\x00"), ("menu", "3")):
            zalo.updates.put_nowait(update(words, msg_id=number))
        async with background.running(polling.run()):
            await asyncio.sleep(0.3)
            await postgres_server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
            async with asyncio.timeout(20):
                while len(await _kept(database)) < 2:  # noqa: ASYNC110 - the database tells nobody
                    await asyncio.sleep(0.05)
    recorded = [incoming_of(update("menu", msg_id=number)) for number in ("2", "3")]
    assert await _kept(database) == [one.external_id for one in recorded if one]


def test_a_message_is_told_apart_in_its_chat_by_what_names_no_chat() -> None:
    def told_apart(words: str, chat: str) -> str:
        event = incoming_of(update(words, msg_id="12", chat=chat))
        assert event is not None
        return event.external_id

    assert told_apart("menu", "chat-1") == told_apart("khác", "chat-1") != told_apart("menu", "chat-2")
    assert "chat-1" not in told_apart("menu", "chat-1")


async def _kept(database: Database) -> list[str]:
    async with database.platform() as tx:
        found = await tx.session.execute(text("SELECT external_id FROM inbox_events ORDER BY seq"))
        return list(found.scalars())
