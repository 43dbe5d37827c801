"""The desk room: who waits for a person, the conversation, and answering it.

Staff with a class see the guardians of that class. Long numbers are masked: who answers needs no card number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from core.audit.domain import AuditEntry
from core.console.desk import Visit
from core.conversations.desk.domain import (
    URGENT,
    Answering,
    HandoverLine,
    SaidBy,
    code_of,
    mask_numbers,
)
from core.conversations.domain import Handover, HandoverNotFoundError
from core.db.transaction import Tx
from core.guardians.domain import Child
from core.staff.domain import NotAllowedError, Reach, Right
from core.values.ids import new_id

HOME = "/console/handovers"
_FIRST = 50
"""So many open ones are listed unasked: after a storm five hundred families write, and every change
sends the list anew."""
_ENDED, _ENDED_LOOKED = 20, 400
"""So many ended ones are listed; for a homeroom teacher they are looked for among more, most being of other classes."""


@dataclass(frozen=True, slots=True)
class Line:
    """An open or ended hand-over as the room lists it (dòng)."""

    handover: Handover
    code: str
    who: str
    channel: str
    """Empty where the address cannot be read: the conversation is listed all the same."""


async def show(visit: Visit) -> web.StreamResponse:
    """GET: who waits, and what ended last."""
    return visit.page("handovers.html", **await _overview(visit))


async def fragment(visit: Visit) -> web.StreamResponse:
    """GET: only what changes."""
    return visit.page("_handovers.html", **await _overview(visit))


async def waiting(visit: Visit) -> web.StreamResponse:
    """GET: how many wait, for the mark in the navigation of every room."""
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        mine = await _mine(visit, tx, await visit.desk.handovers.list_open(tx))
    silent = [one.handover for one in mine if one.handover.waiting_since or not one.handover.taken_by]
    urgent = sum(one.urgency == "emergency" for one in silent)
    return web.json_response({"waiting": len(silent), "urgent": urgent})


async def one(visit: Visit) -> web.StreamResponse:
    """GET: one conversation with the form to answer. Who looked is in the audit trail."""
    return visit.page("handover.html", **await _conversation(visit, looked=True))


async def one_fragment(visit: Visit) -> web.StreamResponse:
    """GET: only the lines and who has it."""
    return visit.page("_handover.html", **await _conversation(visit))


async def take(visit: Visit) -> web.StreamResponse:
    """POST: answer it from now on."""
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        handover = await _required(visit, tx)
        await visit.desk.handovers.take(tx, handover.id, _me(visit))
    raise web.HTTPSeeOther(f"{HOME}/{handover.id}")


async def answer(visit: Visit) -> web.StreamResponse:
    """POST: write to the guardian; the form's own id makes a double click one message."""
    said = (visit.text("id")[:60] or str(new_id()), visit.text("text"))
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        handover = await _required(visit, tx)
        await visit.desk.handovers.answer(tx, handover.id, _me(visit), said)
    raise web.HTTPSeeOther(f"{HOME}/{handover.id}")


async def end(visit: Visit) -> web.StreamResponse:
    """POST: the assistant speaks again."""
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        handover = await _required(visit, tx)
        await visit.desk.handovers.end(tx, handover.id, _me(visit))
    raise web.HTTPSeeOther(HOME)


async def _overview(visit: Visit) -> dict[str, Any]:
    desk = visit.desk
    async with desk.database.transaction(visit.staff.school_id) as tx:
        found = await _mine(visit, tx, await desk.handovers.list_open(tx))
        everybody = visit.staff.reach(Right.ANSWER_GUARDIANS) is Reach.SCHOOL
        ended = await _mine(
            visit, tx, await desk.handovers.list_closed(tx, _ENDED if everybody else _ENDED_LOOKED)
        )
        hours = await desk.handovers.hours(tx)
    now = desk.clock.now()
    whole = "all" in visit.request.query
    shown = found if whole else found[:_FIRST]
    return {
        "open": shown,
        "total": len(found),
        "whole": whole,
        "ended": ended[:_ENDED],
        "now": now,
        "hours": hours,
        "open_now": hours.covers(now),
    }


async def _conversation(visit: Visit, *, looked: bool = False) -> dict[str, Any]:
    desk = visit.desk
    async with desk.database.transaction(visit.staff.school_id) as tx:
        handover = await _required(visit, tx, ended_too=True)
        children = await desk.guardians.children_of(tx, handover.account_id)
        before = await desk.handovers.conversations.list_said(tx, handover.account_id, limit=8)
        lines = await desk.handovers.lines(tx, handover.id)
        (line,) = await _lines(visit, tx, (handover,))
        if looked:
            subject = f"handover:{handover.id}"
            await desk.handovers.audit.record(
                tx, AuditEntry(visit.staff.actor, "conversations.handover_seen", subject)
            )
    said = {one.text for one in lines if one.by is SaidBy.GUARDIAN}
    return {
        "line": line,
        "children": children,
        "before": [(one.role, mask_numbers(one.text)) for one in before if one.text not in said],
        "lines": [(one, mask_numbers(_text(one))) for one in lines],
        "mine": handover.taken_by == visit.staff.display_name,
        "message_id": str(new_id()),
        "now": desk.clock.now(),
    }


def _text(line: HandoverLine) -> str:
    words = {
        "taken": f"{line.name} nhận trả lời",
        "ended": "Kết thúc, trợ lý trả lời tiếp",
        URGENT: "Việc khẩn, đã báo mọi nhóm trực",
    }
    return words.get(line.text, line.text) if line.by is SaidBy.SYSTEM else line.text


def _me(visit: Visit) -> Answering:
    return Answering(visit.staff.display_name, visit.staff.actor)


async def _required(visit: Visit, tx: Tx, *, ended_too: bool = False) -> Handover:
    """The hand-over of the address, when this member of staff may see it.

    Raises:
        HandoverNotFoundError: when there is none, or it has ended and `ended_too` is not set.
        NotAllowedError: when its guardian has no child in the own class.
    """
    handover_id = visit.id("handover_id")
    if handover_id is None:
        raise HandoverNotFoundError
    handover = await visit.desk.handovers.get(tx, handover_id)
    if not handover.is_open and not ended_too:
        raise HandoverNotFoundError
    if not await _mine(visit, tx, (handover,)):
        raise NotAllowedError
    return handover


async def _mine(visit: Visit, tx: Tx, found: tuple[Handover, ...]) -> list[Line]:
    return await _lines(visit, tx, found, only_mine=True)


async def _lines(visit: Visit, tx: Tx, found: tuple[Handover, ...], *, only_mine: bool = False) -> list[Line]:
    """As the room lists them; three hundred cost as many questions to the database as one."""
    desk, lines = visit.desk, []
    everybody = visit.staff.reach(Right.ANSWER_GUARDIANS) is Reach.SCHOOL
    accounts = tuple({one.account_id for one in found})
    families = await desk.guardians.families_of(tx, accounts)
    addresses = await desk.handovers.conversations.addresses(tx, accounts)
    for handover in found:
        children = families.get(handover.account_id, ())
        if only_mine and not everybody and not any(visit.covers(one.student.class_id) for one in children):
            continue
        to = addresses.get(handover.account_id)
        lines.append(Line(handover, code_of(handover), _who(children), to.channel if to else ""))
    return lines


def _who(children: tuple[Child, ...]) -> str:
    if not children:
        return "Người chưa liên kết với học sinh nào"
    return "Phụ huynh của " + ", ".join(f"{one.full_name} ({one.class_name})" for one in children)
