"""A release on trial proves itself: its page is served, its session answers, and the core has answered it.

What does not within two minutes ends the program; the starter counts, and goes back to the release before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from kiosk.runner import Runner
from kiosk.session.events import TimePassed
from kiosk.updates.shelf import Shelf

_log = structlog.get_logger()
PATIENCE_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Proof:
    """The trial of the release that runs (thời gian thử bản mới)."""

    shelf: Shelf
    runner: Runner
    on_failure: Callable[[], None]
    patience: float = PATIENCE_SECONDS
    _answered: asyncio.Event = field(default_factory=asyncio.Event)

    def heard(self) -> None:
        """The core answered this kiosk."""
        self._answered.set()

    async def run(self) -> None:
        """Prove it, or end the program; nothing is to be done for a release that is not on trial."""
        if not self.shelf.choice().trial:
            return
        try:
            async with asyncio.timeout(self.patience):
                await self._answered.wait()
                await self.runner.ask(TimePassed())
        except TimeoutError:
            _log.error("release_not_proved", version=self.shelf.choice().current)
            self.on_failure()
            return
        await asyncio.to_thread(self.shelf.keep, self.shelf.choice().proved())
        _log.info("release_proved", version=self.shelf.choice().current)
