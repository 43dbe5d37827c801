"""Takes the Zalo Bot's events in, by webhook or by polling: recorded first, handled later."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from aiohttp import web

from bot.intake import Intake
from bot.secret_header import vouched_body
from bot.zalobot.client import POLL_TIMEOUT, ZaloBotClient, ZaloBotError, ZaloBotUnreachableError
from bot.zalobot.receive import file_of, incoming_of
from core.db.transaction import DATABASE_FAULTS
from core.web.problems import MalformedJsonError
from core.work.blame import where

log = structlog.get_logger(__name__)
SECRET_HEADER = "X-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header
PATH = "/webhooks/zalobot"
_POLL_SECONDS = 20
_PAUSE_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class ZaloBotIntake:
    """Records the events of one school's bot."""

    intake: Intake
    secret: str = field(repr=False, default="")

    async def webhook(self, request: web.Request) -> web.Response:
        """POST /webhooks/zalobot: 200 means that the event is safe.

        Raises:
            UnauthenticatedError: without the secret that was given to `setWebhook`.
            MalformedJsonError: when the body is no event.
        """
        body = await vouched_body(request, SECRET_HEADER, self.secret)
        update = body.get("result", body)
        if not isinstance(update, dict):
            raise MalformedJsonError
        await self.record(update)
        return web.Response()

    async def record(self, update: Mapping[str, Any]) -> None:
        """Put one event into the inbox, unless it is nothing that anybody said."""
        incoming = incoming_of(update)
        if incoming is not None:
            await self.intake.record(incoming, file_of(update))


@dataclass(frozen=True, slots=True)
class ZaloBotPolling:
    """Asks for events. Each is handed out once, with no offset, so one in hand is held until it is recorded."""

    client: ZaloBotClient
    intake: ZaloBotIntake
    pause_seconds: float = _PAUSE_SECONDS

    async def run(self) -> None:
        """Poll until cancelled."""
        while True:
            try:
                update = await self.client.call(
                    "getUpdates", {"timeout": _POLL_SECONDS}, patience=_POLL_SECONDS
                )
            except ZaloBotError as error:
                if error.code != POLL_TIMEOUT:
                    await self._rest("zalobot_polling_refused", str(error.code))
                continue
            except ZaloBotUnreachableError:
                await self._rest("zalobot_polling_failed", "unreachable")
                continue
            for one in update if isinstance(update, list) else (update,):
                if isinstance(one, dict):
                    await self._keep(one)

    async def _keep(self, update: Mapping[str, Any]) -> None:
        while True:
            try:
                await self.intake.record(update)
            except DATABASE_FAULTS as error:
                await self._rest("zalobot_not_recorded", type(error).__name__)
            except (TypeError, ValueError) as error:
                log.warning("zalobot_event_unreadable", error=type(error).__name__, where=where(error))
                return
            else:
                return

    async def _rest(self, event: str, why: str) -> None:
        log.warning(event, error=why)
        await asyncio.sleep(self.pause_seconds)
