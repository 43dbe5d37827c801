"""Puts the Zalo channel together from settings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

from bot.attached import Attached
from bot.intake import Intake
from bot.settings import BotSettings
from bot.voice import Voice
from bot.zalo.client import ZaloClient
from bot.zalo.receive import CHANNEL, receive
from bot.zalo.send import ZaloChannel
from bot.zalo.signature import ZaloSecret
from bot.zalo.tokens import ZaloTokens
from bot.zalo.webhook import PATH, ZaloIntake
from core.app import Core
from core.conversations.domain import ChannelToken
from core.conversations.tokens import ChannelTokens
from core.notifications.pace import Pace
from core.settings import SettingsError
from core.values.ids import SchoolId


@asynccontextmanager
async def attached(
    core: Core, settings: BotSettings, school_id: SchoolId, voice: Voice
) -> AsyncIterator[Attached]:
    """The channel while the block runs.

    Raises:
        SettingsError: when one of the account's secrets is missing.
    """
    names = ("zalo_app_secret", "zalo_oa_secret", "zalo_refresh_token")
    secrets = {name: getattr(settings, name) for name in names}
    unset = [f"CONGTRUONG_BOT_{name.upper()}" for name, value in secrets.items() if value is None]
    if unset:
        raise SettingsError(f"The Zalo account needs {', '.join(unset)}.")
    plain = {name: value.get_secret_value() for name, value in secrets.items()}
    access = settings.zalo_access_token
    # How old the configured token is, nobody knows, so the first message refreshes it.
    first = ChannelToken(
        access.get_secret_value() if access else "", plain["zalo_refresh_token"], core.clock.now()
    )
    async with aiohttp.ClientSession() as http:
        tokens = ZaloTokens(
            database=core.database,
            school_id=school_id,
            stored=ChannelTokens(core.keyring, core.clock),
            clock=core.clock,
            http=http,
            oauth=settings.zalo_oauth,
            app_id=settings.zalo_app_id,
            app_secret=plain["zalo_app_secret"],
            first=first,
        )
        secret = ZaloSecret(settings.zalo_app_id, plain["zalo_oa_secret"])
        intake = ZaloIntake(Intake(core.database, school_id, core.inbox), secret)
        yield Attached(
            name=CHANNEL,
            receive=receive,
            channel=ZaloChannel(ZaloClient(http, settings.zalo_api), tokens, voice),
            routes=(web.post(PATH, intake.webhook),),
            pace=Pace(settings.zalo_per_second, burst=max(1, int(settings.zalo_per_second))),
        )
