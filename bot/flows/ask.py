"""A question for the knowledge base. The answer is thought out with no transaction open, then told in one."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from bot.answers.ports import AnswersPort
from bot.flows.base import BACK, MAIN_MENU, Exchange, Reaction, link_first
from bot.flows.rating import RATED, choices_for, keep, without_ratings
from bot.folding import fold
from bot.intents import Intent, Topic
from bot.messages import Choice, Reply
from core.answers.asked.service import AskedQuestions
from core.conversations.domain import FlowState
from core.db.transaction import Tx
from core.guardians.service import Guardians
from rag.values import Answer, Behaviour, Citation, Question, Turn

_LABEL_MAX = 60
_REMEMBERED = 9
_OWN = tuple(Choice(code) for code in ("menu.fees", "menu.checkins", "menu.children", "handover.yes"))


@dataclass(frozen=True, slots=True)
class AskFlow:
    """Asks the answerer and turns its answer into replies."""

    answers: AnswersPort
    asked: AskedQuestions
    guardians: Guardians
    province: str | None = None

    async def think(self, exchange: Exchange) -> Answer:
        """The answer; called with no transaction open."""
        turn = exchange.turn
        history = tuple(Turn(said.role, said.text) for said in without_ratings(turn.history))
        return await self.answers.answer(Question(exchange.intent.text, history, turn.locale, self.province))

    async def look(self, exchange: Exchange) -> Exchange:
        """The same, or as one about danger; called with no transaction open."""
        text = exchange.message.text
        if not await self.answers.is_urgent(text):
            return exchange
        return replace(exchange, intent=Intent(Topic.DANGER, "danger", text))

    async def tell(self, tx: Tx, exchange: Exchange, answer: Answer) -> Reaction:
        """What to say about an answer; the question is kept for staff."""
        if _is_told_again(exchange, answer):
            unanswered = replace(answer, behaviour=Behaviour.ABSTAIN, citations=())
            await keep(self.asked, tx, exchange, unanswered)
            reply = Reply("ask.same", {}, (Choice("handover.yes"), BACK))
            return Reaction((reply,), FlowState("ask", data={RATED: exchange.turn.id.hex}))
        await keep(self.asked, tx, exchange, answer)
        if answer.behaviour is Behaviour.PERSONAL_DATA:
            return await self._personal(tx, exchange)
        suggested = {code_of(text): text for text in answer.suggestions}
        params: dict[str, Any] = {
            "text": answer.text,
            "behaviour": answer.behaviour.value,
            "citations": [citation_param(one) for one in answer.citations],
        }
        choices = tuple(Choice(f"q:{code}", _short(text)) for code, text in suggested.items())
        reply = Reply(
            "ask.answer", params, (*choices, *_next(answer.behaviour), *choices_for(exchange, answer))
        )
        questions = dict(list(suggested.items())[:_REMEMBERED])
        rated = exchange.turn.id.hex if answer.behaviour is Behaviour.ANSWER else ""
        return Reaction((reply,), FlowState("ask", data={"questions": questions, RATED: rated}))

    async def _personal(self, tx: Tx, exchange: Exchange) -> Reaction:
        """What the knowledge base does not tell: a guardian is shown where it stands, anybody else how to link."""
        if exchange.message.is_group:
            return Reaction((Reply("menu.private_only"),), FlowState("ask"))
        if not await self.guardians.children_of(tx, exchange.turn.account_id):
            return Reaction(link_first().replies, FlowState("ask"))
        return Reaction((Reply("ask.own", {}, (*_OWN, BACK)),), FlowState("ask"))


def _is_told_again(exchange: Exchange, answer: Answer) -> bool:
    """Whether another question would be told the very words that were just told."""
    said = without_ratings(exchange.turn.history)
    if answer.behaviour is not Behaviour.ANSWER or len(said) < len(("question", "answer")):
        return False
    asked, told = said[-2], said[-1]
    again = _words(asked.text) == _words(exchange.intent.text)
    return asked.role == "user" and told.role == "bot" and told.text == answer.text and not again


def _words(text: str) -> list[str]:
    """What is asked, without signs and numbers: "lớp 6?" and "lớp 7 ạ" may well have one answer."""
    return re.findall(r"[a-z]+", fold(text))


def code_of(question: str) -> str:
    """A short name for a suggested question, to put on a button."""
    return sha256(question.encode()).hexdigest()[:8]


def citation_param(citation: Citation) -> dict[str, str]:
    """A citation as JSON."""
    since = citation.effective_from.strftime("%d/%m/%Y") if citation.effective_from else ""
    law = ", ".join(part for part in (citation.source, citation.article) if part)
    return {"title": citation.title, "law": law, "since": since, "quote": citation.quote}


def _next(behaviour: Behaviour) -> tuple[Choice, ...]:
    if behaviour is Behaviour.GREETING:
        return MAIN_MENU
    if behaviour in {Behaviour.ABSTAIN, Behaviour.HANDOVER}:
        return (Choice("handover.yes"), BACK)
    return ()


def _short(text: str) -> str:
    return text if len(text) <= _LABEL_MAX else text[: _LABEL_MAX - 1].rstrip() + "…"
