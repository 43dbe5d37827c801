"""How the desk is set up: when staff answer, and the chats in which they are told. What was typed is never lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from aiohttp import web

from core.console.desk import Visit
from core.console.handovers import HOME
from core.console.typed_times import read_time
from core.conversations.desk.domain import DeskHours, DeskHoursError, NewStaffChat
from core.staff.domain import Role
from core.values.ids import ClassId

SETTINGS = f"{HOME}/settings"
CLASS_NEEDED = "conversations.class_needed"
_HOURS, _CHAT = ("opens", "closes", "days", "minutes"), ("name", "kind", "stage", "role")


@dataclass(frozen=True, slots=True)
class Refused:
    """A form that was not taken: which one, why, and what stood in it (biểu mẫu bị trả lại)."""

    form: str
    problem: str


async def settings(visit: Visit) -> web.StreamResponse:
    """GET: hours, and the chats of staff."""
    return await _settings(visit)


async def set_hours(visit: Visit) -> web.StreamResponse:
    """POST: when staff answer, and how soon the next are told."""
    try:
        hours = DeskHours(
            read_time(visit.text("opens")),
            read_time(visit.text("closes")),
            int(visit.text("days") or 0),
            timedelta(minutes=int(visit.text("minutes") or 0)),
        )
    except (ValueError, OverflowError, DeskHoursError):
        return await _settings(visit, Refused("hours", "desk.bad_hours"))
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        await visit.desk.handovers.chats.set_hours(tx, hours, visit.staff.actor)
    raise web.HTTPSeeOther(SETTINGS)


async def invite(visit: Visit) -> web.StreamResponse:
    """POST: make a code with which a chat becomes a staff chat; shown once, on this answer."""
    try:
        new = _new_chat(visit)
        async with visit.desk.database.transaction(visit.staff.school_id) as tx:
            classes = {one.id for one in await visit.desk.students.list_classes(tx)}
            if (new.role == Role.HOMEROOM) != (new.class_id in classes):
                return await _settings(visit, Refused("chat", CLASS_NEEDED))
            _, code = await visit.desk.handovers.chats.invite(tx, new, visit.staff.actor)
    except DeskHoursError:
        return await _settings(visit, Refused("chat", "desk.bad_chat"))
    return await _settings(visit, code=code)


def _new_chat(visit: Visit) -> NewStaffChat:
    """The chat of the form; its role is the least when the form says none, "homeroom:<class>" for a teacher's."""
    stage, (role, _, class_id) = visit.text("stage"), visit.text("role").partition(":")
    try:
        of_class = ClassId(UUID(class_id)) if role == Role.HOMEROOM else None
    except ValueError:
        of_class = None
    return NewStaffChat(
        visit.text("name"),
        int(stage) if stage in {"1", "2", "3"} else 0,
        visit.text("kind") != "person",
        role if role in set(Role) else Role.GATE.value,
        of_class,
    )


async def remove_chat(visit: Visit) -> web.StreamResponse:
    """POST: a chat is no staff chat any more."""
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        await visit.desk.handovers.chats.remove(tx, visit.id("chat_id") or UUID(int=0), visit.staff.actor)
    raise web.HTTPSeeOther(SETTINGS)


async def _settings(visit: Visit, refused: Refused | None = None, code: str = "") -> web.StreamResponse:
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        hours = await visit.desk.handovers.hours(tx)
        chats = await visit.desk.handovers.chats.list_chats(tx)
        classes = await visit.desk.students.list_classes(tx)
    kept = {
        "opens": hours.opens.strftime("%H:%M"),
        "closes": hours.closes.strftime("%H:%M"),
        "days": str(hours.days),
        "minutes": str(int(hours.raise_after.total_seconds() // 60)),
    }
    empty = {"name": "", "kind": "group", "stage": "1", "role": Role.ACCOUNTANT.value}
    typed = {name: visit.text(name) for name in (*_HOURS, *_CHAT)}
    form = refused.form if refused else ""
    return visit.page(
        "handover_settings.html",
        422 if refused else 200,
        code=code,
        refused=refused,
        filled=typed if form == "hours" else kept,
        new=typed if form == "chat" else empty,
        chats=chats,
        classes=classes,
        now=visit.desk.clock.now(),
    )
