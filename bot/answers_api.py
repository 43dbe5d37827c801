"""`POST /api/v1/answers`: the answerer for other programs, with the same OpenAPI habits as the core.

Nothing is remembered and nothing personal is looked up: it answers from the knowledge base only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.flows.ask import AnswersPort
from core.web.openapi import Api, Call, Operation
from core.web.problems import InvalidBodyError, MalformedJsonError
from rag.values import Answer, Question, Turn


class EarlierTurn(BaseModel):
    """One earlier sentence."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    role: Literal["user", "bot"]
    text: Annotated[str, Field(max_length=4000)]


class AnswerRequest(BaseModel):
    """A question with what was said before."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"question": "Làm mất học bạ thì phải làm gì?", "locale": "vi"}]},
    )

    question: Annotated[str, Field(min_length=1, max_length=4000)]
    history: Annotated[tuple[EarlierTurn, ...], Field(max_length=20)] = ()
    locale: Annotated[str, Field(pattern="^(vi|en)$")] = "vi"
    province: Annotated[str | None, Field(max_length=60)] = None


class CitationBody(BaseModel):
    """The passage an answer rests on."""

    id: str
    title: str
    source: str
    article: str
    effective_from: date | None
    quote: str
    confidence: str


class AnswerBody(BaseModel):
    """The answer, or an honest refusal: `behaviour` says which."""

    behaviour: str
    answer: str
    citations: tuple[CitationBody, ...]
    confidence: float
    suggestions: tuple[str, ...]
    urgent: bool
    ms: float


@dataclass(frozen=True, slots=True)
class AnswersApi:
    """The operations of the bot for programs."""

    answers: AnswersPort

    async def answer(self, call: Call[AnswerRequest]) -> AnswerBody:
        """Answer one question."""
        asked = call.body
        history = tuple(Turn(one.role, one.text) for one in asked.history)
        return _body(
            await self.answers.answer(Question(asked.question, history, asked.locale, asked.province))
        )

    def api(self) -> Api:
        """The declaration from which routes and document are made."""
        operation = Operation(
            "POST",
            "/answers",
            "Answer a question from the knowledge base",
            self.answer,
            AnswerBody,
            AnswerRequest,
            errors=(MalformedJsonError, InvalidBodyError),
            tag="answers",
        )
        return Api("Cổng Trường bot", "/api/v1", (operation,), description="Sourced answers for parents.")


def _body(answer: Answer) -> AnswerBody:
    citations = tuple(
        CitationBody(
            id=one.id,
            title=one.title,
            source=one.source,
            article=one.article,
            effective_from=one.effective_from,
            quote=one.quote,
            confidence=one.confidence.value,
        )
        for one in answer.citations
    )
    return AnswerBody(
        behaviour=answer.behaviour.value,
        answer=answer.text,
        citations=citations,
        confidence=answer.confidence,
        suggestions=answer.suggestions,
        urgent=answer.urgent,
        ms=answer.ms,
    )
