"""Thumbs and "chưa đúng" under an answer, by button or typed right after it. Staff see the question, not who asked."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from typing_extensions import override

from bot.flows.base import BACK, Exchange, Flow, Reaction
from bot.messages import Choice, Reply
from bot.texts.render import say
from core.answers.asked.domain import (
    AskedId,
    AskedNotFoundError,
    NewAsked,
    Rating,
)
from core.answers.asked.service import AskedQuestions
from core.conversations.domain import Said
from core.conversations.lines import CHANNEL
from core.db.transaction import Tx
from rag.guard.names import mask_for_keeping
from rag.values import Answer, Behaviour
from rag.vietnamese.forms import canonical

RATED = "rated"
"""The name under which a conversation's state keeps which answer a typed "chưa đúng" is about."""
_KEPT = frozenset({Behaviour.ANSWER, Behaviour.ABSTAIN})
_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class RatingFlow(Flow):
    """Notes what somebody thought of an answer."""

    asked: AskedQuestions

    @override
    async def react(self, tx: Tx, exchange: Exchange) -> Reaction:
        """`intent.argument` is the rating and the id of the answered turn."""
        word, _, turn = exchange.intent.argument.partition(":")
        state = exchange.turn.state
        try:
            rating = Rating(word)
            await self.asked.rate(tx, AskedId(UUID(turn)), rating)
        except (ValueError, AskedNotFoundError):
            return Reaction((Reply("rate.too_late"),), state)
        if rating is Rating.UP:
            return Reaction((Reply("rate.thanks"),), state)
        return Reaction((Reply("rate.noted", {}, (Choice("handover.yes"), BACK)),), state)


async def keep(asked: AskedQuestions, tx: Tx, exchange: Exchange, answer: Answer) -> None:
    """Keep the question, numbers and names masked, so that staff can learn what is missing."""
    if answer.behaviour not in _KEPT:
        return
    text = mask_for_keeping(canonical(exchange.intent.text[:_LONGEST]))
    passages = tuple(one.id for one in answer.citations)
    new = NewAsked(AskedId(exchange.turn.id), text, answer.behaviour.value, answer.confidence, passages)
    await asked.keep(tx, new)


def choices_for(exchange: Exchange, answer: Answer) -> tuple[Choice, ...]:
    """What can be said of an answer: three small buttons in the web chat, two where each takes a line."""
    if answer.behaviour is not Behaviour.ANSWER:
        return ()
    words = (
        (Rating.UP, Rating.DOWN, Rating.WRONG)
        if exchange.turn.channel == CHANNEL
        else (Rating.UP, Rating.WRONG)
    )
    locale = exchange.turn.locale
    return tuple(
        Choice(f"rate.{one.value}:{exchange.turn.id.hex}", say(f"choice.rate.{one.value}", {}, locale))
        for one in words
    )


def without_ratings(history: tuple[Said, ...]) -> tuple[Said, ...]:
    """What was said, less the thumbs: "vậy mất bao lâu?" goes on from the answer before them."""
    kept: list[Said] = []
    skip = False
    for said in history:
        if said.role == "user":
            skip = said.text in _LABELS or said.text.startswith("rate.")
        if not skip:
            kept.append(said)
    return tuple(kept)


_LABELS = frozenset(say(f"choice.rate.{one.value}", {}, locale) for one in Rating for locale in ("vi", "en"))
