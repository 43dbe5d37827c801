"""Tells the core once a minute that the bot works, and how each channel answers: staff read it in "Tình trạng máy"."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.attached import Attached, Look
from core.app import Core
from core.health.domain import BOT, CHANNEL
from core.notifications.ports import GiveUp, RetryLater
from core.values.ids import SchoolId
from core.work.rounds import each, rounds

EVERY = 60.0
PATIENCE = 15.0


@dataclass(frozen=True, slots=True)
class Watch:
    """The bot's eye on itself (theo dõi)."""

    core: Core
    school_id: SchoolId
    channels: Sequence[Attached]
    public_url: str = ""

    async def run(self) -> None:
        """Until cancelled."""
        await rounds("watch", self.once, lambda: asyncio.sleep(EVERY))

    async def once(self) -> None:
        """Ask every channel, then write down how they and the bot do."""
        found = {one.name: "unknown_error" for one in self.channels if one.look}

        async def ask(one: Attached) -> int:
            assert one.look is not None, "only those that can be asked are"
            found[one.name] = await _failure(one.look)
            return 1

        await each("watch", [one for one in self.channels if one.look], ask)
        async with self.core.database.transaction(self.school_id) as tx:
            await self.core.health.note(tx, BOT, detail=self.public_url)
            for one in self.channels:
                if one.look:
                    await self.core.health.note(tx, CHANNEL + one.name, found[one.name], self._webhook(one))

    def _webhook(self, one: Attached) -> str:
        """Where the channel's servers must reach us; empty where we poll."""
        paths = [route.path for route in one.routes if "/webhooks/" in route.path]
        return self.public_url.rstrip("/") + paths[0] if paths else ""


async def _failure(look: Look) -> str:
    """Why a channel does not work, as a code; empty when it does."""
    try:
        async with asyncio.timeout(PATIENCE):
            await look()
    except (RetryLater, GiveUp) as error:
        return error.reason
    except TimeoutError:
        return TimeoutError.__name__
    return ""
