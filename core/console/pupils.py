"""The pupils of each class, with today's arrival."""

from __future__ import annotations

from uuid import UUID

from aiohttp import web

from core.console.desk import Visit
from core.staff.domain import NotAllowedError
from core.values.ids import ClassId


async def classes(visit: Visit) -> web.StreamResponse:
    """GET: every class."""
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        day = await visit.desk.check_ins.day(tx)
        lessons = (await visit.desk.calendars.read(tx)).day(day.on)
    shown = [one for one in day.classes if visit.covers(one.id)]
    return visit.page("classes.html", classes=shown, lessons=lessons)


async def everybody(visit: Visit) -> web.StreamResponse:
    """GET: every pupil, to find one among them; the browser does the finding, so no name stands in an address."""
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        listed = await visit.desk.students.list_students(tx)
    return visit.page("pupils.html", pupils=[one for one in listed if visit.covers(one.class_id)])


async def one_class(visit: Visit) -> web.StreamResponse:
    """GET: the pupils of one class."""
    try:
        class_id = ClassId(UUID(visit.request.match_info["class_id"]))
    except ValueError:
        raise web.HTTPNotFound from None
    if not visit.covers(class_id):
        raise NotAllowedError
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        pupils = await visit.desk.students.list_students(tx, class_id)
        day = await visit.desk.check_ins.day(tx)
        lessons = (await visit.desk.calendars.read(tx)).day(day.on)
        excused = await visit.desk.leaves.excused(tx, day.on)
    name = next((one.name for one in day.classes if one.id == class_id), None)
    if name is None:
        raise web.HTTPNotFound
    return visit.page("class.html", name=name, pupils=pupils, day=day, excused=excused, lessons=lessons)
