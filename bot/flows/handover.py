"""Hands a conversation to a person of the school, and says nothing while that person answers.

An emergency also gives the numbers to call, at any hour. Outside the hours the bot says when somebody answers
and goes on helping until then; what is written meanwhile is kept for staff to read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from typing_extensions import override

from bot.flows.base import BACK, MAIN_MENU, Exchange, Flow, Reaction
from bot.intents import LEAVE_WORD, SMALL_TALK, Intent, Topic
from bot.messages import Choice, Reply
from core.conversations.desk.domain import DeskHours
from core.conversations.desk.service import HandoverDesk
from core.conversations.domain import FlowState, Handover, HandoverUrgency
from core.db.transaction import Tx
from rag.values import Behaviour

END = Choice("handover.end")
_NO_ANSWER = frozenset({Behaviour.ABSTAIN, Behaviour.HANDOVER, Behaviour.UNSAFE})
"""Also what looks unsafe: "cô ơi mai cháu Ánh xin nghỉ" is meant for a teacher, and only a teacher reads it."""
_TAKEN_BY_WORDS = frozenset({Topic.CHECKINS, Topic.FEES, Topic.TEACHER, Topic.HANDOVER})
"""Topics that a few words decide, whatever else the sentence says; leave looks for what is grave itself."""
_FEWEST = 3
_PASSED_ON = "passed_on"
_SENT = {"photo": "🖼", "voice": "🎤", "audio": "🎤", "video": "🎬", "sticker": "🙂"}


@dataclass(frozen=True, slots=True)
class HandoverFlow(Flow):
    """Opens, feeds and leaves hand-overs on behalf of the guardian."""

    desk: HandoverDesk

    @override
    async def react(self, tx: Tx, exchange: Exchange) -> Reaction:
        """Open a hand-over, or end it when its guardian says so."""
        intent, hours = exchange.intent, await self.desk.hours(tx)
        if intent.argument == "menu":
            choices = (Choice("handover.yes"), BACK)
            return Reaction((Reply("handover.offer", _when(hours, exchange.now), choices),))
        if intent.argument == "end":
            return await self._leave(tx, exchange)
        urgent = intent.topic is Topic.DANGER
        urgency = HandoverUrgency.EMERGENCY if urgent else HandoverUrgency.NORMAL
        reason = intent.argument or "asked"
        await self.desk.open(tx, exchange.turn.account_id, reason, urgency, _said(exchange))
        key = "emergency" if urgent else "angry" if reason == "angry" else "opened"
        reply = Reply(f"handover.{key}", _when(hours, exchange.now), (END,))
        return Reaction((reply,), FlowState("handover", choices=(END.code,)))

    async def may_hide_danger(self, tx: Tx, exchange: Exchange) -> bool:
        """Whether words that nobody will think about have to be looked at for danger first.

        A question is thought about anyway; what is said to staff, or what a rule took for something else, is not.
        """
        said, intent = exchange.message, exchange.intent
        if said.choice or said.link_code or intent.topic is Topic.DANGER or len(said.text.split()) < _FEWEST:
            return False
        if exchange.turn.with_staff:
            opened = await self.desk.find_open(tx, exchange.turn.account_id)
            return opened is not None and opened.urgency is not HandoverUrgency.EMERGENCY
        return intent.topic in _TAKEN_BY_WORDS

    async def react_while_open(self, tx: Tx, exchange: Exchange) -> Reaction | None:
        """What happens to a message while staff have the conversation; None when the bot should react."""
        if not exchange.turn.with_staff or _goes_through(exchange.intent):
            return None
        opened = await self.desk.find_open(tx, exchange.turn.account_id)
        if opened is None:
            return None
        if exchange.intent.topic is Topic.HANDOVER and exchange.intent.argument == "end":
            return await self._leave(tx, exchange)
        if not await self._is_silent(tx, opened, exchange.now):
            await self.desk.keep(tx, opened, _said(exchange))
            return None
        state = FlowState("handover", choices=(END.code,))
        if exchange.intent.topic is Topic.MENU and exchange.intent.argument not in SMALL_TALK:
            name = {"name": opened.taken_by or ""}
            return Reaction((Reply("handover.still_open", name, (END,)),), state)
        await self.desk.guardian_said(tx, opened, _said(exchange), exchange.message.file)
        return self._passed_on(exchange, opened, state)

    def _passed_on(self, exchange: Exchange, opened: Handover, state: FlowState) -> Reaction:
        """Who writes on in danger, and nobody has answered yet, reads once that it arrives."""
        told = exchange.turn.state.step == _PASSED_ON
        if opened.urgency is not HandoverUrgency.EMERGENCY or opened.taken_by is not None:
            return Reaction((), state)
        replies = () if told else (Reply("handover.passed_on", {}, (END,)),)
        return Reaction(replies, replace(state, step=_PASSED_ON))

    async def kept(self, tx: Tx, exchange: Exchange, behaviour: Behaviour) -> Reaction | None:
        """What to say while staff are expected and the bot itself has no answer: they will read it; else None."""
        if not exchange.turn.with_staff or behaviour not in _NO_ANSWER:
            return None
        hours = await self.desk.hours(tx)
        return Reaction((Reply("handover.kept", _when(hours, exchange.now), (END,)),), FlowState("handover"))

    async def is_silent_now(self, tx: Tx, exchange: Exchange) -> bool:
        """Whether staff have this conversation and the bot keeps out of it."""
        opened = await self.desk.find_open(tx, exchange.turn.account_id) if exchange.turn.with_staff else None
        return opened is not None and await self._is_silent(tx, opened, exchange.now)

    async def when(self, tx: Tx, exchange: Exchange) -> dict[str, object]:
        """The hours of the desk, for a sentence that says who answers when."""
        return _when(await self.desk.hours(tx), exchange.now)

    async def _is_silent(self, tx: Tx, opened: Handover, now: datetime) -> bool:
        """Whether a person speaks or is about to; at night, before anybody took it, the bot still helps."""
        if opened.taken_by is not None or opened.urgency is HandoverUrgency.EMERGENCY:
            return True
        return (await self.desk.hours(tx)).covers(now)

    async def _leave(self, tx: Tx, exchange: Exchange) -> Reaction:
        opened = await self.desk.find_open(tx, exchange.turn.account_id)
        if opened is not None:
            await self.desk.leave(tx, opened)
        return Reaction((Reply("handover.back", {}, MAIN_MENU),))


def _goes_through(intent: Intent) -> bool:
    """What does its own telling of staff: danger, and leave for a child; a yes or no after it is kept like the rest."""
    return intent.topic is Topic.DANGER or (intent.topic is Topic.LEAVE and intent.argument != LEAVE_WORD)


def _said(exchange: Exchange) -> tuple[str, str]:
    """The id and the words for staff: for a pressed button, what the guardian had asked before it."""
    turn, sent = exchange.turn, exchange.message.attachment
    if sent:
        return str(turn.id), f"{_SENT.get(sent, '📎')} {exchange.message.text}".strip()
    asked = [one.text for one in turn.history if one.role == "user"]
    by_button = not exchange.intent.text and asked
    return str(turn.id), f"{asked[-1]} → {turn.text}" if by_button else turn.text


def _when(hours: DeskHours, now: datetime) -> dict[str, object]:
    opening = hours.next_opening(now)
    return {
        "open_now": hours.covers(now),
        "opens": hours.opens.strftime("%H:%M"),
        "closes": hours.closes.strftime("%H:%M"),
        "next_day": opening.strftime("%d/%m"),
        "next_weekday": opening.weekday(),
        "days": hours.days,
    }
