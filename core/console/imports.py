"""The import room: upload the school's roll, see line by line what went in and what did not."""

from __future__ import annotations

import asyncio

from aiohttp import web

from core.console.desk import Visit
from core.guardians.roll_import import ImportReport
from core.students.roll.domain import RollFileError
from core.students.roll.parse import parse_roll
from core.values.clock import school_date


async def show(visit: Visit) -> web.StreamResponse:
    """GET: the form."""
    return visit.page("import.html", report=None, problem=None)


async def submit(visit: Visit) -> web.StreamResponse:
    """POST: read the file outside of any transaction, then apply all its good lines in one.

    Raises:
        RollFileError: to a caller that takes no page; a browser gets the form again with the reason.
    """
    try:
        report = await _import(visit)
    except RollFileError as error:
        if "text/html" not in visit.request.headers.get("Accept", ""):
            raise
        return visit.page("import.html", error.http_status, report=None, problem=error)
    return visit.page("import.html", report=report, problem=None)


async def _import(visit: Visit) -> ImportReport:
    desk, sent = visit.desk, visit.form.get("roll")
    if not isinstance(sent, web.FileField):
        raise RollFileError
    data = sent.file.read()
    roll = await asyncio.to_thread(parse_roll, data, school_date(desk.clock.now()))
    async with desk.database.transaction(visit.staff.school_id) as tx:
        return await desk.roll_import.apply(tx, roll, visit.staff.actor)
