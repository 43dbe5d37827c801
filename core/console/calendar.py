"""The room "Lịch trường": days off, lessons made up, Saturdays, and from when missed pupils are told of.

What was typed is never lost: a form that is not taken comes back as it was, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from aiohttp import web

from core.console.calendar_texts import REFUSALS
from core.console.desk import Visit
from core.console.door import Room
from core.console.typed_days import read_day, write_day
from core.console.typed_times import read_time
from core.schools.calendar.domain import CalendarError, NewSpan, Span, SpanKind, SpanNotFoundError
from core.schools.domain import SchoolSettingsError
from core.staff.domain import Right
from core.values.clock import school_date

HOME = "/console/calendar"
_SATURDAYS = {"yes": True, "no": False}
_TYPED = ("kind", "name", "first", "last")
Route = Callable[[str, Room, Right], web.RouteDef]


@dataclass(frozen=True, slots=True)
class _Refused:
    """Which form came back, and what to read beside it (biểu mẫu bị trả lại)."""

    form: str
    why: str
    typed: dict[str, str] = field(default_factory=dict)
    span_id: UUID | None = None


def calendar_routes(get: Route, post: Route) -> tuple[web.AbstractRouteDef, ...]:
    """The addresses of the room."""
    right = Right.MANAGE_CALENDAR
    return (
        get(HOME, show, right),
        post(HOME, add, right),
        post(f"{HOME}/saturdays", set_saturdays, right),
        post(f"{HOME}/absent-after", set_absent_after, right),
        post(f"{HOME}/{{span_id}}", change, right),
        post(f"{HOME}/{{span_id}}/remove", remove, right),
    )


async def show(visit: Visit) -> web.StreamResponse:
    """GET: the calendar; `?edit=ID` opens an entry for correction."""
    return await _page(visit)


async def add(visit: Visit) -> web.StreamResponse:
    """POST: write an entry down."""
    return await _write(visit, None)


async def change(visit: Visit) -> web.StreamResponse:
    """POST: correct an entry."""
    return await _write(visit, _span_id(visit))


async def remove(visit: Visit) -> web.StreamResponse:
    """POST: take an entry back."""
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        await visit.desk.calendars.remove(tx, _span_id(visit), visit.staff.actor)
    raise web.HTTPSeeOther(HOME)


async def set_saturdays(visit: Visit) -> web.StreamResponse:
    """POST: whether there are lessons on ordinary Saturdays."""
    said = _SATURDAYS.get(visit.text("saturdays"))
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        await visit.desk.calendars.set_saturdays(tx, visit.staff.actor, lessons=said)
    raise web.HTTPSeeOther(HOME)


async def set_absent_after(visit: Visit) -> web.StreamResponse:
    """POST: from when teachers are told of pupils who have not come; an empty field ends it."""
    typed = visit.text("absent_after")
    try:
        moment = read_time(typed) if typed.strip() else None
        async with visit.desk.database.transaction(visit.staff.school_id) as tx:
            await visit.desk.calendars.set_absent_after(tx, moment, visit.staff.actor)
    except (ValueError, SchoolSettingsError):
        refused = _Refused("absent_after", REFUSALS["absent_after"], {"absent_after": typed})
        return await _page(visit, refused)
    raise web.HTTPSeeOther(HOME)


async def _write(visit: Visit, span_id: UUID | None) -> web.StreamResponse:
    calendars, actor = visit.desk.calendars, visit.staff.actor
    typed = {name: visit.text(name) for name in _TYPED}
    try:
        span = _read(typed)
        async with visit.desk.database.transaction(visit.staff.school_id) as tx:
            if span_id is None:
                await calendars.add(tx, span, actor)
            else:
                await calendars.change(tx, span_id, span, actor)
    except ValueError:
        return await _page(visit, _Refused("span", REFUSALS["day"], typed, span_id))
    except CalendarError as error:
        why = REFUSALS[str(error.params["field"])].format_map(error.params)
        return await _page(visit, _Refused("span", why, typed, span_id))
    raise web.HTTPSeeOther(HOME)


def _read(typed: dict[str, str]) -> NewSpan:
    """The entry of the form; one day where only the first was typed."""
    first = read_day(typed["first"])
    last = read_day(typed["last"]) if typed["last"].strip() else first
    kind = SpanKind.LESSONS if typed["kind"] == SpanKind.LESSONS else SpanKind.OFF
    return NewSpan(kind, " ".join(typed["name"].split()), first, last)


def _span_id(visit: Visit) -> UUID:
    span_id = visit.id("span_id")
    if span_id is None:
        raise SpanNotFoundError
    return span_id


async def _page(visit: Visit, refused: _Refused | None = None) -> web.StreamResponse:
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        calendar = await visit.desk.calendars.read(tx)
        school = await visit.desk.schools.get(tx)
    today, wanted = school_date(visit.desk.clock.now()), visit.request.query.get("edit", "")
    edited = next((one for one in calendar.spans if str(one.id) == wanted), None)
    after = school.absent_after.strftime("%H:%M") if school.absent_after else ""
    if refused and refused.form == "absent_after":
        after = refused.typed["absent_after"]
    is_span = refused is not None and refused.form == "span"
    return visit.page(
        "calendar.html",
        422 if refused else 200,
        calendar=calendar,
        coming=[one for one in calendar.spans if one.span.last_on >= today],
        over=[one for one in reversed(calendar.spans) if one.span.last_on < today],
        today=calendar.day(today),
        refused=refused,
        absent_after=after,
        typed=refused.typed if refused and is_span else _typed_of(edited),
        edited=refused.span_id if refused and is_span else edited.id if edited else None,
    )


def _typed_of(edited: Span | None) -> dict[str, str]:
    if edited is None:
        return dict.fromkeys(_TYPED, "")
    span = edited.span
    first, last = write_day(span.first_on), write_day(span.last_on)
    return {"kind": span.kind.value, "name": span.name, "first": first, "last": last}
