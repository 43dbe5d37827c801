"""Which chat channels the settings switch on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from bot.attached import Attached
from bot.settings import BotSettings
from bot.voice import Voice
from core.app import Core
from core.values.ids import SchoolId


@asynccontextmanager
async def attach_all(
    core: Core, settings: BotSettings, school_id: SchoolId, voice: Voice
) -> AsyncIterator[tuple[Attached, ...]]:
    """The channels that have a token; their connections are closed at the end of the block."""
    found: list[Attached] = []
    async with AsyncExitStack() as stack:
        if settings.telegram_token is not None:
            from bot.telegram import attach as telegram

            found.append(await stack.enter_async_context(telegram.attached(core, settings, school_id, voice)))
        if settings.zalo_app_id:
            from bot.zalo import attach as zalo

            found.extend(await stack.enter_async_context(zalo.attached(core, settings, school_id, voice)))
        if settings.zalo_bot_token is not None:
            from bot.zalobot import attach as zalobot

            found.append(await stack.enter_async_context(zalobot.attached(core, settings, school_id, voice)))
        yield tuple(found)
