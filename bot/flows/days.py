"""Answers "mai có học không", "khi nào đi học lại", "lịch nghỉ Tết" from the school's own calendar, and nothing else.

What the calendar does not tell, a Saturday nobody spoke of or days off that nobody wrote down, is no answer of this
flow: the question goes on as if the flow were not there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from typing_extensions import override

from bot.flows.base import BACK, Exchange, Flow, Reaction
from bot.folding import fold
from bot.messages import Choice, Reply
from bot.schooldays import AGAIN, ON, holiday_of, read_day
from core.db.transaction import Tx
from core.schools.calendar.domain import Calendar, Day, Lessons, NewSpan, SpanKind
from core.schools.calendar.service import Calendars
from core.values.clock import school_date

_MOST = 12


@dataclass(frozen=True, slots=True)
class DaysFlow(Flow):
    """Tells what the school wrote down of its days."""

    calendars: Calendars

    async def knows(self, tx: Tx, exchange: Exchange) -> bool:
        """Whether the school's calendar answers this."""
        return await self._answer(tx, exchange) is not None

    @override
    async def react(self, tx: Tx, exchange: Exchange) -> Reaction:
        """The answer; only called when there is one."""
        reply = await self._answer(tx, exchange)
        assert reply is not None, "the pipeline asked before"
        return Reaction((reply,))

    async def _answer(self, tx: Tx, exchange: Exchange) -> Reply | None:
        calendar, today = await self.calendars.read(tx), school_date(exchange.now)
        if not calendar.is_told:
            return None
        folded, asked = fold(exchange.intent.text), exchange.intent.argument
        if asked == ON:
            on = read_day(folded, today, is_bare=True)
            return _of_day(calendar, on, today) if on else None
        wanted = holiday_of(folded)
        if asked == AGAIN and calendar.day(today).lessons is Lessons.NO:
            return _again(calendar, today)
        spans = [one for one in calendar.coming(today) if _is_meant(one, wanted)]
        return _listed(calendar, spans[:_MOST]) if any(one.kind is SpanKind.OFF for one in spans) else None


def day_param(day: Day) -> dict[str, Any]:
    """A day as a sentence needs it."""
    return {"weekday": day.on.weekday(), "date": f"{day.on:%d/%m}", "name": day.name, "is_own": day.is_own}


def again_param(calendar: Calendar, after: date) -> dict[str, Any] | None:
    """When lessons go on, as a sentence needs it; None when that is not certain."""
    again = calendar.lessons_again(after)
    return {"weekday": again.weekday(), "date": f"{again:%d/%m}"} if again else None


def _of_day(calendar: Calendar, on: date, today: date) -> Reply | None:
    day = calendar.day(on)
    if day.lessons is Lessons.UNKNOWN:
        return None
    params = {
        "day": day_param(day),
        "ahead": (on - today).days,
        "has_lessons": day.lessons is Lessons.YES,
        "again": again_param(calendar, on) if day.lessons is Lessons.NO else None,
    }
    return Reply("days.day", params, _NEXT)


def _again(calendar: Calendar, today: date) -> Reply | None:
    again = again_param(calendar, today)
    return Reply("days.again", {"again": again}, _NEXT) if again else None


def _listed(calendar: Calendar, spans: list[NewSpan]) -> Reply:
    listed = [
        {
            "name": one.name,
            "is_off": one.kind is SpanKind.OFF,
            "first": {"weekday": one.first_on.weekday(), "date": f"{one.first_on:%d/%m/%Y}"},
            "last": {"weekday": one.last_on.weekday(), "date": f"{one.last_on:%d/%m/%Y}"}
            if one.last_on != one.first_on
            else None,
            "again": again_param(calendar, one.last_on) if one.kind is SpanKind.OFF else None,
        }
        for one in spans
    ]
    return Reply("days.list", {"spans": listed}, _NEXT)


def _is_meant(span: NewSpan, wanted: frozenset[str]) -> bool:
    """Whether the words of the question name this entry; no words name them all."""
    years = {str(span.first_on.year), str(span.last_on.year)}
    return wanted - years <= set(fold(span.name).split())


_NEXT = (Choice("menu.ask"), Choice("menu.school"), BACK)
