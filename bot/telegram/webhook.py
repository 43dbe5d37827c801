"""Takes Telegram's updates in, by webhook or by polling: recorded first, acknowledged then, handled later."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramAPIError
from aiogram.methods import GetUpdates
from aiohttp import web

from bot.intake import Intake
from bot.secret_header import vouched_body
from bot.telegram.receive import file_of, incoming_of
from core.db.transaction import DATABASE_FAULTS
from core.web.problems import MalformedJsonError

log = structlog.get_logger(__name__)
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header
PATH = "/webhooks/telegram"
_POLL_SECONDS = 15
_PAUSE_SECONDS = 3.0
_FAULTS: tuple[type[Exception], ...] = (AiogramError, TimeoutError, *DATABASE_FAULTS)


@dataclass(frozen=True, slots=True)
class TelegramIntake:
    """Records updates for one school's bot."""

    intake: Intake
    secret: str = field(repr=False, default="")

    async def webhook(self, request: web.Request) -> web.Response:
        """POST /webhooks/telegram: 200 means that the update is safe.

        Raises:
            UnauthenticatedError: without the secret that was given to `setWebhook`.
            MalformedJsonError: when the body is no update.
        """
        update = await vouched_body(request, SECRET_HEADER, self.secret)
        if not await self.record(update):
            raise MalformedJsonError
        pressed = update.get("callback_query")
        if isinstance(pressed, dict):
            # A call in the answer stops the button's spinner without a request of our own.
            return web.json_response(
                {"method": "answerCallbackQuery", "callback_query_id": str(pressed.get("id", ""))}
            )
        return web.Response()

    async def record(self, update: Mapping[str, Any]) -> bool:
        """Put one raw update into the inbox; False when it is none."""
        incoming = incoming_of(update)
        if incoming is None:
            return False
        await self.intake.record(incoming, file_of(update))
        return True


async def announce(bot: Bot, url: str, secret: str) -> None:
    """Tell Telegram where updates go; when that fails the bot starts all the same, and says so."""
    try:
        await bot.set_webhook(url, secret_token=secret, allowed_updates=["message", "callback_query"])
    except (TelegramAPIError, TimeoutError, OSError) as error:
        log.warning("telegram_webhook_not_set", error=type(error).__name__)


@dataclass(frozen=True, slots=True)
class TelegramPolling:
    """Asks Telegram for updates, for places that no webhook reaches."""

    bot: Bot
    intake: TelegramIntake

    async def run(self) -> None:
        """Poll until cancelled; an update is acknowledged only after it was recorded."""
        offset: int | None = None
        while True:
            try:
                ask = GetUpdates(offset=offset, timeout=_POLL_SECONDS)
                updates = await self.bot(ask, request_timeout=_POLL_SECONDS + 10)
                for update in updates:
                    await self.intake.record(update.model_dump(mode="json", exclude_none=True, by_alias=True))
                    offset = update.update_id + 1
                    if update.callback_query is not None:
                        await self.bot.answer_callback_query(update.callback_query.id)
            except _FAULTS as error:
                # What was not recorded was not acknowledged either: Telegram gives it again.
                log.warning("telegram_polling_failed", error=type(error).__name__)
                await asyncio.sleep(_PAUSE_SECONDS)
