"""Says every half minute that the kiosk is alive, and learns the core's time from the answer.

It also brings the kiosk back online early: with an empty spool nobody else would notice that the core is
there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from kiosk.errors import KioskError, RefusedError
from kiosk.uplink.client import CoreClient
from kiosk.uplink.sender import Sender

_log = structlog.get_logger()
EVERY_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The kiosk's sign of life (nhịp báo)."""

    client: CoreClient
    sender: Sender
    on_answer: Callable[[], None] = lambda: None
    troubles: Callable[[], tuple[str, ...]] = tuple
    """What staff should mend, in codes."""
    every: float = EVERY_SECONDS

    async def run(self) -> None:
        """Beat until cancelled."""
        while True:
            await self.beat()
            await asyncio.sleep(self.every)

    async def beat(self) -> bool:
        """One beat; whether the core answered."""
        try:
            await self.client.heartbeat(len(self.sender.spool.waiting()), self.troubles())
        except RefusedError as error:
            self.sender.heard(blocked=error.reason)
            return True
        except KioskError as error:
            if self.sender.online:
                _log.warning("core_unreachable", code=error.code, detail=error.detail)
            self.sender.lost()
            return False
        self.sender.heard()
        self.on_answer()
        return True
