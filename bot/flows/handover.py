"""Hands a conversation to a person of the school, and says nothing while that person answers.

An emergency also gives the numbers to call. Staff are told in their group, when one is set, and always see the
open hand-overs in the console. What staff write in the group reaches the guardian from here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, time

from typing_extensions import override

from bot.flows.base import BACK, MAIN_MENU, Exchange, Flow, Reaction
from bot.messages import Choice, InboundMessage, Reply
from bot.router import Topic
from core.conversations.domain import FlowState, Handover, HandoverNotFoundError, HandoverUrgency
from core.conversations.handovers import Handovers
from core.conversations.service import Conversations
from core.db.transaction import Tx
from core.notifications.domain import NewNotification, Recipient, Urgency
from core.values.clock import SCHOOL_TIME

_STAFF_COMMAND = re.compile(r"^\s*#([0-9a-fA-F]{6})\s+(\S[\s\S]*)$")
_DONE = frozenset({"xong", "done", "đóng", "dong", "kết thúc", "ket thuc"})
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """When staff answer (giờ làm việc), Monday to Friday, and Saturday morning when `saturday`."""

    opens: time = time(7, 0)
    closes: time = time(17, 0)
    saturday: bool = False

    def covers(self, instant: datetime) -> bool:
        """Whether somebody is there at `instant`."""
        local = instant.astimezone(SCHOOL_TIME)
        day_counts = local.weekday() < _SATURDAY or (self.saturday and local.weekday() == _SATURDAY)
        return day_counts and self.opens <= local.time() < self.closes


@dataclass(frozen=True, slots=True)
class HandoverFlow(Flow):
    """Opens, feeds and ends hand-overs."""

    handovers: Handovers
    conversations: Conversations
    staff_group: Recipient | None = None
    hours: OfficeHours = field(default_factory=OfficeHours)

    @override
    async def react(self, tx: Tx, exchange: Exchange) -> Reaction:
        """Open a hand-over, or end it when its guardian says so."""
        intent = exchange.intent
        if intent.argument == "menu":
            return Reaction(
                (Reply("handover.offer", self._when(exchange.now), (Choice("handover.yes"), BACK)),)
            )
        if intent.argument == "end":
            return await self._end(tx, exchange)
        urgent = intent.topic is Topic.DANGER
        urgency = HandoverUrgency.EMERGENCY if urgent else HandoverUrgency.NORMAL
        opened = await self.handovers.open(tx, exchange.turn.account_id, intent.argument or "asked", urgency)
        key = (
            "handover.emergency"
            if urgent
            else f"handover.{'angry' if intent.argument == 'angry' else 'opened'}"
        )
        reply = Reply(key, self._when(exchange.now), (Choice("handover.end"),))
        return Reaction(
            (reply,), FlowState("handover"), also=self._alert(opened, exchange, "handover.staff_alert")
        )

    async def react_while_open(self, tx: Tx, exchange: Exchange) -> Reaction | None:
        """What happens to a message while staff have the conversation; None when they do not."""
        opened = await self.handovers.find_open(tx, exchange.turn.account_id)
        if opened is None or exchange.intent.argument == "end" or exchange.intent.topic is Topic.DANGER:
            return None
        state = FlowState("handover", choices=("handover.end",))
        if exchange.intent.topic is Topic.MENU:
            return Reaction((Reply("handover.still_open", _who(opened), (Choice("handover.end"),)),), state)
        also = self._alert(opened, exchange, "handover.guardian_said")
        return Reaction((), state, also=also)

    async def from_staff(self, tx: Tx, message: InboundMessage) -> tuple[NewNotification, ...]:
        """What a message in the staff group causes: `#A1B2C3 text` answers, `#A1B2C3 xong` ends.

        Anything else in the group is not meant for the bot.

        Raises:
            HandoverNotFoundError: when no open hand-over has that code.
            HandoverTakenError: when another member of staff answers already.
        """
        command = _STAFF_COMMAND.match(message.text)
        if not command:
            return ()
        code, text = command.group(1).upper(), command.group(2).strip()
        opened = next((one for one in await self.handovers.list_open(tx) if code_of(one) == code), None)
        if opened is None:
            raise HandoverNotFoundError
        to = await self.conversations.recipient_of(tx, opened.account_id)
        dedupe = f"staff:{message.channel}:{message.message_id}"
        if text.lower() in _DONE:
            await self.handovers.close(tx, opened.account_id)
            return (NewNotification(to, "handover.ended", _choices(MAIN_MENU), dedupe, Urgency.REPLY),)
        name = message.staff_name or "Nhà trường"
        await self.handovers.take(tx, opened.account_id, name)
        params = {"name": name, "text": text} | _choices((Choice("handover.end"),))
        return (NewNotification(to, "handover.staff_said", params, dedupe, Urgency.REPLY),)

    async def _end(self, tx: Tx, exchange: Exchange) -> Reaction:
        if await self.handovers.find_open(tx, exchange.turn.account_id) is not None:
            await self.handovers.close(tx, exchange.turn.account_id)
        return Reaction((Reply("handover.ended", {}, MAIN_MENU),))

    def _when(self, now: datetime) -> dict[str, object]:
        return {
            "open_now": self.hours.covers(now),
            "opens": self.hours.opens.strftime("%H:%M"),
            "closes": self.hours.closes.strftime("%H:%M"),
        }

    def _alert(self, opened: Handover, exchange: Exchange, key: str) -> tuple[NewNotification, ...]:
        if self.staff_group is None:
            return ()
        urgent = opened.urgency is HandoverUrgency.EMERGENCY
        params = {
            "code": code_of(opened),
            "text": exchange.turn.text,
            "urgent": urgent,
            "reason": opened.reason,
        }
        urgency = Urgency.EMERGENCY if urgent else Urgency.REPLY
        return (NewNotification(self.staff_group, key, params, f"handover:{exchange.turn.id}", urgency),)


def code_of(opened: Handover) -> str:
    """The six characters under which staff answer a hand-over."""
    return opened.id.hex[-6:].upper()


def _who(opened: Handover) -> dict[str, object]:
    return {"name": opened.taken_by or ""}


def _choices(choices: tuple[Choice, ...]) -> dict[str, object]:
    return {"choices": [choice.as_param() for choice in choices]}
