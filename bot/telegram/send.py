"""Sends over Telegram and says what became of it in the words of delivery: sent, later, or never."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.types import BufferedInputFile, InlineKeyboardMarkup, Message, ReplyKeyboardMarkup
from typing_extensions import override

from bot.messages import Document, Rendered
from bot.parts import Send, send_parts, split
from bot.pictures import qr_png
from bot.telegram.keyboards import keyboard, phone_keyboard
from bot.texts.render import VI, say
from bot.voice import Voice
from core.db.transaction import inside_transaction
from core.notifications.domain import Delivered, Outgoing
from core.notifications.ports import Channel, GiveUp, RetryLater

TEXT_MAX = 4096
_TIMEOUT = 20
_QR = "vietqr.png"


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
        """Send the texts, buttons under the last; then a payment QR and files. What is to be forgotten goes first."""
        rendered = await self.voice.say(outgoing)
        assert not inside_transaction(), "no outside call inside a transaction"
        chat_id = outgoing.recipient.address
        if rendered.forget:
            await self._forget(chat_id, rendered.forget)
        locale = str(outgoing.params.get("locale") or VI)
        documents = (Document(_QR, "image/png", qr_png(rendered.image_text)),) if rendered.image_text else ()
        sends = [
            *self._texts(chat_id, rendered, locale),
            *(self._document(chat_id, one) for one in (*documents, *rendered.documents)),
        ]
        return await send_parts(outgoing, sends)

    def _texts(self, chat_id: str, rendered: Rendered, locale: str) -> list[Send]:
        if rendered.share_phone:
            *first, last = split(rendered.typed(say("hint.typed", {}, locale)), TEXT_MAX)
            return [
                *(self._text(chat_id, one) for one in first),
                self._text(chat_id, last, phone_keyboard(locale)),
            ]
        *first, last = split(rendered.text, TEXT_MAX)
        return [
            *(self._text(chat_id, one) for one in first),
            self._text(chat_id, last, keyboard(rendered.buttons)),
        ]

    def _text(
        self, chat_id: str, text: str, markup: InlineKeyboardMarkup | ReplyKeyboardMarkup | None = None
    ) -> Send:
        async def send() -> str:
            async def put(to: str) -> Message:
                return await self.bot.send_message(to, text, reply_markup=markup)

            return await _sent(chat_id, put)

        return send

    def _document(self, chat_id: str, document: Document) -> Send:
        async def send() -> str:
            file = BufferedInputFile(document.data, document.name)

            async def put(to: str) -> Message:
                if document.is_picture:
                    return await self.bot.send_photo(to, file)
                return await self.bot.send_document(to, file)

            return await _sent(chat_id, put)

        return send

    async def _forget(self, chat_id: str, message_id: str) -> None:
        """Delete a message of theirs; where Telegram no longer lets us, the text still asks them to."""
        with suppress(GiveUp, ValueError):
            async with _mapped(chat_id):
                await self.bot.delete_message(chat_id, int(message_id))


async def _sent(chat_id: str, put: Callable[[str], Awaitable[Message]]) -> str:
    """The id of the message; a group that became a supergroup is reached under its new id."""
    async with _mapped(chat_id):
        try:
            return str((await put(chat_id)).message_id)
        except TelegramMigrateToChat as error:
            return str((await put(str(error.migrate_to_chat_id))).message_id)


async def look(bot: Bot, webhook: str) -> None:
    """Ask whether Telegram knows our token and, where one is used, reaches our webhook.

    Raises:
        RetryLater, GiveUp: why not.
    """
    async with _mapped(""):
        await bot.get_me()
        if webhook:
            info = await bot.get_webhook_info()
            if info.url != webhook:
                raise RetryLater(reason="telegram_webhook_elsewhere")
            if info.pending_update_count and info.last_error_date:
                raise RetryLater(reason="telegram_webhook_failing")


@asynccontextmanager
async def _mapped(chat_id: str) -> AsyncIterator[None]:
    try:
        yield
    except TelegramRetryAfter as error:
        # A group over its own quota is no reason to keep everybody else waiting.
        group = chat_id.startswith("-")
        after = timedelta(seconds=error.retry_after)
        raise RetryLater(after, reason="telegram_429", whole_channel=not group) from error
    except TelegramForbiddenError as error:
        raise GiveUp("telegram_blocked") from error
    except TelegramUnauthorizedError as error:
        raise RetryLater(timedelta(minutes=1), reason="telegram_token", whole_channel=True) from error
    except (TelegramBadRequest, TelegramNotFound) as error:
        raise GiveUp(f"telegram_{type(error).__name__.removeprefix('Telegram').lower()}") from error
    except (TelegramNetworkError, TelegramServerError) as error:
        raise RetryLater(reason="telegram_unreachable", away=True) from error
    except TelegramAPIError as error:
        raise RetryLater(reason="telegram_error") from error
