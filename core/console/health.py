"""The room "Tình trạng máy": what is wrong with the system, since when, and what to do about it."""

from __future__ import annotations

from aiohttp import web

from core.console import health_texts
from core.console.desk import Visit
from core.health.domain import State


async def show(visit: Visit) -> web.StreamResponse:
    """GET: every part of the system, the worst first."""
    found = await visit.desk.health.look(visit.staff.school_id)
    wrong = [one for one in found if one.state is not State.GOOD]
    well = [one for one in found if one.state is State.GOOD]
    return visit.page("health.html", wrong=wrong, well=well, said=health_texts, now=visit.desk.clock.now())
