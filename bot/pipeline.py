"""From an inbox event to replies: open the turn, route, let a flow react, and commit everything at once.

The replies, the state, the closed turn and the completed event are one transaction, so a worker that dies leaves
either all of it or nothing. The one thing thought out before is an answer of the knowledge base, with no
transaction open.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import structlog

from bot.flows.approvals import ApprovalFlow
from bot.flows.ask import AskFlow
from bot.flows.base import BACK, Exchange, Flow, Reaction
from bot.flows.days import DaysFlow
from bot.flows.gate import GateFlow
from bot.flows.handover import HandoverFlow
from bot.flows.menu import beside_what_was_sent
from bot.flows.rating import keep
from bot.flows.staff import StaffFlow
from bot.intents import ENDED, PRIVATE, Intent, Topic
from bot.messages import Choice, InboundMessage, Reply
from bot.pausing import carry, left_flow
from bot.router import route
from bot.texts.render import render
from core.conversations.domain import Closing, Turn
from core.conversations.service import Conversations
from core.db.transaction import Database, Tx
from core.errors import CoreError
from core.inbox.domain import InboxEvent, LeaseLostError
from core.inbox.service import Inbox
from core.notifications.domain import NewNotification, Recipient, Urgency
from core.notifications.service import Notifications
from core.values.clock import Clock
from rag.understanding.language import is_english
from rag.values import Answer

log = structlog.get_logger(__name__)
APOLOGISE_AT = 4
"""From this attempt on an unknown error is answered with an apology instead of another silent try."""

Receive = Callable[[InboxEvent], InboundMessage | None]


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Handles the events of every chat channel."""

    database: Database
    inbox: Inbox
    notifications: Notifications
    conversations: Conversations
    clock: Clock
    receive: Mapping[str, Receive]
    flows: Mapping[Topic, Flow]
    ask: AskFlow
    handover: HandoverFlow
    staff: StaffFlow
    gate: GateFlow
    approvals: ApprovalFlow
    days: DaysFlow

    async def handle(self, event: InboxEvent) -> None:
        """Answer one event; called by the inbox worker with no transaction open."""
        message = self.receive[event.source](event)
        if message is None:
            return
        try:
            await self._answer(event, message)
        except LeaseLostError:
            raise
        except CoreError as error:
            if error.retryable and event.attempt < APOLOGISE_AT:
                raise
            await self._apologise(event, message, Reply(f"error.{error.code}", error.params, (BACK,)))
        except Exception:
            if event.attempt < APOLOGISE_AT:
                raise
            log.exception("pipeline_failed", event=str(event.id), source=event.source)
            await self._apologise(event, message, Reply("error.unknown", {"id": event.id.hex[-8:]}, (BACK,)))

    async def _answer(self, event: InboxEvent, message: InboundMessage) -> None:
        async with self.database.transaction(event.school_id) as tx:
            if message.moved_to:
                await self.staff.desk.chats.move(tx, message.channel, message.chat_id, message.moved_to)
                await self.inbox.complete(tx, event)
                return
            told = await self.approvals.react(tx, message)
            told = await self.gate.react(tx, message) if told is None else told
            told = await self.staff.react(tx, message) if told is None else told
            if told is not None:
                await self.notifications.enqueue(tx, *told)
                await self.inbox.complete(tx, event)
                return
            exchange = await self._open(tx, message)
            if exchange.turn.closed:
                await self.inbox.complete(tx, event)
                return
            doubtful = await self.handover.may_hide_danger(tx, exchange)
            if not doubtful and await self._settled(tx, event, exchange):
                return
        if doubtful:
            exchange = await self.ask.look(exchange)
            async with self.database.transaction(event.school_id) as tx:
                if await self._settled(tx, event, exchange):
                    return
        answer = await self.ask.think(exchange)
        async with self.database.transaction(event.school_id) as tx:
            await self._finish(tx, event, exchange, await self._told(tx, exchange, answer))

    async def _open(self, tx: Tx, message: InboundMessage) -> Exchange:
        said = message.text or message.choice or message.attachment or "…"
        # Whoever writes opens the window of channels that have one: what waited for that may go.
        await self.notifications.resume(tx, Recipient(message.channel, message.chat_id))
        turn = await self.conversations.open_turn(
            tx, message.channel, message.chat_id, message.message_id, said
        )
        exchange = Exchange(message, turn, route(message, turn.state), self.clock.now())
        if exchange.intent.topic is Topic.DAYS and not await self.days.knows(tx, exchange):
            return replace(exchange, intent=route(message, turn.state, days=False))
        return exchange

    async def _settled(self, tx: Tx, event: InboxEvent, exchange: Exchange) -> bool:
        """Answer what needs no thought; False for a question that does."""
        reaction = await self._react(tx, exchange)
        if reaction is not None:
            await self._finish(tx, event, exchange, reaction)
        return reaction is not None

    async def _react(self, tx: Tx, exchange: Exchange) -> Reaction | None:
        """The reaction, or None for a question that has to be thought about."""
        taken = await self.handover.react_while_open(tx, exchange)
        if taken is not None or exchange.intent.topic is Topic.ASK:
            return taken
        if exchange.message.is_group and exchange.intent.topic in PRIVATE:
            return Reaction((Reply("menu.private_only"),), exchange.turn.state)
        intent = exchange.intent
        reaction = await self.flows[intent.topic].react(tx, exchange)
        if intent.also is None:
            return reaction
        more = await self.flows[intent.also].react(
            tx, replace(exchange, intent=Intent(intent.also, text=intent.text))
        )
        return _both(reaction, more)

    async def _told(self, tx: Tx, exchange: Exchange, answer: Answer) -> Reaction:
        if answer.urgent:
            danger = replace(exchange, intent=Intent(Topic.DANGER, "danger", exchange.intent.text))
            return await self.handover.react(tx, danger)
        kept = await self.handover.kept(tx, exchange, answer.behaviour)
        if kept is not None:
            await keep(self.ask.asked, tx, exchange, answer)  # staff learn what is missing all the same
            return kept
        if not answer.wants_person:
            return beside_what_was_sent(exchange, await self.ask.tell(tx, exchange, answer))
        # Such a message is for a person of the school: it is passed on here.
        asked = replace(exchange, intent=Intent(Topic.HANDOVER, "asked", exchange.intent.text))
        opened = await self.handover.react(tx, asked)
        if not answer.parts:
            return opened
        told = await self.ask.tell(tx, exchange, answer)
        first = tuple(replace(reply, choices=()) for reply in told.replies)
        return replace(opened, replies=(*first, *opened.replies))

    async def _finish(self, tx: Tx, event: InboxEvent, exchange: Exchange, reaction: Reaction) -> None:
        turn = exchange.turn
        replies = reaction.replies
        if replies and not turn.introduced and replies[0].key != "bot.introduction":
            replies = (Reply("bot.introduction"), *replies)
        # Who writes English reads it, also before anything was set.
        spoken = "en" if is_english(exchange.message.text) else turn.locale
        locale = reaction.locale or spoken
        state = reaction.state
        intent = exchange.intent
        to_menu = intent.topic is Topic.MENU and intent.argument in {"", ENDED}
        state = carry(turn.state, intent.topic, state, to_menu=to_menu)
        replies = _with_way_back(replies, left_flow(state))
        if replies and replies[-1].choices:
            state = replace(state, choices=tuple(choice.code for choice in replies[-1].choices))
        answered = "\n".join(render(one.key, _params(one, locale), locale).text for one in reaction.replies)
        closing = Closing(answered, exchange.intent.topic.value, state, reaction.locale)
        await self.conversations.close_turn(tx, turn, closing)
        told = tuple(_notification(turn, number, reply, locale) for number, reply in enumerate(replies))
        await self.notifications.enqueue(tx, *told, *reaction.also)
        await self.inbox.complete(tx, event)

    async def _apologise(self, event: InboxEvent, message: InboundMessage, reply: Reply) -> None:
        async with self.database.transaction(event.school_id) as tx:
            exchange = await self._open(tx, message)
            await self._finish(tx, event, exchange, Reaction((reply,), exchange.turn.state))


def _both(one: Reaction, other: Reaction) -> Reaction:
    """Two reactions told after one another, with the choices of the last; what both say is said once."""
    if {reply.key for reply in one.replies} == {reply.key for reply in other.replies}:
        return other
    first = tuple(replace(reply, choices=()) for reply in one.replies)
    return replace(other, replies=(*first, *other.replies), also=(*one.also, *other.also))


def _with_way_back(replies: tuple[Reply, ...], left: str) -> tuple[Reply, ...]:
    """The replies, with a choice to go on with the flow that was left."""
    if not replies or not left:
        return replies
    last = replies[-1]
    return (*replies[:-1], replace(last, choices=(*last.choices, Choice(f"flow.resume:{left}"))))


def _params(reply: Reply, locale: str) -> dict[str, object]:
    choices = [choice.as_param() for choice in reply.choices]
    return {**reply.params, "choices": choices, "locale": locale}


def _notification(turn: Turn, number: int, reply: Reply, locale: str) -> NewNotification:
    return NewNotification(
        Recipient(turn.channel, turn.address),
        reply.key,
        _params(reply, locale),
        f"reply:{turn.id}:{number}",
        Urgency.REPLY,
    )
