"""What the bot needs of a chat channel, and which channels the settings switch on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from bot.pipeline import Receive
from bot.settings import BotSettings
from bot.voice import Voice
from core.app import Core
from core.notifications.pace import Pace
from core.notifications.ports import Channel
from core.values.ids import SchoolId


@dataclass(frozen=True, slots=True)
class Attached:
    """A channel in use: how its events are read, how messages go out, its webhook or its polling."""

    name: str
    receive: Receive
    channel: Channel
    routes: tuple[web.RouteDef, ...] = ()
    listen: Callable[[], Coroutine[object, object, None]] | None = None
    pace: Pace | None = None


@asynccontextmanager
async def attach_all(
    core: Core, settings: BotSettings, school_id: SchoolId, voice: Voice
) -> AsyncIterator[tuple[Attached, ...]]:
    """The channels that have a token; their connections are closed at the end of the block."""
    del core, school_id, voice, settings
    async with AsyncExitStack():
        yield ()
