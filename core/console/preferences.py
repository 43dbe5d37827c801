"""The room that says how guardians are told who have not chosen themselves, and how many chose what."""

from __future__ import annotations

from aiohttp import web

from core.console.desk import Visit
from core.console.typed_times import read_time
from core.preferences.domain import BadPreferenceError, Kind, Mode, Preference

HOME = "/console/broadcasts/preferences"


async def show(visit: Visit) -> web.StreamResponse:
    """GET: the school's defaults."""
    return await _page(visit)


async def save(visit: Visit) -> web.StreamResponse:
    """POST: change the default of one kind. What a guardian chose stays as it is."""
    try:
        wanted = Preference(Kind(visit.text("kind")), Mode(visit.text("mode")), read_time(visit.text("at")))
    except (ValueError, BadPreferenceError):
        return await _page(visit, visit.text("kind"))
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        await visit.desk.preferences.set_default(tx, wanted)
    raise web.HTTPSeeOther(HOME)


async def _page(visit: Visit, refused: str = "") -> web.StreamResponse:
    """The room; the kind whose form was refused keeps what was typed."""
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        defaults = await visit.desk.preferences.defaults(tx)
        counts = await visit.desk.preferences.count(tx)
    shown = [
        (one.kind.value, visit.text("mode"), visit.text("at"))
        if one.kind == refused
        else (one.kind.value, one.mode.value, one.digest_at.strftime("%H:%M"))
        for one in defaults
    ]
    status = 422 if refused else 200
    return visit.page(
        "preferences.html", status, shown=shown, counts=counts, modes=tuple(Mode), refused=refused
    )
