"""The room for announcements: look at whom a draft reaches, confirm, watch, stop; `broadcast_drafts` writes it.

Nothing goes out before the second step, and only what the one who confirms has seen. Staff with a class announce to
that class; to more, who may approve.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from aiohttp import web

from core.broadcasts.domain import (
    Audience,
    AudienceKind,
    BadBroadcastError,
    Broadcast,
    BroadcastChangedError,
    BroadcastNotFoundError,
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
from core.values.ids import new_id

HOME = "/console/broadcasts"
_SHOWN, _PART = 30, 100


async def show(visit: Visit) -> web.StreamResponse:
    """GET: what was announced, the newest first; `before` names the one that the page before ended with."""
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        try:
            before = UUID(visit.request.query["before"]) if "before" in visit.request.query else None
        except ValueError:
            raise BroadcastNotFoundError from None
        found = await _seen_by(visit, tx, await required(visit, tx, before) if before else None)
        names = await _names(visit, tx)
    shown, older = found[:_SHOWN], len(found) > _SHOWN
    return visit.page("broadcasts.html", broadcasts=shown, names=names, older=older, fresh=new_id())


async def _seen_by(visit: Visit, tx: Tx, before: Broadcast | None) -> list[Broadcast]:
    """The next that this member of staff may see, one more than are shown; those of other classes do not count."""
    found: list[Broadcast] = []
    while len(found) <= _SHOWN:
        part = await visit.desk.broadcasts.list_newest(tx, _PART, before)
        found += [one for one in part if _may_see(visit, one)]
        if len(part) < _PART:
            break
        before = part[-1]
    return found[: _SHOWN + 1]


async def one(visit: Visit) -> web.StreamResponse:
    """GET: a draft's preview, or how far an announcement has come."""
    return await _one(visit)


async def fragment(visit: Visit) -> web.StreamResponse:
    """GET: only the progress."""
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        broadcast = await required(visit, tx)
        progress = await visit.desk.broadcasts.progress(tx, broadcast.id)
        tally = await visit.desk.broadcasts.tally(tx, broadcast)
    return visit.page("_broadcast.html", broadcast=broadcast, progress=progress, tally=tally)


async def confirm(visit: Visit) -> web.StreamResponse:
    """POST: the second step; now, or at the time that was chosen."""
    try:
        starts_at = _starts_at(visit)
        async with visit.desk.database.transaction(visit.staff.school_id) as tx:
            broadcast = await required(visit, tx)
            allow(visit, broadcast.draft, approve=True)
            await visit.desk.broadcasts.confirm(
                tx, broadcast.id, visit.staff.actor, starts_at, visit.text("seen")
            )
    except (BadBroadcastError, EmptyAudienceError, BroadcastStateError, BroadcastChangedError) as error:
        return await _one(visit, str(error.params.get("field", "")) or error.code)
    raise web.HTTPSeeOther(f"{HOME}/{broadcast.id}")


async def stop(visit: Visit) -> web.StreamResponse:
    """POST: send no more of it."""
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        broadcast = await required(visit, tx)
        await visit.desk.broadcasts.stop(tx, broadcast.id, visit.staff.actor)
    raise web.HTTPSeeOther(f"{HOME}/{broadcast.id}")


async def _one(visit: Visit, problem: str = "") -> web.StreamResponse:
    desk = visit.desk
    async with desk.database.transaction(visit.staff.school_id) as tx:
        broadcast = await required(visit, tx)
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


def only_own(visit: Visit) -> bool:
    """Whether somebody announces to the own class alone."""
    return visit.staff.reach(Right.SEND_BROADCASTS) is not Reach.SCHOOL


def _may(visit: Visit, draft: Draft, *, approve: bool = False) -> bool:
    """Whether this announcement is in reach: the own class, or all with the right to approve."""
    own = str(visit.staff.class_id or "")
    mine = draft.audience == Audience(AudienceKind.CLASS, (own,)) if own else False
    if only_own(visit):
        return mine and draft.kind is not Kind.EMERGENCY
    return not approve or mine or visit.staff.may(Right.APPROVE_BROADCASTS)


def allow(visit: Visit, draft: Draft, *, approve: bool = False) -> None:
    """Stop who may not announce this.

    Raises:
        NotAllowedError: when it is not in reach.
    """
    if not _may(visit, draft, approve=approve):
        raise NotAllowedError


def _may_see(visit: Visit, broadcast: Broadcast) -> bool:
    return _may(visit, broadcast.draft)


async def required(visit: Visit, tx: Tx, wanted: UUID | None = None) -> Broadcast:
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
    by_grade = {grade: f"Khối {grade}" for grade in grades(classes)}
    return by_grade | {str(one.id): f"Lớp {one.name}" for one in classes}


def grades(classes: Iterable[SchoolClass]) -> list[str]:
    """The grades of these classes, lowest first."""
    return sorted({grade for one in classes if (grade := grade_of(one.name))}, key=int)
