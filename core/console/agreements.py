"""The room of consents: a class, its pupils and how each purpose stands; what came on paper is entered here."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from aiohttp import web

from core.consents.domain import ChildMustAgreeError, NewConsent, Purpose
from core.console import privacy_texts
from core.console.desk import Visit
from core.staff.domain import NotAllowedError
from core.students.domain import StudentNotFoundError
from core.values.ids import ClassId, StudentId


async def show(visit: Visit) -> web.StreamResponse:
    """GET: the classes that the person may see."""
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        classes = [one for one in await visit.desk.students.list_classes(tx) if visit.covers(one.id)]
    return visit.page("consents.html", classes=classes, pupils=(), name=None, **_shared())


async def of_class(visit: Visit) -> web.StreamResponse:
    """GET: one class."""
    class_id = visit.id("class_id")
    if class_id is None:
        raise web.HTTPNotFound
    return await _class_page(visit, ClassId(class_id))


async def record(visit: Visit) -> web.StreamResponse:
    """POST: what somebody signed, or took back, on paper."""
    try:
        student_id = StudentId(UUID(visit.request.match_info["student_id"]))
        purpose = Purpose(visit.text("purpose"))
    except ValueError:
        raise StudentNotFoundError from None
    desk = visit.desk
    async with desk.database.transaction(visit.staff.school_id) as tx:
        student = await desk.students.get(tx, student_id)
    if not visit.covers(student.class_id):
        raise NotAllowedError
    try:
        async with desk.database.transaction(visit.staff.school_id) as tx:
            new = NewConsent(
                student_id,
                purpose,
                given=visit.text("given") == "yes",
                actor=visit.staff.actor,
                child_agreed=visit.text("child_agreed") == "yes",
            )
            await desk.consents.record(tx, new)
    except ChildMustAgreeError:
        return await _class_page(visit, student.class_id, 422, problem=privacy_texts.CHILD_MUST_AGREE)
    raise web.HTTPSeeOther(f"/console/consents/{student.class_id}")


async def _class_page(
    visit: Visit, class_id: ClassId, status: int = 200, **context: Any
) -> web.StreamResponse:
    if not visit.covers(class_id):
        raise NotAllowedError
    desk = visit.desk
    async with desk.database.transaction(visit.staff.school_id) as tx:
        classes = [one for one in await desk.students.list_classes(tx) if visit.covers(one.id)]
        name = next((one.name for one in classes if one.id == class_id), None)
        if name is None:
            raise web.HTTPNotFound
        pupils = await desk.students.list_students(tx, class_id)
        standings = await desk.consents.standings(tx, {one.id for one in pupils})
    page = {"classes": classes, "pupils": pupils, "standings": standings, "name": name}
    return visit.page("consents.html", status, **(_shared() | page | context))


def _shared() -> dict[str, Any]:
    return {"problem": None, "standings": {}, "words": privacy_texts, "purposes": tuple(Purpose)}
