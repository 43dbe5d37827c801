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
        tried = self.shelf.choice()
        if not tried.trial:
            return
        try:
            async with asyncio.timeout(self.patience):
                await self._answered.wait()
                await self.runner.ask(TimePassed())
        except TimeoutError:
            _log.error("release_not_proved", version=tried.current)
            self.on_failure()
            return
        while True:
            if await asyncio.to_thread(self._kept, tried.current):
                _log.info("release_proved", version=tried.current)
                return
            await asyncio.sleep(self.patience)

    def _kept(self, version: str | None) -> bool:
        """Write down that it works, unless staff chose another meanwhile; False when the disk takes nothing."""
        chosen = self.shelf.choice()
        try:
            if chosen.current == version:
                self.shelf.keep(chosen.proved())
        except OSError as error:
            _log.error("release_proof_not_kept", kind=type(error).__name__)
            return False
        return True
