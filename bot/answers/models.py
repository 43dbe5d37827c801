"""What goes in and out of `POST /api/v1/answers`, and how an answer becomes it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from rag.values import Answer, Behaviour, Citation, Confidence, Question, Turn

QUESTION_MAX, HISTORY_MAX, EARLIER_MAX, PROVINCE_MAX = 2_000, 20, 4_000, 60


class EarlierTurn(BaseModel):
    """One earlier sentence of the same conversation."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    role: Literal["user", "bot"]
    text: Annotated[str, Field(max_length=EARLIER_MAX)]


class AnswerRequest(BaseModel):
    """A question with what was said before."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    question: Annotated[
        str, Field(min_length=1, max_length=QUESTION_MAX, description="As the person typed it.")
    ]
    history: Annotated[
        tuple[EarlierTurn, ...],
        Field(max_length=HISTORY_MAX, description="Oldest first; lets a short follow-up be understood."),
    ] = ()
    locale: Annotated[
        str, Field(pattern="^(vi|en)$", description="English asked is English answered anyway.")
    ] = "vi"
    province: Annotated[
        str | None,
        Field(max_length=PROVINCE_MAX, description="Opens the rules of that province, such as “Đồng Nai”."),
    ] = None
    stream: Annotated[bool, Field(description="Server-sent events, as with `Accept: text/event-stream`.")] = (
        False
    )

    def as_question(self, province: str | None) -> Question:
        """The question for the answerer; `province` is the school's own, where the caller names none."""
        history = tuple(Turn(one.role, one.text) for one in self.history)
        return Question(self.question, history, self.locale, self.province or province)


class CitationBody(BaseModel):
    """A passage that the answer rests on, with words quoted from it."""

    id: str
    title: str
    source: Annotated[str, Field(description="The law or, for the school's own, “Nhà trường, ngày …”.")]
    article: str
    effective_from: date | None
    quote: str
    confidence: Annotated[
        Confidence,
        Field(description="V1 read in the text, V2 second hand, K known, U unsure (never asserted)."),
    ]


class AnswerBody(BaseModel):
    """The answer, or an honest refusal: `behaviour` says which."""

    behaviour: Annotated[
        Behaviour,
        Field(
            description="`handover`: a person should answer; the caller passes it on, this operation tells nobody."
        ),
    ]
    answer: Annotated[str, Field(description="Whole text, with the numbered list of sources.")]
    citations: tuple[CitationBody, ...]
    confidence: Annotated[
        float, Field(ge=0, le=1, description="Calibrated: how likely the cited passage answers.")
    ]
    suggestions: Annotated[tuple[str, ...], Field(description="Questions near this one.")]
    urgent: Annotated[
        bool,
        Field(description="A person must look at once (a missing child, violence): the caller tells them."),
    ]
    ms: Annotated[float, Field(description="Milliseconds of thinking.")]


def citation_body(one: Citation) -> CitationBody:
    """A citation as the API tells it."""
    return CitationBody(
        id=one.id,
        title=one.title,
        source=one.source,
        article=one.article,
        effective_from=one.effective_from,
        quote=one.quote,
        confidence=one.confidence,
    )


def answer_body(answer: Answer) -> AnswerBody:
    """An answer as the API tells it."""
    return AnswerBody(
        behaviour=answer.behaviour,
        answer=answer.text,
        citations=tuple(citation_body(one) for one in answer.citations),
        confidence=answer.confidence,
        suggestions=answer.suggestions,
        urgent=answer.urgent,
        ms=answer.ms,
    )
