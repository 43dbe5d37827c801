"""Writing an announcement: the form, and keeping it as a draft.

The address of the form names the draft, so whoever goes back, or presses twice, writes the same draft and not a second.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from aiohttp import web

from core.broadcasts.domain import (
    Audience,
    AudienceKind,
    BadBroadcastError,
    Broadcast,
    BroadcastNotFoundError,
    BroadcastStateError,
    Draft,
    Kind,
    Status,
)
from core.console.broadcasts import HOME, allow, grades, only_own, required
from core.console.desk import Visit
from core.db.transaction import Tx
from core.values.ids import new_id


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands in the form, to show it again (nội dung đã điền)."""

    kind: str = "notice"
    title: str = ""
    text: str = ""
    audience: str = "school"
    values: tuple[str, ...] = ()


async def new(visit: Visit) -> web.StreamResponse:
    """GET: the form of the draft that the address names, empty while there is none."""
    id_ = _id(visit.request.query.get("id", "")) or new_id()
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        known = await _known(visit, tx, id_)
    if known is None:
        return await _form(visit, id_, Filled(audience="class" if only_own(visit) else "school"))
    if known.status is not Status.DRAFT:
        raise web.HTTPSeeOther(f"{HOME}/{id_}")
    draft = known.draft
    filled = Filled(draft.kind, draft.title, draft.text, draft.audience.kind, draft.audience.values)
    return await _form(visit, id_, filled)


async def create(visit: Visit) -> web.StreamResponse:
    """POST: keep the draft and go on to its preview; a mistake shows the form again."""
    filled, id_ = _filled(visit), _id(visit.text("id")) or new_id()
    if filled.values and filled.audience not in {AudienceKind.GRADE, AudienceKind.CLASS}:
        return await _form(visit, id_, filled, "all_or_some")
    try:
        audience = Audience(AudienceKind(filled.audience), _values(visit, filled))
        draft = Draft(Kind(filled.kind), filled.title, filled.text, audience)
    except BadBroadcastError as error:
        return await _form(visit, id_, filled, str(error.params["field"]))
    except ValueError:
        return await _form(visit, id_, filled, "audience")
    allow(visit, draft)
    try:
        async with visit.desk.database.transaction(visit.staff.school_id) as tx:
            await _known(visit, tx, id_)
            await visit.desk.broadcasts.draft(tx, draft, visit.staff.actor, id_)
    except BroadcastStateError:
        return await _form(visit, new_id(), filled, "confirmed")
    raise web.HTTPSeeOther(f"{HOME}/{id_}")


async def _known(visit: Visit, tx: Tx, id_: UUID) -> Broadcast | None:
    """The announcement under this id, if there is one.

    Raises:
        NotAllowedError: when it is not in reach.
    """
    try:
        return await required(visit, tx, id_)
    except BroadcastNotFoundError:
        return None


async def _form(visit: Visit, id_: UUID, filled: Filled, problem: str = "") -> web.StreamResponse:
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        classes = await visit.desk.students.list_classes(tx)
    classes = tuple(one for one in classes if visit.covers(one.id))
    kinds = [kind for kind in AudienceKind if not only_own(visit) or kind is AudienceKind.CLASS]
    return visit.page(
        "broadcast_new.html",
        422 if problem else 200,
        id=id_,
        filled=filled,
        problem=problem,
        classes=classes,
        grades=grades(classes),
        audiences=kinds,
        may_alarm=not only_own(visit),
    )


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


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
        if only_own(visit):
            return (str(visit.staff.class_id),) if visit.staff.class_id else ()
        return tuple(one for one in filled.values if not one.isdigit())
    return ()
