"""The room for announcements: write, look at whom it reaches, confirm, watch, stop.

Nothing goes out before the second step. Staff with a class announce to that class; to more, who may approve.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from aiohttp import web

from core.broadcasts.domain import (
    Audience,
    AudienceKind,
    BadBroadcastError,
    Broadcast,
    BroadcastStateError,
    Draft,
    EmptyAudienceError,
    Kind,
    Status,
)
from core.broadcasts.reach import grade_of
from core.console.desk import Visit
from core.console.typed_days import read_day, write_day
from core.console.typed_times import read_time
from core.db.transaction import Tx
from core.staff.domain import NotAllowedError, Reach, Right
from core.students.domain import SchoolClass
from core.values.clock import SCHOOL_TIME

HOME = "/console/broadcasts"


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands in the form, to show it again (nội dung đã điền)."""

    kind: str = "notice"
    title: str = ""
    text: str = ""
    audience: str = "school"
    values: tuple[str, ...] = ()


async def show(visit: Visit) -> web.StreamResponse:
    """GET: what was announced."""
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        found = [one for one in await visit.desk.broadcasts.list_newest(tx) if _may_see(visit, one)]
        names = await _names(visit, tx)
    return visit.page("broadcasts.html", broadcasts=found, names=names)


async def new(visit: Visit) -> web.StreamResponse:
    """GET: the form, empty or with what stood in a draft (`?from=`)."""
    begun = await _begun(visit, visit.request.query.get("from", ""))
    return await _form(visit, begun or Filled(audience="class" if _only_own(visit) else "school"))


async def _begun(visit: Visit, draft_id: str) -> Filled | None:
    """What was written before, when this member of staff may see it; None for an address that names nothing."""
    try:
        wanted = UUID(draft_id)
    except ValueError:
        return None
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        draft = (await _required(visit, tx, wanted)).draft
    return Filled(draft.kind, draft.title, draft.text, draft.audience.kind, draft.audience.values)


async def create(visit: Visit) -> web.StreamResponse:
    """POST: keep a draft and go on to its preview; a mistake shows the form again."""
    filled = _filled(visit)
    if filled.values and filled.audience not in {AudienceKind.GRADE, AudienceKind.CLASS}:
        return await _form(visit, filled, "all_or_some")
    try:
        audience = Audience(AudienceKind(filled.audience), _values(visit, filled))
        draft = Draft(Kind(filled.kind), filled.title, filled.text, audience)
    except BadBroadcastError as error:
        return await _form(visit, filled, str(error.params["field"]))
    except ValueError:
        return await _form(visit, filled, "audience")
    _allow(visit, draft)
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        kept = await visit.desk.broadcasts.draft(tx, draft, visit.staff.actor)
    raise web.HTTPSeeOther(f"{HOME}/{kept.id}")


async def one(visit: Visit) -> web.StreamResponse:
    """GET: a draft's preview, or how far an announcement has come."""
    return await _one(visit)


async def fragment(visit: Visit) -> web.StreamResponse:
    """GET: only the progress."""
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        broadcast = await _required(visit, tx)
        progress = await visit.desk.broadcasts.progress(tx, broadcast.id)
        tally = await visit.desk.broadcasts.tally(tx, broadcast)
    return visit.page("_broadcast.html", broadcast=broadcast, progress=progress, tally=tally)


async def confirm(visit: Visit) -> web.StreamResponse:
    """POST: the second step; now, or at the time that was chosen."""
    try:
        starts_at = _starts_at(visit)
        async with visit.desk.database.transaction(visit.staff.school_id) as tx:
            broadcast = await _required(visit, tx)
            _allow(visit, broadcast.draft, approve=True)
            await visit.desk.broadcasts.confirm(tx, broadcast.id, visit.staff.actor, starts_at)
    except (BadBroadcastError, EmptyAudienceError, BroadcastStateError) as error:
        return await _one(visit, str(error.params.get("field", "")) or error.code)
    raise web.HTTPSeeOther(f"{HOME}/{broadcast.id}")


async def stop(visit: Visit) -> web.StreamResponse:
    """POST: send no more of it."""
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        broadcast = await _required(visit, tx)
        await visit.desk.broadcasts.stop(tx, broadcast.id, visit.staff.actor)
    raise web.HTTPSeeOther(f"{HOME}/{broadcast.id}")


