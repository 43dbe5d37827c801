"""Takes Telegram's updates in, by webhook or by polling: recorded first, acknowledged then, handled later."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest
from aiogram.methods.base import TelegramMethod
from aiohttp import web

from bot.intake import Intake
from bot.secret_header import vouched_body
from bot.telegram.receive import file_of, incoming_of
from core.web.problems import MalformedJsonError
from core.work.blame import where

log = structlog.get_logger(__name__)
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header
PATH = "/webhooks/telegram"
_POLL_SECONDS = 15
_PAUSE_SECONDS = 3.0
_KINDS = ["message", "edited_message", "callback_query"]


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
        await bot.set_webhook(url, secret_token=secret, allowed_updates=_KINDS)
    except (TelegramAPIError, TimeoutError, OSError) as error:
        log.warning("telegram_webhook_not_set", error=type(error).__name__)


class RawUpdates(TelegramMethod[list[dict[str, Any]]]):
    """`getUpdates` as Telegram tells it: a kind of update that aiogram does not know yet must not stop the others."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int | None = None
    timeout: int | None = None
    allowed_updates: list[str] = _KINDS


@dataclass(frozen=True, slots=True)
class TelegramPolling:
    """Asks Telegram for updates, for places that no webhook reaches."""

    bot: Bot
    intake: TelegramIntake
    pause_seconds: float = _PAUSE_SECONDS

    async def run(self) -> None:
        """Poll until cancelled; an update is acknowledged only after it was recorded."""
        offset: int | None = None
        while True:
            try:
                ask = RawUpdates(offset=offset, timeout=_POLL_SECONDS)
                for update in await self.bot(ask, request_timeout=_POLL_SECONDS + 10):
                    await self._keep(update)
                    offset = int(update["update_id"]) + 1
                    await self._stop_spinner(update)
            except Exception as error:  # noqa: BLE001 - it goes on when the network or the database is back
                # What was not recorded was not acknowledged either: Telegram gives it again.
                log.warning("telegram_polling_failed", error=type(error).__name__, where=where(error))
                await asyncio.sleep(self.pause_seconds)

    async def _keep(self, update: Mapping[str, Any]) -> None:
        """Record an update; one that cannot be kept as it is must not hold back all that come after it."""
        try:
            await self.intake.record(update)
        except (TypeError, ValueError) as error:
            log.warning("telegram_update_unreadable", error=type(error).__name__, where=where(error))

    async def _stop_spinner(self, update: Mapping[str, Any]) -> None:
        pressed = update.get("callback_query")
        if isinstance(pressed, Mapping):
            with suppress(TelegramBadRequest):  # pressed too long ago
                await self.bot.answer_callback_query(str(pressed.get("id", "")))
