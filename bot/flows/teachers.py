"""Who the homeroom teacher of a child is, for its guardian, and how the teacher is reached: by a message from here.

The school keeps no telephone number of its teachers, so none can be told.
"""

from __future__ import annotations

from dataclasses import dataclass

from typing_extensions import override

from bot.flows.base import BACK, Exchange, Flow, Reaction, chosen, link_first, other_children
from bot.messages import Choice, Reply
from core.db.transaction import Tx
from core.guardians.service import Guardians
from core.staff.service import StaffAccounts


@dataclass(frozen=True, slots=True)
class TeachersFlow(Flow):
    """Names the teachers of one's own children, of nobody else's."""

    guardians: Guardians
    staff: StaffAccounts

    @override
    async def react(self, tx: Tx, exchange: Exchange) -> Reaction:
        """One line per child, and the way to the teacher."""
        children = await self.guardians.children_of(tx, exchange.turn.account_id)
        if not children:
            return link_first()
        asked = chosen(children, exchange.intent)
        names = await self.staff.homeroom_teachers(tx, {one.student.class_id for one in asked})
        lines = [
            {
                "name": one.student.given_name,
                "class": one.class_name,
                "teachers": list(names.get(one.student.class_id, ())),
            }
            for one in asked
        ]
        choices = (Choice("handover.yes"), *other_children("teacher", children, asked), BACK)
        return Reaction((Reply("teacher.names", {"children": lines}, choices),))
