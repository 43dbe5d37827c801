"""What the answers slice speaks of: keys, passages, asked questions, clusters, previews. Pure.

No sentence of a passage is ever an instruction: it is text that somebody of the school wrote, quoted as such.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from core.answers.quota import Quota, Verdict
from core.errors import CoreError, NotFoundError, UnauthenticatedError

ApiKeyId = NewType("ApiKeyId", UUID)
PassageId = NewType("PassageId", UUID)
AskedId = NewType("AskedId", UUID)
PreviewId = NewType("PreviewId", UUID)

MOST_NAME = 80
MOST_TITLE, MOST_ANSWER, MOST_QUESTION, MOST_QUESTIONS = 160, 2_000, 300, 20
MOST_PER_MINUTE, MOST_PER_DAY = 10_000, 10_000_000


class ApiKeyError(UnauthenticatedError):
    """No key, an unknown one, a revoked one, or one of another school: one answer for all."""

    code = "answers.api_key"


class ApiKeyNotFoundError(NotFoundError):
    """No key of this school has this id."""

    code = "answers.api_key_not_found"


class BadApiKeyError(CoreError):
    """A key's name or quota will not do; `field` says which."""

    code = "answers.bad_api_key"
    http_status = 422


class QuotaExceededError(CoreError):
    """The key asked as often as it may; `retry_after` is in seconds."""

    code = "answers.quota_exceeded"
    http_status = 429
    retryable = True

    def __init__(self, quota: Quota, verdict: Verdict) -> None:
        super().__init__(retry_after=verdict.reset, window=verdict.window)
        self.headers = rate_headers(quota, verdict)


class PassageNotFoundError(NotFoundError):
    """No passage of this school has this id."""

    code = "answers.passage_not_found"


class BadPassageError(CoreError):
    """A passage cannot be kept as it is; `field` says where."""

    code = "answers.bad_passage"
    http_status = 422


class PreviewNotFoundError(NotFoundError):
    """No preview of this school has this id, or it is too old."""

    code = "answers.preview_not_found"


class ClusterNotFoundError(NotFoundError):
    """The group of questions is no longer there: somebody dealt with it, or it was grouped anew."""

    code = "answers.cluster_not_found"


class AskedNotFoundError(NotFoundError):
    """The question was not kept, or was forgotten."""

    code = "answers.asked_not_found"


class Scope(StrEnum):
    """What a key opens (phạm vi)."""

    ANSWERS = "answers"


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


class Rating(StrEnum):
    """What a person thought of an answer (đánh giá)."""

    UP = "up"
    DOWN = "down"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key for another program (khoá API). The secret itself is not known here; `hint` is how it begins."""

    id: ApiKeyId
    name: str
    hint: str
    scopes: frozenset[Scope]
    quota: Quota
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None
    used_today: int = 0
    refused_today: int = 0
    used_month: int = 0


@dataclass(frozen=True, slots=True)
class NewApiKey:
    """A key to issue (khoá mới)."""

    name: str
    quota: Quota = field(default_factory=lambda: Quota(60, 5_000))
    scopes: frozenset[Scope] = frozenset({Scope.ANSWERS})

    def __post_init__(self) -> None:
        if not 0 < len(self.name.strip()) <= MOST_NAME:
            raise BadApiKeyError(field="name")
        if not 0 < self.quota.per_minute <= MOST_PER_MINUTE:
            raise BadApiKeyError(field="per_minute")
        if not 0 < self.quota.per_day <= MOST_PER_DAY:
            raise BadApiKeyError(field="per_day")


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A key with its secret, which is shown once (khoá vừa cấp)."""

    key: ApiKey
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Admission:
    """A request that passed (lượt được nhận)."""

    key_id: ApiKeyId
    quota: Quota
    verdict: Verdict

    def headers(self) -> dict[str, str]:
        """What the caller is told of its quota."""
        return rate_headers(self.quota, self.verdict)


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


@dataclass(frozen=True, slots=True)
class AnswersState:
    """Where a school's answers stand (tình trạng): versions of the passages, and when questions were grouped."""

    version: int = 0
    loaded_version: int = 0
    loaded_at: datetime | None = None
    clusters_wanted_at: datetime | None = None
    clustered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AskedCounts:
    """What the last days were like (thống kê)."""

    answered: int = 0
    unanswered: int = 0
    liked: int = 0
    disliked: int = 0


def rate_headers(quota: Quota, verdict: Verdict) -> dict[str, str]:
    """The quota as the IETF draft "RateLimit header fields for HTTP" writes it.

    The window named is the one that ends the caller's quota first.
    """
    left = f'"{verdict.window}";r={verdict.remaining};t={verdict.reset}'
    policy = f'"minute";q={quota.per_minute};w=60, "day";q={quota.per_day};w=86400'
    return {"RateLimit-Policy": policy, "RateLimit": left}
