"""Puts the Zalo Bot channel together from settings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import aiohttp
import structlog
from aiohttp import web

from bot.attached import Attached
from bot.files import expecting, fetch_by_address
from bot.intake import Intake
from bot.pictures import PATH as PICTURE
from bot.pictures import Pictures
from bot.settings import BotSettings
from bot.voice import Voice
from bot.zalobot.client import ZaloBotClient, ZaloBotError, ZaloBotUnreachableError
from bot.zalobot.receive import CHANNEL, receive
from bot.zalobot.send import ZaloBotChannel, look
from bot.zalobot.webhook import PATH, ZaloBotIntake, ZaloBotPolling
from core.app import Core
from core.notifications.pace import Pace
from core.settings import SettingsError
from core.values.ids import SchoolId

log = structlog.get_logger(__name__)
_SECRET_MIN = 8


@asynccontextmanager
async def attached(
    core: Core, settings: BotSettings, school_id: SchoolId, voice: Voice
) -> AsyncIterator[Attached]:
    """The channel while the block runs.

    Raises:
        SettingsError: when a webhook is wanted without a secret of 8 to 256 characters.
    """
    assert settings.zalo_bot_token is not None, "called only with a token"
    secret = settings.zalo_bot_secret.get_secret_value() if settings.zalo_bot_secret else ""
    by_webhook = settings.zalo_bot_mode == "webhook"
    if by_webhook and len(secret) < _SECRET_MIN:
        raise SettingsError("Set CONGTRUONG_BOT_ZALO_BOT_SECRET (8-256 characters) for the webhook.")
    intake = ZaloBotIntake(Intake(core.database, school_id, core.inbox, expecting(core, school_id)), secret)
    pictures = Pictures(core.keyring, school_id, settings.public_url)
    async with aiohttp.ClientSession() as http:
        client = ZaloBotClient(http, settings.zalo_bot_api, settings.zalo_bot_token.get_secret_value())
        if by_webhook and settings.public_url.startswith("https://"):
            await _announce(client, settings.public_url.rstrip("/") + PATH, secret)
        routes = (web.post(PATH, intake.webhook),) if by_webhook else ()
        yield Attached(
            name=CHANNEL,
            receive=receive,
            channel=ZaloBotChannel(client, voice, pictures),
            routes=(*routes, web.get(PICTURE, pictures.show)),
            listen=None if by_webhook else ZaloBotPolling(client, intake).run,
            pace=Pace(settings.zalo_bot_per_second, burst=max(1, int(settings.zalo_bot_per_second))),
            fetch=partial(fetch_by_address, http, own=settings.zalo_bot_api),
            look=partial(look, client),
        )


async def _announce(client: ZaloBotClient, url: str, secret: str) -> None:
    """Tell Zalo where events go; when that fails the bot starts all the same, and says so."""
    try:
        await client.call("setWebhook", {"url": url, "secret_token": secret})
    except (ZaloBotError, ZaloBotUnreachableError) as error:
        log.warning("zalobot_webhook_not_set", error=str(error) or type(error).__name__)