async def _one(visit: Visit, problem: str = "") -> web.StreamResponse:
    desk = visit.desk
    async with desk.database.transaction(visit.staff.school_id) as tx:
        broadcast = await _required(visit, tx)
        names = await _names(visit, tx)
        school = await desk.schools.get(tx)
        context: dict[str, Any] = {"broadcast": broadcast, "names": names, "school": school}
        if broadcast.status is Status.DRAFT:
            preview = await desk.broadcasts.preview(tx, broadcast.draft)
            local = desk.clock.now().astimezone(SCHOOL_TIME)
            return visit.page(
                "broadcast_preview.html",
                422 if problem else 200,
                **context,
                preview=preview,
                problem=problem,
                may_confirm=_may(visit, broadcast.draft, approve=True),
                today=write_day(local.date()),
                typed={name: visit.text(name) for name in ("when", "on", "at")},
            )
        progress = await desk.broadcasts.progress(tx, broadcast.id)
        tally = await desk.broadcasts.tally(tx, broadcast)
    return visit.page("broadcast.html", **context, progress=progress, tally=tally)


async def _form(visit: Visit, filled: Filled, problem: str = "") -> web.StreamResponse:
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        classes = await visit.desk.students.list_classes(tx)
    classes = tuple(one for one in classes if visit.covers(one.id))
    kinds = [kind for kind in AudienceKind if not _only_own(visit) or kind is AudienceKind.CLASS]
    return visit.page(
        "broadcast_new.html",
        422 if problem else 200,
        filled=filled,
        problem=problem,
        classes=classes,
        grades=_grades(classes),
        audiences=kinds,
        may_alarm=not _only_own(visit),
    )


def _filled(visit: Visit) -> Filled:
    names = ("kind", "title", "text", "audience")
    given = {name: visit.text(name) for name in names}
    values = tuple(sorted(key.partition(":")[2] for key in visit.form if key.startswith("value:")))
    return Filled(**given, values=values)


def _values(visit: Visit, filled: Filled) -> tuple[str, ...]:
    """The grades or classes that the chosen kind asks for; the boxes of the other kind mean nothing."""
    if filled.audience == AudienceKind.GRADE:
        return tuple(one for one in filled.values if one.isdigit())
    if filled.audience == AudienceKind.CLASS:
        if _only_own(visit):
            return (str(visit.staff.class_id),) if visit.staff.class_id else ()
        return tuple(one for one in filled.values if not one.isdigit())
    return ()


def _starts_at(visit: Visit) -> datetime | None:
    if visit.text("when") != "later":
        if visit.text("at").strip():
            raise BadBroadcastError(field="now_or_later")
        return None
    try:
        on, at = read_day(visit.text("on")), read_time(visit.text("at"))
        return datetime.combine(on, at, SCHOOL_TIME)
    except ValueError:
        raise BadBroadcastError(field="starts_at") from None


def _only_own(visit: Visit) -> bool:
    return visit.staff.reach(Right.SEND_BROADCASTS) is not Reach.SCHOOL


def _may(visit: Visit, draft: Draft, *, approve: bool = False) -> bool:
    """Whether this announcement is in reach: the own class, or all with the right to approve."""
    own = str(visit.staff.class_id or "")
    mine = draft.audience == Audience(AudienceKind.CLASS, (own,)) if own else False
    if _only_own(visit):
        return mine and draft.kind is not Kind.EMERGENCY
    return not approve or mine or visit.staff.may(Right.APPROVE_BROADCASTS)


def _allow(visit: Visit, draft: Draft, *, approve: bool = False) -> None:
    if not _may(visit, draft, approve=approve):
        raise NotAllowedError


def _may_see(visit: Visit, broadcast: Broadcast) -> bool:
    return _may(visit, broadcast.draft)


async def _required(visit: Visit, tx: Tx, wanted: UUID | None = None) -> Broadcast:
    """The announcement of the address, or the wanted one, when this member of staff may see it.

    Raises:
        BroadcastNotFoundError: when there is none.
        NotAllowedError: when it is not in reach.
    """
    broadcast = await visit.desk.broadcasts.get(tx, wanted or visit.id("broadcast_id") or UUID(int=0))
    if not _may_see(visit, broadcast):
        raise NotAllowedError
    return broadcast


async def _names(visit: Visit, tx: Tx) -> dict[str, str]:
    """What grades and classes are called."""
    classes = await visit.desk.students.list_classes(tx)
    grades = {grade: f"Khối {grade}" for grade in _grades(classes)}
    return grades | {str(one.id): f"Lớp {one.name}" for one in classes}


def _grades(classes: Iterable[SchoolClass]) -> list[str]:
    return sorted({grade for one in classes if (grade := grade_of(one.name))}, key=int)
