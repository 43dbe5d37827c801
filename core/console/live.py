"""Tells open pages that something happened at the gate.

The event says only "look again"; the page then asks for its own part, so nothing personal travels here.
"""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from core.console.desk import Visit
from core.db.bell import Bell
from core.web.sse import event_stream, news_or_stop


@dataclass(frozen=True, slots=True)
class Live:
    """The event streams of the console's pages."""

    bell: Bell
    """Rings with the school of each check-in that was recorded or decided."""

    async def stream(self, visit: Visit) -> web.StreamResponse:
        """GET: an event stream with "changed" whenever a check-in of the school was recorded or decided."""
        async with event_stream(visit.request) as events:
            with self.bell.waiting_for(visit.staff.school_id) as changed:
                await events.send("ready", "")
                while events.open:
                    await news_or_stop(changed, events.stopping)
                    if changed.is_set():
                        changed.clear()
                        await events.send("changed", "")
                    elif events.open:
                        await events.beat()
                        if await visit.desk.who(visit.request) is None:
                            break
        return events.response
