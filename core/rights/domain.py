"""A request about personal data: of which kind, until when it is answered, how it ended. Pure.

Law 91/2025/QH15, articles 4, 13, 14 and 24: the guardian exercises a child's rights; what cannot be deleted is
answered with the reason. Decree 356/2025/NĐ-CP, article 5(2): taking back and limiting within 15 days; the same
term is kept for the others (likely, not verified).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from core.errors import ConflictError, CoreError, NotFoundError
from core.values.clock import school_date
from core.values.ids import ChatAccountId, StudentId

TERM = timedelta(days=15)
EXPORT_LIFE = timedelta(hours=24)
MOST_OPENED = 20
MOST_TEXT = 1000
_ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"


class RequestNotFoundError(NotFoundError):
    """No request of this school has this id."""

    code = "rights.not_found"


class RequestAnsweredError(ConflictError):
    """The request has been answered already."""

    code = "rights.already_answered"


class AnswerMissingError(CoreError):
    """A refusal needs its reason in words."""

    code = "rights.answer_missing"
    http_status = 422


class ExportGoneError(CoreError):
    """A link to somebody's data is unknown, too old or was opened too often."""

    code = "rights.export_gone"
    http_status = 410


class Kind(StrEnum):
    """What is asked for (loại yêu cầu)."""

    VIEW = "view"
    CORRECT = "correct"
    DELETE = "delete"
    WITHDRAW = "withdraw"


class Status(StrEnum):
    """Where a request stands (tình trạng)."""

    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class NewRequest:
    """Somebody asks (yêu cầu mới)."""

    kind: Kind
    student_id: StudentId
    actor: str
    account_id: ChatAccountId | None = None
    text: str = field(repr=False, default="")


@dataclass(frozen=True, slots=True)
class DataRequest:
    """A request about personal data (yêu cầu về dữ liệu cá nhân)."""

    id: UUID
    number: str
    kind: Kind
    student_id: StudentId
    account_id: ChatAccountId | None
    text: str = field(repr=False)
    status: Status
    opened_at: datetime
    due_on: date
    answered_at: datetime | None
    answer: str = field(repr=False)

    def overdue(self, now: datetime) -> bool:
        """Whether the term has passed without an answer."""
        return self.status is Status.OPEN and school_date(now) > self.due_on

    def days_left(self, now: datetime) -> int:
        """Days until the term ends; negative when it has passed."""
        return (self.due_on - school_date(now)).days


def fresh_number() -> str:
    """What stands on the receipt."""
    return "YC-" + "".join(secrets.choice(_ALPHABET) for _ in range(6))
