"""The first room, "Điểm danh hôm nay": who came, who is late, who waits for a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from aiohttp import web

from core.checkins.domain import CheckIn, CheckInNotFoundError, SchoolDay
from core.console.desk import Visit
from core.students.domain import Student
from core.values.ids import CheckInId, DeviceId


@dataclass(frozen=True, slots=True)
class Line:
    """A check-in with the names that staff read (dòng)."""

    check_in: CheckIn
    student: Student | None
    gate: str


async def show(visit: Visit) -> web.StreamResponse:
    """GET: the whole page."""
    return visit.page("today.html", **await _context(visit))


async def fragment(visit: Visit) -> web.StreamResponse:
    """GET: only what changes, for the page that heard an event."""
    return visit.page("_today.html", **await _context(visit))


async def decide(visit: Visit) -> web.StreamResponse:
    """POST: approve or refuse a check-in that waits."""
    try:
        check_in_id = CheckInId(UUID(visit.request.match_info["check_in_id"]))
    except ValueError:
        raise CheckInNotFoundError from None
    approve = visit.text("answer") == "approve"
    desk = visit.desk
    async with desk.database.transaction(visit.staff.school_id) as tx:
        await desk.check_ins.resolve(tx, check_in_id, approve=approve, actor=visit.staff.actor)
    raise web.HTTPSeeOther("/console/")


async def _context(visit: Visit) -> dict[str, Any]:
    desk = visit.desk
    async with desk.database.transaction(visit.staff.school_id) as tx:
        school = await desk.schools.get(tx)
        day = await desk.check_ins.day(tx)
        students = await desk.students.get_many(
            tx, {one.student_id for one in (*day.latest, *day.needs_staff) if one.student_id}
        )
        gates = {one.id: one.name for one in await desk.devices.list_devices(tx)}

    def line(one: CheckIn) -> Line:
        student = students.get(one.student_id) if one.student_id else None
        return Line(one, student, gates.get(DeviceId(one.device_id), "–"))

    return {
        "school": school,
        "day": day,
        "totals": _totals(day),
        "waiting": [line(one) for one in day.needs_staff],
        "latest": [line(one) for one in day.latest],
        "now": desk.clock.now(),
    }


def _totals(day: SchoolDay) -> dict[str, int]:
    return {
        "pupils": sum(one.pupils for one in day.classes),
        "on_time": sum(one.on_time for one in day.classes),
        "late": sum(one.late for one in day.classes),
        "absent": sum(one.absent for one in day.classes),
    }
