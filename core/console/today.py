"""The first room, "Điểm danh hôm nay": who came, who is late, who waits for a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from aiohttp import web

from core.checkins.domain import CheckIn, CheckInNotFoundError, ClassDay
from core.console.desk import Visit
from core.contracts.commands import StaffAnswer
from core.db.transaction import Tx
from core.guardians.restrictions.domain import RestrictionKind
from core.staff.domain import NotAllowedError, Reach
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
    answer = _ANSWERS.get(visit.text("answer"), StaffAnswer.REFUSED)
    desk = visit.desk
    async with desk.database.transaction(visit.staff.school_id) as tx:
        await _covered(visit, tx, check_in_id)
        await desk.gate.answer(tx, check_in_id, answer, actor=visit.staff.actor)
    raise web.HTTPSeeOther("/console/")


_ANSWERS = {"approve": StaffAnswer.APPROVED, "refuse": StaffAnswer.REFUSED, "coming": StaffAnswer.COMING}


async def _context(visit: Visit) -> dict[str, Any]:
    desk = visit.desk
    async with desk.database.transaction(visit.staff.school_id) as tx:
        school = await desk.schools.get(tx)
        day = await desk.check_ins.day(tx)
        calendar = await desk.calendars.read(tx)
        students = await desk.students.get_many(
            tx, {one.student_id for one in (*day.latest, *day.needs_staff) if one.student_id}
        )
        gates = {one.id: one.name for one in await desk.devices.list_devices(tx)}
        barred = [
            one
            for one in await desk.guardians.restrictions.list_all(tx)
            if one.kind is RestrictionKind.PICK_UP
        ]
        kept = await desk.students.get_many(tx, {one.student_id for one in barred})

    def lines(check_ins: tuple[CheckIn, ...]) -> list[Line]:
        """Those that the person may see: a homeroom teacher sees one class."""
        named = [(one, students.get(one.student_id) if one.student_id else None) for one in check_ins]
        return [
            Line(one, student, gates.get(DeviceId(one.device_id), "–"))
            for one, student in named
            if visit.covers(student.class_id if student else None)
        ]

    classes = [one for one in day.classes if visit.covers(one.id)]
    return {
        "school": school,
        "day": day,
        "lessons": calendar.day(day.on),
        "classes": classes,
        "totals": _totals(classes),
        "waiting": lines(day.needs_staff),
        "latest": lines(day.latest),
        "barred": [
            (one, kept[one.student_id])
            for one in barred
            if one.student_id in kept and visit.covers(kept[one.student_id].class_id)
        ],
        "now": desk.clock.now(),
    }


async def _covered(visit: Visit, tx: Tx, check_in_id: CheckInId) -> None:
    """Stop who may not decide about this pupil.

    Raises:
        NotAllowedError: for a pupil of another class, and for a stranger.
    """
    if visit.staff.reach(visit.right) is Reach.SCHOOL:
        return
    day = await visit.desk.check_ins.day(tx)
    known = {one.id: one.student_id for one in (*day.latest, *day.needs_staff, *day.arrivals.values())}
    student_id = known.get(check_in_id)
    student = await visit.desk.students.find(tx, student_id) if student_id else None
    if not visit.covers(student.class_id if student else None):
        raise NotAllowedError


def _totals(classes: Sequence[ClassDay]) -> dict[str, int]:
    return {
        "pupils": sum(one.pupils for one in classes),
        "on_time": sum(one.on_time for one in classes),
        "late": sum(one.late for one in classes),
        "absent": sum(one.absent for one in classes),
    }
