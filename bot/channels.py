"""Which chat channels the settings switch on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from typing_extensions import override

from bot.attached import Attached
from bot.settings import BotSettings
from bot.voice import Voice
from core.app import Core
from core.inbox.domain import InboxEvent
from core.notifications.domain import CHANNEL_ORDER, Delivered, Outgoing
from core.notifications.ports import Channel, GiveUp
from core.values.ids import SchoolId

KNOWN = tuple(name for name in CHANNEL_ORDER if name != "webchat")


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
        if settings.sms_url:
            from bot.sms import attach as sms

            found.append(await stack.enter_async_context(sms.attached(settings, voice)))
        attached = {one.name for one in found}
        yield (
            *found,
            *(
                Attached(name, _nothing, Off(), takes=_takes_nothing)
                for name in KNOWN
                if name not in attached
            ),
        )


@dataclass(frozen=True, slots=True)
class Off(Channel):
    """A channel that the settings leave out: its messages go another way, or are parked for staff to send again."""

    @override
    async def deliver(self, outgoing: Outgoing) -> Delivered:
        """Send nothing."""
        raise GiveUp("channel_off")


def _takes_nothing(_key: str) -> bool:
    """No message falls back on a channel that is off."""
    return False


def _nothing(_event: InboxEvent) -> None:
    """Nothing comes in over a channel that is off."""
