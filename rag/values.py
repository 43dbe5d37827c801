"""What goes in and out of `rag`: passages, questions, answers. Frozen, without behaviour of their own.

Dates are calendar dates in Vietnam; texts are canonical (see `rag.vietnamese.forms.canonical`) once in a `Passage`.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal

SCHOOL_PREFIX = "school:"
"""What the id of every passage of a school's own begins with, so that none can displace one of the law."""


class Behaviour(StrEnum):
    """What the answerer decided to do with a message: cách xử lý."""

    ANSWER = "answer"
    ABSTAIN = "abstain"
    PERSONAL_DATA = "personal_data"
    HANDOVER = "handover"
    UNSAFE = "unsafe"
    GREETING = "greeting"


class Confidence(StrEnum):
    """How well a fact was checked: độ tin cậy (V1 read in the text, V2 second hand, K known, U unsure)."""

    V1 = "V1"
    V2 = "V2"
    K = "K"
    U = "U"


class Status(StrEnum):
    """Where a passage stands in time and place: hiệu lực."""

    CURRENT = "cur"
    SUPERSEDED = "sup"
    FUTURE = "fut"
    LOCAL = "loc"
    PLAN = "plan"


@dataclass(frozen=True, slots=True)
class KnownQuestion:
    """A question somebody wrote for a passage, with its answers: câu hỏi mẫu."""

    id: str
    text: str
    answers: tuple[str, ...] = ()
    is_impossible: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """One dated, sourced piece of knowledge: đoạn kiến thức.

    `since` is the start as readers see it ("ngày 01/07/2024", "tháng 9/2029", "năm 2026"): some sources name no day.
    One that `refuses` tells that the bot gives something to nobody: who may want that is refused, not informed.
    """

    id: str
    title: str
    text: str
    topic: str = ""
    source: str = ""
    article: str = ""
    effective_from: date | None = None
    effective_to: date | None = None
    since: str = ""
    province: str | None = None
    confidence: Confidence = Confidence.V1
    status: Status = Status.CURRENT
    answer: str = ""
    corrected_by: tuple[str, ...] = ()
    fact_ids: tuple[str, ...] = ()
    procedure_id: str | None = None
    refuses: bool = False
    questions: tuple[KnownQuestion, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier sentence of the conversation: lượt thoại."""

    role: Literal["user", "bot"]
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """What a person asks now, with what was said before: câu hỏi.

    `locale` is a language tag ("vi", "en"); `province` a province name when the school knows it.
    """

    text: str
    history: tuple[Turn, ...] = ()
    locale: str = "vi"
    province: str | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """The passage an answer rests on, with the words quoted from it: trích dẫn."""

    id: str
    title: str
    source: str
    article: str
    effective_from: date | None
    quote: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Answer:
    """What to tell the person, and why: câu trả lời.

    `confidence` is the calibrated probability (0..1) that the cited passage answers the question; `ms` is wall time;
    `urgent` asks for a human at once (a missing child, violence).
    """

    behaviour: Behaviour
    text: str
    citations: tuple[Citation, ...] = ()
    confidence: float = 0.0
    suggestions: tuple[str, ...] = ()
    ms: float = 0.0
    urgent: bool = False
    parts: tuple["Answer", ...] = field(default=(), repr=False)

    @property
    def wants_person(self) -> bool:
        """Whether a person of the school should answer this message, or a part of it."""
        return any(one.behaviour is Behaviour.HANDOVER for one in (self, *self.parts))
