"""Puts the Telegram channel together from settings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from aiohttp import web

from bot.attached import Attached
from bot.files import expecting
from bot.intake import Intake
from bot.settings import BotSettings
from bot.telegram.files import TelegramFiles
from bot.telegram.receive import CHANNEL, receive
from bot.telegram.send import TelegramChannel, look, opened
from bot.telegram.webhook import PATH, TelegramIntake, TelegramPolling, announce
from bot.voice import Voice
from core.app import Core
from core.notifications.pace import Pace
from core.settings import SettingsError
from core.values.ids import SchoolId

PACE = Pace(per_second=28, burst=20)
"""Telegram allows about 30 a second for one bot (facts: messaging, C)."""
PRIVATE_PACE = Pace(per_second=1, burst=5)
"""One a second in one chat; short bursts pass."""
GROUP_PACE = Pace(per_second=15 / 60, burst=5)
"""Twenty a minute in a group: a full bucket and a minute's growth together."""


def lane_pace(address: str) -> Pace:
    """The quota of one chat. Ids of groups are negative."""
    return GROUP_PACE if address.startswith("-") else PRIVATE_PACE


@asynccontextmanager
async def attached(
    core: Core, settings: BotSettings, school_id: SchoolId, voice: Voice
) -> AsyncIterator[Attached]:
    """The channel while the block runs.

    Raises:
        SettingsError: when a webhook is wanted without a secret.
    """
    assert settings.telegram_token is not None, "called only with a token"
    secret = settings.telegram_secret.get_secret_value() if settings.telegram_secret else ""
    by_webhook = settings.telegram_mode == "webhook"
    if by_webhook and not secret:
        raise SettingsError("Set CONGTRUONG_BOT_TELEGRAM_SECRET (1-256 of A-Z a-z 0-9 _ -) for the webhook.")
    intake = TelegramIntake(Intake(core.database, school_id, core.inbox, expecting(core, school_id)), secret)
    async with opened(settings.telegram_token.get_secret_value(), settings.telegram_api) as bot:
        if by_webhook and settings.public_url.startswith("https://"):
            await announce(bot, settings.public_url.rstrip("/") + PATH, secret)
        yield Attached(
            name=CHANNEL,
            receive=receive,
            channel=TelegramChannel(bot, voice),
            routes=(web.post(PATH, intake.webhook),) if by_webhook else (),
            listen=None if by_webhook else TelegramPolling(bot, intake).run,
            pace=PACE,
            lane_pace=lane_pace,
            fetch=TelegramFiles(bot).fetch,
            look=partial(look, bot, settings.public_url.rstrip("/") + PATH if by_webhook else ""),
        )
