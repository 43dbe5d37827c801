"""Guardians as staff see them: progress, list to call, cases to decide, restrictions, one pupil's guardians."""

from __future__ import annotations

from uuid import UUID

from aiohttp import web

from core.console.desk import Visit
from core.console.spreadsheet import download
from core.console.typed_days import BadDayError, read_day_or_none
from core.contracts.citizen_id import CitizenId
from core.db.transaction import Tx
from core.guardians import notices
from core.guardians.cases.domain import Case, CaseDecidedError, ReasonNeededError
from core.guardians.cases.service import Decided, PlaceNeededError
from core.guardians.domain import Level, TransitionError
from core.guardians.progress.service import ProgressReport
from core.guardians.restrictions.domain import BadRestrictionError, NewRestriction, Person, RestrictionKind
from core.guardians.service import Guardians
from core.guardians.strangers import warned
from core.staff.domain import NotAllowedError
from core.students.domain import Student
from core.values.ids import ClassId, GuardianshipId, StudentId

HOME = "/console/guardians"
_TYPED = ("student", "person", "number", "kind", "reason", "until")
"""The fields of a new restriction: what was typed comes back when it cannot be taken."""


def guardians_of(visit: Visit) -> Guardians:
    """The service, through what the desk already holds."""
    return visit.desk.roll_import.guardians


async def progress(visit: Visit) -> web.StreamResponse:
    """GET: the share of pupils with a guardian, by level and class, and month by month."""
    report = ProgressReport(guardians_of(visit))
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        found = await report.now(tx, visit.covers)
        months = await report.months(tx) if visit.covers(None) else ()
        waiting = len(await _cases(visit, tx))
    return visit.page("guardians.html", progress=found, months=months, waiting=waiting, Level=Level)


async def progress_csv(visit: Visit) -> web.StreamResponse:
    """GET: the same as a table for a spreadsheet."""
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        found = await ProgressReport(guardians_of(visit)).now(tx, visit.covers)
    head = ("Lớp", "Sĩ số", "Chưa có", "Mức 1", "Mức 2", "Mức 3", "Tỷ lệ từ mức 2 (%)")
    lines: list[tuple[object, ...]] = [
        (one.name, one.pupils, *one.by_level, int(one.share(Level.MATCHED) * 100))
        for one in (*found.classes, found.school)
    ]
    lines[-1] = ("Toàn trường", *lines[-1][1:])
    return download("tien-do-xac-minh.csv", head, lines)


async def to_call(visit: Visit) -> web.StreamResponse:
    """GET: the pupils whose family has to be called, with the phones on record."""
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        found = await ProgressReport(guardians_of(visit)).now(tx, visit.covers)
    return visit.page("guardians_call.html", lines=found.to_call)


async def to_call_csv(visit: Visit) -> web.StreamResponse:
    """GET: the same as a table."""
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        found = await ProgressReport(guardians_of(visit)).now(tx, visit.covers)
    head = ("Lớp", "Học sinh", "Mức", "Phụ huynh", "Điện thoại")
    lines = [
        (
            one.student.class_name,
            one.student.full_name,
            int(one.level),
            "; ".join(tie.guardian.full_name for tie in one.guardians),
            "; ".join(tie.guardian.phone.e164 for tie in one.guardians if tie.guardian.phone),
        )
        for one in found.to_call
    ]
    return download("can-lien-he.csv", head, lines)


async def cases(visit: Visit) -> web.StreamResponse:
    """GET: what waits for a decision."""
    return await _cases_page(visit)


async def decide(visit: Visit) -> web.StreamResponse:
    """POST: approve or refuse, with a reason; the chat is told."""
    try:
        async with visit.desk.database.transaction(visit.staff.school_id) as tx:
            case = next((one for one in await _cases(visit, tx) if one.id == visit.id("case_id")), None)
            if case is None:
                raise web.HTTPNotFound
            await tell(visit, tx, await _decide(visit, tx, case))
    except (ReasonNeededError, PlaceNeededError, CaseDecidedError, TransitionError) as error:
        return await _cases_page(visit, error.code)
    raise web.HTTPSeeOther(f"{HOME}/cases")


async def _decide(visit: Visit, tx: Tx, case: Case) -> Decided:
    service, actor, reason = guardians_of(visit).cases, visit.staff.actor, visit.text("reason")
    if visit.text("answer") == "approve":
        return await service.approve(tx, case.id, tie_id(visit.text("place")), actor, reason)
    return await service.refuse(tx, case.id, actor, reason)


