"""The Zalo Bot where no webhook reaches it: each event is handed out once, and none is lost."""

from __future__ import annotations

import asyncio

from core.settings import CoreSettings
from tests.bot.support import KnownAnswers, running_bot
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
