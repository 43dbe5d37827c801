"""Sends over Telegram and says what became of it in the words of delivery: sent, later, or never."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import segno
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.types import BufferedInputFile
from typing_extensions import override

from bot.telegram.keyboards import keyboard
from bot.voice import Voice
from core.db.transaction import inside_transaction
from core.notifications.domain import Delivered, Outgoing
from core.notifications.ports import Channel, GiveUp, RetryLater

TEXT_MAX = 4096
_TIMEOUT = 20


@asynccontextmanager
async def opened(token: str, api: str) -> AsyncIterator[Bot]:
    """A Telegram client, closed at the end of the block. Texts are plain: no markup can break them."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(api), timeout=_TIMEOUT)
    bot = Bot(token, session=session, default=DefaultBotProperties(parse_mode=None))
    try:
        yield bot
    finally:
        await session.close()


@dataclass(frozen=True, slots=True)
class TelegramChannel(Channel):
    """Delivers to chats of one bot."""

    bot: Bot
    voice: Voice

    @override
    async def deliver(self, outgoing: Outgoing) -> Delivered:
        """Send text and buttons, and a payment QR as a picture after them."""
        rendered = await self.voice.say(outgoing)
        assert not inside_transaction(), "no outside call inside a transaction"
        chat_id = outgoing.recipient.address
        async with _mapped():
            sent = await self.bot.send_message(
                chat_id, rendered.text[:TEXT_MAX], reply_markup=keyboard(rendered.buttons)
            )
            if rendered.image_text:
                picture = io.BytesIO()
                segno.make(rendered.image_text, error="m", micro=False).save(picture, kind="png", scale=8)
                await self.bot.send_photo(chat_id, BufferedInputFile(picture.getvalue(), "vietqr.png"))
        return Delivered(str(sent.message_id))


@asynccontextmanager
async def _mapped() -> AsyncIterator[None]:
    try:
        yield
    except TelegramRetryAfter as error:
        after = timedelta(seconds=error.retry_after)
        raise RetryLater(after, reason="telegram_429", whole_channel=True) from error
    except TelegramForbiddenError as error:
        raise GiveUp("telegram_blocked") from error
    except (TelegramBadRequest, TelegramNotFound, TelegramUnauthorizedError) as error:
        raise GiveUp(f"telegram_{type(error).__name__.removeprefix('Telegram').lower()}") from error
    except (TelegramNetworkError, TelegramServerError) as error:
        raise RetryLater(reason="telegram_unreachable") from error
    except TelegramAPIError as error:
        raise RetryLater(reason="telegram_error") from error
