"""What a school says itself. Pure.

No sentence of a passage is ever an instruction: it is text that somebody of the school wrote, quoted as such.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from core.errors import CoreError, NotFoundError

PassageId = NewType("PassageId", UUID)
MOST_TITLE, MOST_ANSWER, MOST_QUESTION, MOST_QUESTIONS = 160, 2_000, 300, 20


class PassageNotFoundError(NotFoundError):
    """No passage of this school has this id."""

    code = "answers.passage_not_found"


class BadPassageError(CoreError):
    """A passage cannot be kept as it is; `field` says where."""

    code = "answers.bad_passage"
    http_status = 422


class Kind(StrEnum):
    """Which form a passage was written in (loại nội dung)."""

    FREE = "free"
    HOURS = "hours"
    CONTACTS = "contacts"
    FEES = "fees"


class PassageStatus(StrEnum):
    """Whether parents are told a passage (trạng thái)."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a structured form: opening hours, a contact, a fee (dòng). Which cells it has, its kind says."""

    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewPassage:
    """What a member of staff wrote (nội dung mới): free text with the questions it answers, or a form's rows.

    Raises:
        BadPassageError: names the field that will not do.
    """

    title: str
    answer: str
    questions: tuple[str, ...] = ()
    effective_from: date | None = None
    effective_to: date | None = None
    kind: Kind = Kind.FREE
    rows: tuple[Row, ...] = ()

    def __post_init__(self) -> None:
        if not 0 < len(self.title.strip()) <= MOST_TITLE:
            raise BadPassageError(field="title", most=MOST_TITLE)
        if len(self.answer) > MOST_ANSWER or not (self.answer.strip() or self.rows):
            raise BadPassageError(field="answer", most=MOST_ANSWER)
        long = any(not 0 < len(one.strip()) <= MOST_QUESTION for one in self.questions)
        if long or len(self.questions) > MOST_QUESTIONS or (not self.questions and self.kind is Kind.FREE):
            raise BadPassageError(field="questions", most=MOST_QUESTIONS)
        if self.effective_from and self.effective_to and self.effective_to < self.effective_from:
            raise BadPassageError(field="effective_to")
        if len(self.rows) > MOST_QUESTIONS * 2 or any(
            len(c) > MOST_QUESTION for r in self.rows for c in r.cells
        ):
            raise BadPassageError(field="rows")


@dataclass(frozen=True, slots=True)
class SchoolPassage:
    """A passage of the school with its life (nội dung của trường)."""

    id: PassageId
    content: NewPassage
    status: PassageStatus
    author: str = field(repr=False)
    created_at: datetime
    updated_at: datetime
    revision: int

    def holds_on(self, day: date) -> bool:
        """Whether parents are told it on `day`: published and not ended (one that begins later says from when)."""
        ended = self.content.effective_to is not None and self.content.effective_to < day
        return self.status is PassageStatus.PUBLISHED and not ended
