"""Questions that staff try before they publish. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NewType
from uuid import UUID

from core.answers.passages.domain import PassageId
from core.errors import NotFoundError

PreviewId = NewType("PreviewId", UUID)


class PreviewNotFoundError(NotFoundError):
    """No preview of this school has this id, or it is too old."""

    code = "answers.preview_not_found"


@dataclass(frozen=True, slots=True)
class PreviewAnswer:
    """How the bot would answer (câu trả lời thử); `sources` as a person reads them."""

    behaviour: str
    text: str
    sources: tuple[str, ...] = ()
    confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class Preview:
    """A question that staff try, perhaps with a draft (hỏi thử)."""

    id: PreviewId
    question: str = field(repr=False)
    passage_id: PassageId | None
    answer: PreviewAnswer | None
