"""Whether the children of the person who writes have come to school today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from typing_extensions import override

from bot.flows.base import BACK, Exchange, Flow, Reaction, chosen, link_first, other_children
from bot.flows.days import again_param, day_param
from bot.messages import Choice, Reply
from core.checkins.domain import CheckIn
from core.checkins.service import CheckIns
from core.consents.domain import Purpose, Standing
from core.consents.service import Consents
from core.contracts.checkin import Punctuality
from core.db.transaction import Tx
from core.guardians.domain import Child
from core.guardians.service import Guardians
from core.schools.calendar.domain import Calendar, Lessons
from core.schools.calendar.service import Calendars
from core.values.clock import SCHOOL_TIME
from core.values.ids import ChatAccountId


@dataclass(frozen=True, slots=True)
class CheckInsFlow(Flow):
    """Tells today's arrival of each child."""

    guardians: Guardians
    check_ins: CheckIns
    consents: Consents
    calendars: Calendars

    @override
    async def react(self, tx: Tx, exchange: Exchange) -> Reaction:
        """One line per child: when it came, or that nothing is recorded yet; a day without school is named."""
        children = await self.guardians.children_of(tx, exchange.turn.account_id)
        if not children:
            return link_first()
        day = await self.check_ins.day(tx)
        asked = chosen(children, exchange.intent)
        lines = [_line(child, day.arrivals.get(child.student_id)) for child in asked]
        others = other_children("checkins", children, asked)
        told = await is_told(tx, self.guardians, self.consents, exchange.turn.account_id, children)
        tell_me = () if told else (Choice("arrivals.yes"),)
        choices = (*others, *tell_me, Choice("menu.fees"), Choice("menu.school"), BACK)
        off = {} if day.arrivals else _day_off(await self.calendars.read(tx), day.on)
        return Reaction((Reply("checkins.today", {"children": lines, "off": off}, choices),))


async def is_told(
    tx: Tx, guardians: Guardians, consents: Consents, account_id: ChatAccountId, children: tuple[Child, ...]
) -> bool:
    """Whether the person is told of every child's arrival already, in the chat or on paper, and need not be asked."""
    for child in children:
        us = await guardians.guardians_behind(tx, account_id, child.student_id)
        own = await consents.own(tx, child.student_id, Purpose.ATTENDANCE_MESSAGES, us)
        if Standing.GIVEN not in own.values():
            return False
    return True


def _day_off(calendar: Calendar, on: date) -> dict[str, object]:
    """What to say of a day without lessons; when they go on only where the school wrote its calendar down."""
    day = calendar.day(on)
    if day.lessons is not Lessons.NO:
        return {}
    return day_param(day) | {"again": again_param(calendar, on) if calendar.is_told else None}


def _line(child: Child, arrival: CheckIn | None) -> dict[str, str]:
    line = {"name": child.full_name, "class": child.class_name, "time": "", "late": ""}
    if arrival is not None:
        line["time"] = arrival.observed_at.astimezone(SCHOOL_TIME).strftime("%H:%M")
        line["late"] = "yes" if arrival.punctuality is Punctuality.LATE else ""
    return line
