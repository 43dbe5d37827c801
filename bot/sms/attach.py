"""Puts the SMS channel together from settings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from bot.attached import Attached
from bot.settings import BotSettings
from bot.sms.gateway import FIELDS, HttpSmsGateway
from bot.sms.send import CHANNEL, SmsChannel
from bot.voice import Voice
from core.notifications.pace import Pace


@asynccontextmanager
async def attached(settings: BotSettings, voice: Voice) -> AsyncIterator[Attached]:
    """The channel while the block runs."""
    token = settings.sms_token.get_secret_value() if settings.sms_token else ""
    async with aiohttp.ClientSession() as http:
        gateway = HttpSmsGateway(
            http=http,
            url=settings.sms_url,
            token=token,
            brand=settings.sms_brand,
            fields={**FIELDS, **settings.sms_fields},
            ok_field=settings.sms_ok_field,
            ok_values=settings.sms_ok_values,
            id_field=settings.sms_id_field,
        )
        pace = Pace(settings.sms_per_second, burst=max(1, int(settings.sms_per_second)))
        channel = SmsChannel(gateway, voice, settings.sms_signature)

        def takes(key: str) -> bool:
            return key.startswith(settings.sms_for)

        yield Attached(CHANNEL, lambda _event: None, channel, pace=pace, takes=takes)
