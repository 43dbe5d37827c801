"""The room that says how guardians are told who have not chosen themselves, and how many chose what."""

from __future__ import annotations

from datetime import time

from aiohttp import web

from core.console.desk import Visit
from core.preferences.domain import BadPreferenceError, Kind, Mode, Preference

HOME = "/console/broadcasts/preferences"


async def show(visit: Visit) -> web.StreamResponse:
    """GET: the school's defaults."""
    return await _page(visit)


async def save(visit: Visit) -> web.StreamResponse:
    """POST: change the default of one kind. What a guardian chose stays as it is."""
    try:
        wanted = Preference(
            Kind(visit.text("kind")), Mode(visit.text("mode")), time.fromisoformat(visit.text("at"))
        )
    except (ValueError, BadPreferenceError):
        return await _page(visit, "preferences.bad_hour")
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        await visit.desk.preferences.set_default(tx, wanted)
    raise web.HTTPSeeOther(HOME)


async def _page(visit: Visit, problem: str = "") -> web.StreamResponse:
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        defaults = await visit.desk.preferences.defaults(tx)
        counts = await visit.desk.preferences.count(tx)
    status = 422 if problem else 200
    return visit.page(
        "preferences.html", status, defaults=defaults, counts=counts, modes=tuple(Mode), problem=problem
    )
