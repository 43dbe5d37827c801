"""What the bot needs of a chat channel."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass

from aiohttp import web

from bot.files import Fetch
from bot.pipeline import Receive
from core.notifications.pace import LanePace, Pace
from core.notifications.ports import Channel, Takes

Look = Callable[[], Coroutine[object, object, object]]
"""Asks the channel whether it knows us; raises what delivery would hear (`RetryLater`, `GiveUp`)."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A channel in use: how its events are read, how messages go out, its webhook or its polling."""

    name: str
    receive: Receive
    channel: Channel
    routes: tuple[web.RouteDef, ...] = ()
    listen: Callable[[], Coroutine[object, object, None]] | None = None
    pace: Pace | None = None
    lane_pace: LanePace | None = None
    takes: Takes | None = None
    fetch: Fetch | None = None
    look: Look | None = None
