"""Whether the children of the person who writes have come to school today."""

from __future__ import annotations

from dataclasses import dataclass

from typing_extensions import override

from bot.flows.base import BACK, Exchange, Flow, Reaction, chosen, link_first, other_children
from bot.messages import Choice, Reply
from core.checkins.domain import CheckIn
from core.checkins.service import CheckIns
from core.contracts.checkin import Punctuality
from core.db.transaction import Tx
from core.guardians.domain import Child
from core.guardians.service import Guardians
from core.values.clock import SCHOOL_TIME


@dataclass(frozen=True, slots=True)
class CheckInsFlow(Flow):
    """Tells today's arrival of each child."""

    guardians: Guardians
    check_ins: CheckIns

    @override
    async def react(self, tx: Tx, exchange: Exchange) -> Reaction:
        """One line per child: when it came, or that nothing is recorded yet."""
        children = await self.guardians.children_of(tx, exchange.turn.account_id)
        if not children:
            return link_first("checkins")
        day = await self.check_ins.day(tx)
        asked = chosen(children, exchange.intent)
        lines = [_line(child, day.arrivals.get(child.student_id)) for child in asked]
        others = other_children("checkins", children, asked)
        choices = (*others, Choice("menu.fees"), Choice("menu.school"), BACK)
        return Reaction((Reply("checkins.today", {"children": lines}, choices),))


def _line(child: Child, arrival: CheckIn | None) -> dict[str, str]:
    line = {"name": child.full_name, "class": child.class_name, "time": "", "late": ""}
    if arrival is not None:
        line["time"] = arrival.observed_at.astimezone(SCHOOL_TIME).strftime("%H:%M")
        line["late"] = "yes" if arrival.punctuality is Punctuality.LATE else ""
    return line
