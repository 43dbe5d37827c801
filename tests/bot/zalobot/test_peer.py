"""The fake server is itself checked by a client that we did not write: `python-zalo-bot`."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import zalo_bot  # type: ignore[import-untyped]  # it has no types
from zalo_bot import error

from tests.support.fake_zalobot import TOKEN, FakeZaloBot, fake_zalobot, update


@pytest.fixture
async def server() -> AsyncIterator[FakeZaloBot]:
    async with fake_zalobot() as fake:
        yield fake


async def test_an_independent_client_can_do_everything_that_is_published(server: FakeZaloBot) -> None:
    async with zalo_bot.Bot(TOKEN, server.url) as bot:
        assert (await bot.get_me()).id == "bot-1"
        server.updates.put_nowait(update("xin chào", chat="c9", msg_id="m9"))
        got = await bot.get_update(timeout=1)
        assert (got.message.text, got.message.chat.id, got.effective_user.is_bot) == ("xin chào", "c9", False)
        said = await got.message.reply_text("Dạ, em nghe.")
        assert (said.message_id, said.chat.id) == ("b1", "c9")
        await bot.send_photo("c9", "Mã QR", "https://example.invalid/qr.png")
        await bot.send_sticker("c9", "hello")
        assert await bot.send_chat_action("c9", "typing")
        assert await bot._set_webhook_async("https://example.invalid/hook", "12345678")
        assert (await bot._get_webhook_info_async()).url == "https://example.invalid/hook"
        assert await bot._delete_webhook_async()
    assert [one["method"] for one in server.sent] == ["sendMessage", "sendPhoto", "sendSticker"]


async def test_refusals_are_those_of_the_api(server: FakeZaloBot) -> None:
    with pytest.raises(error.InvalidToken):
        async with zalo_bot.Bot("another-token", server.url):
            pass
    async with zalo_bot.Bot(TOKEN, server.url) as bot:
        assert await bot.get_update(timeout=0) is None
        for fault, raised in ((400, error.BadRequest), (403, error.Forbidden), (429, error.RetryAfter)):
            server.faults.append(fault)
            with pytest.raises(raised):
                await bot.send_message("c1", "x")
        with pytest.raises(error.BadRequest):
            await bot.send_message("c1", "x" * 2001)
        with pytest.raises(error.BadRequest):
            await bot._set_webhook_async("https://example.invalid/hook", "short")
    assert server.sent == []
