"""A new candidate list in two steps: the file with what it would change, then, confirmed, the change itself.

Nothing is kept between the steps: the page carries the file, and the plan that was seen by its digest.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time

from aiohttp import web

from core.console import exam_texts, roll_texts, typed_days, typed_times
from core.console.desk import Visit
from core.console.exams import HOME
from core.exams.cells import YEARS
from core.exams.columns import NoListHeaderError
from core.exams.domain import MAX_TITLE, ListChangedError, ListRefusedError
from core.exams.planning import ListPlan
from core.exams.sheet import Defaults, ExamSheet, Remark, parse_exam_sheet
from core.students.domain import Student
from core.students.roll.domain import RollFileError
from core.values.ids import StudentId


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form (mẫu kỳ thi)."""

    title: str = ""
    on: str = ""
    starts: str = ""
    ends: str = ""
    drop: bool = False


class _FaultError(Exception):
    """A field makes no sense; its name is the argument."""


async def new(visit: Visit) -> web.StreamResponse:
    """GET: an empty form."""
    return _form(visit, Typed())


async def create(visit: Visit) -> web.StreamResponse:
    """POST: first what the file would change, then, confirmed, the change; the same file twice changes nothing."""
    title, on, starts, ends = (visit.text(name).strip() for name in ("title", "on", "starts", "ends"))
    typed = Typed(title, on, starts, ends, visit.text("drop") == "yes")
    if visit.text("then") == "edit":
        return _form(visit, typed)
    try:
        defaults, data = _defaults(typed), _file(visit)
        sheet = await asyncio.to_thread(parse_exam_sheet, data, defaults)
    except _FaultError as fault:
        return _form(visit, typed, exam_texts.FAULTS[str(fault)])
    except (RollFileError, NoListHeaderError) as error:
        return _form(visit, typed, _why(error))
    if not sheet.entries and not sheet.remarks:
        return _form(visit, typed, exam_texts.FAULTS["empty"])
    if visit.text("then") != "import":
        return await _preview(visit, typed, sheet, data)
    try:
        async with visit.desk.database.transaction(visit.staff.school_id) as tx:
            await visit.desk.exam_lists.apply(
                tx, sheet, visit.staff.actor, drop=typed.drop, seen=visit.text("seen")
            )
    except (ListChangedError, ListRefusedError):
        return await _preview(visit, typed, sheet, data, changed=True)
    raise web.HTTPSeeOther(HOME)


async def _preview(
    visit: Visit, typed: Typed, sheet: ExamSheet, data: bytes, *, changed: bool = False
) -> web.StreamResponse:
    desk = visit.desk
    async with desk.database.transaction(visit.staff.school_id) as tx:
        plan = await desk.exam_lists.plan(tx, sheet, drop=typed.drop)
        ids = {each.student_id for one in plan.rooms for each in one.written}
        pupils = await desk.students.get_many(tx, ids | {student_id for _, student_id in plan.dropped})
    if plan.remarks:
        return _form(visit, typed, remarks=plan.remarks)
    return _shown(visit, typed, plan, pupils, base64.b64encode(data).decode(), changed=changed)


def _shown(
    visit: Visit,
    typed: Typed,
    plan: ListPlan,
    pupils: Mapping[StudentId, Student],
    data: str,
    *,
    changed: bool,
) -> web.StreamResponse:
    return visit.page(
        "exams_preview.html",
        409 if changed else 200,
        exams=exam_texts,
        typed=typed,
        plan=plan,
        pupils=pupils,
        data=data,
        changed=changed,
    )


def _form(visit: Visit, typed: Typed, problem: str = "", remarks: Sequence[Remark] = ()) -> web.Response:
    wrong = bool(problem or remarks)
    return visit.page(
        "exams_new.html",
        422 if wrong else 200,
        exams=exam_texts,
        problem=problem,
        remarks=remarks,
        typed=typed,
    )


def _why(error: RollFileError | NoListHeaderError) -> str:
    """The sentence for a file that cannot be read."""
    if isinstance(error, NoListHeaderError):
        return exam_texts.no_header(str(error.params["missing"]))
    return roll_texts.FILES.get(error.code, roll_texts.FILES["roll.unreadable"])


def _file(visit: Visit) -> bytes:
    """The file: just chosen, or carried by the preview.

    Raises:
        _FaultError: when there is none.
    """
    sent = visit.form.get("list")
    try:
        carried = base64.b64decode(visit.text("data"), validate=True)
    except (binascii.Error, ValueError):
        carried = b""
    data: bytes = sent.file.read() if isinstance(sent, web.FileField) else carried
    if not data:
        raise _FaultError("list")
    return data


def _defaults(typed: Typed) -> Defaults:
    """What the form says for every line; an empty field says nothing.

    Raises:
        _FaultError: naming the field that makes no sense.
    """
    if len(typed.title) > MAX_TITLE:
        raise _FaultError("title")
    try:
        on = typed_days.read_day(typed.on) if typed.on else None
    except ValueError:
        raise _FaultError("on") from None
    if on and on.year not in YEARS:
        raise _FaultError("on")
    return Defaults(" ".join(typed.title.split()), on, _time(typed.starts), _time(typed.ends))


def _time(text: str) -> time | None:
    try:
        return typed_times.read_time(text) if text else None
    except ValueError:
        raise _FaultError("times") from None