async def tell(visit: Visit, tx: Tx, decided: Decided) -> None:
    """Word of a decision to the chat that asked."""
    account_id = decided.case.account_id
    if account_id is None:
        return
    to = await guardians_of(visit).conversations.recipient_of(tx, account_id)
    notice = notices.of_decision(
        to, decided.children, f"case:{decided.case.id}", approved=bool(decided.children)
    )
    once = f"case:{decided.case.id}:other"
    others = await warned(guardians_of(visit), tx, account_id, decided.joined, once)
    await visit.desk.notifications.enqueue(tx, notice, *others)


async def restrictions(visit: Visit) -> web.StreamResponse:
    """GET: who must not see, or not pick up, whom."""
    return await _restrictions_page(visit)


async def restrict(visit: Visit) -> web.StreamResponse:
    """POST: put a restriction into force."""
    try:
        number = CitizenId.parse(visit.text("number")) if visit.text("number").strip() else None
    except ValueError:
        return await _restrictions_page(visit, "guardians.bad_number")
    try:
        student_id, kind = StudentId(UUID(visit.text("student"))), RestrictionKind(visit.text("kind"))
        async with visit.desk.database.transaction(visit.staff.school_id) as tx:
            await pupil_of(visit, tx, student_id)
            new = NewRestriction(
                student_id,
                kind,
                Person(visit.text("person").strip()[:200], number),
                visit.text("reason")[:500],
                read_day_or_none(visit.text("until")),
            )
            await guardians_of(visit).restrictions.add(tx, new, visit.staff.actor)
    except BadDayError as error:
        return await _restrictions_page(visit, error.code)
    except (ValueError, BadRestrictionError):
        return await _restrictions_page(visit, BadRestrictionError.code)
    raise web.HTTPSeeOther(f"{HOME}/restrictions")


async def lift(visit: Visit) -> web.StreamResponse:
    """POST: end a restriction, with a reason."""
    wanted, service = visit.id("restriction_id"), guardians_of(visit).restrictions
    try:
        async with visit.desk.database.transaction(visit.staff.school_id) as tx:
            one = next((one for one in await service.list_all(tx) if one.id == wanted), None)
            if one is None:
                raise web.HTTPNotFound
            await pupil_of(visit, tx, one.student_id)
            await service.lift(tx, one.id, visit.staff.actor, visit.text("reason"))
    except BadRestrictionError as error:
        return await _restrictions_page(visit, error.code)
    raise web.HTTPSeeOther(f"{HOME}/restrictions")


async def _cases(visit: Visit, tx: Tx) -> list[Case]:
    """The waiting cases that this person may decide: of the whole school, or of the own class."""
    found = await guardians_of(visit).cases.list_open(tx)
    students = await visit.desk.students.get_many(tx, {one.student_id for one in found if one.student_id})
    return [
        one
        for one in found
        if visit.covers(_class_of(students.get(one.student_id) if one.student_id else None))
    ]


async def _cases_page(visit: Visit, problem: str = "") -> web.StreamResponse:
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        service, found = guardians_of(visit).cases, await _cases(visit, tx)
        students = await visit.desk.students.get_many(tx, {one.student_id for one in found if one.student_id})
        places = {one.id: await service.places(tx, one) for one in found}
        likely = {one.id: await service.obvious_place(tx, one) for one in found}
    return visit.page(
        "guardians_cases.html",
        cases=found,
        students=students,
        places=places,
        likely=likely,
        problem=problem,
    )


async def _restrictions_page(visit: Visit, problem: str = "") -> web.StreamResponse:
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        everybody = await visit.desk.students.list_students(tx)
        found = await guardians_of(visit).restrictions.list_all(tx)
    students = {one.id: one for one in everybody if visit.covers(one.class_id)}
    shown = [one for one in found if one.student_id in students]
    return visit.page(
        "guardians_restrictions.html",
        restrictions=shown,
        students=students,
        kinds=list(RestrictionKind),
        problem=problem,
        typed={name: visit.text(name) for name in _TYPED},
    )


async def pupil_of(visit: Visit, tx: Tx, student_id: StudentId) -> Student:
    """A pupil over whom the right goes; a pupil of another class looks like none.

    Raises:
        StudentNotFoundError, NotAllowedError: why not.
    """
    student = await visit.desk.students.get(tx, student_id)
    if not visit.covers(student.class_id):
        raise NotAllowedError
    return student


def _class_of(student: Student | None) -> ClassId | None:
    return student.class_id if student else None


def tie_id(text: str) -> GuardianshipId | None:
    """An id of a guardianship in a form; None when it is none."""
    try:
        return GuardianshipId(UUID(text))
    except ValueError:
        return None
