"""Questions that were asked, and groups of those not answered well. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from core.errors import NotFoundError

AskedId = NewType("AskedId", UUID)


class ClusterNotFoundError(NotFoundError):
    """The group of questions is no longer there: somebody dealt with it, or it was grouped anew."""

    code = "answers.cluster_not_found"


class AskedNotFoundError(NotFoundError):
    """The question was not kept, or was forgotten."""

    code = "answers.asked_not_found"


class Rating(StrEnum):
    """What a person thought of an answer (đánh giá)."""

    UP = "up"
    DOWN = "down"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class NewAsked:
    """A question that the knowledge base was asked, masked by the caller (câu đã hỏi)."""

    id: AskedId
    text: str = field(repr=False)
    behaviour: str
    confidence: float
    passage_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """A kept question with what came of it (câu đã hỏi)."""

    id: AskedId
    text: str = field(repr=False)
    behaviour: str
    rating: Rating | None
    asked_at: datetime

    @property
    def liked(self) -> bool:
        """Whether somebody said that the answer was right."""
        return self.rating is Rating.UP


@dataclass(frozen=True, slots=True)
class Cluster:
    """Questions that mean the same and were not answered well (nhóm câu hỏi). Named by its middle question."""

    id: AskedId
    members: tuple[AskedId, ...]

    @property
    def size(self) -> int:
        """How many questions."""
        return len(self.members)


@dataclass(frozen=True, slots=True)
class ShownCluster:
    """A cluster as staff read it, newest examples first (nhóm câu hỏi)."""

    id: AskedId
    size: int
    newest_at: datetime
    unanswered: int
    disliked: int
    examples: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class AskedCounts:
    """What the last days were like (thống kê)."""

    answered: int = 0
    unanswered: int = 0
    liked: int = 0
    disliked: int = 0
