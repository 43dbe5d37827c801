"""An announcement: its audience, its state, and who may do what with it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from core.errors import ConflictError, CoreError, NotFoundError
from core.notifications.domain import DeliveryReport

TITLE_MAX, TEXT_MAX = 100, 1500
"""Zalo takes 2,000 characters; the rest is for the school's name and the frame."""
LATEST_START = timedelta(days=60)
STALE_AFTER = timedelta(days=3)
"""An announcement that could not be delivered for so long is not delivered any more."""


class BroadcastNotFoundError(NotFoundError):
    """No announcement of this school has this id."""

    code = "broadcasts.not_found"


class BadBroadcastError(CoreError):
    """A title, a text, an audience or a time will not do; `field` says which."""

    code = "broadcasts.bad_field"
    http_status = 422


class BroadcastStateError(ConflictError):
    """It is not in a state in which this can be done (already confirmed, already stopped)."""

    code = "broadcasts.wrong_state"


class BroadcastChangedError(ConflictError):
    """The draft is another one than what was seen before it was confirmed."""

    code = "broadcasts.changed"


class EmptyAudienceError(CoreError):
    """Nobody of the audience can be reached."""

    code = "broadcasts.nobody"
    http_status = 422


class Kind(StrEnum):
    """What is announced (loại tin)."""

    NOTICE = "notice"
    CAMPAIGN = "campaign"
    """Tuyên truyền."""
    EMERGENCY = "emergency"
    """At any hour, on every channel, whatever people prefer."""


class AudienceKind(StrEnum):
    """To whom (đối tượng)."""

    SCHOOL = "school"
    GRADE = "grade"
    CLASS = "class"
    UNPAID = "unpaid"
    UNVERIFIED = "unverified"


class Status(StrEnum):
    """Where an announcement stands (trạng thái)."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    SENT = "sent"
    """Every message is written; the report says how many arrived."""
    STOPPED = "stopped"


STOPPABLE = frozenset({Status.SCHEDULED, Status.RUNNING, Status.SENT})


@dataclass(frozen=True, slots=True)
class Audience:
    """To whom: a kind, and grades or the ids of classes where the kind asks for them (đối tượng nhận tin).

    Raises:
        BadBroadcastError: when grades or classes are missing, or stand where they mean nothing.

    >>> Audience(AudienceKind.GRADE, ("6", "7")).values
    ('6', '7')
    """

    kind: AudienceKind
    values: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if bool(self.values) != (self.kind in {AudienceKind.GRADE, AudienceKind.CLASS}):
            raise BadBroadcastError(field="audience")


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants to announce (bản nháp).

    Raises:
        BadBroadcastError: when title or text are empty or too long.
    """

    kind: Kind
    title: str = field(repr=False)
    text: str = field(repr=False)
    audience: Audience

    def __post_init__(self) -> None:
        if not 0 < len(self.title.strip()) <= TITLE_MAX:
            raise BadBroadcastError(field="title")
        if not 0 < len(self.text.strip()) <= TEXT_MAX:
            raise BadBroadcastError(field="text")

    @property
    def fingerprint(self) -> str:
        """Another one for every other draft: who confirms says with it which one was read."""
        parts = (self.kind, self.title.strip(), self.text.strip(), self.audience.kind, *self.audience.values)
        return sha256("\0".join(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Broadcast:
    """An announcement with its progress (thông báo đại trà).

    `people` were gone through so far, `messages` were written for them, `unreached` have no chat.
    """

    id: UUID
    draft: Draft
    status: Status
    created_by: str
    created_at: datetime
    confirmed_by: str | None
    starts_at: datetime | None
    people: int
    messages: int
    unreached: int
    expanded_at: datetime | None
    stopped_at: datetime | None
    report: Mapping[str, int] | None

    @property
    def dedupe_prefix(self) -> str:
        """How the dedupe keys of its messages begin."""
        return f"broadcast:{self.id}:"


@dataclass(frozen=True, slots=True)
class Preview:
    """Whom an announcement would reach: at once, in their daily digest, or not, by their own choice (xem trước)."""

    people: int
    now: int
    later: int = 0
    declined: int = 0
    quiet_until: datetime | None = None

    @property
    def reachable(self) -> int:
        """How many will read it."""
        return self.now + self.later

    @property
    def unreached(self) -> int:
        """Guardians without a chat, or who may not hear of the school today."""
        return self.people - self.reachable - self.declined


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an announcement has come; `kept` messages wait for people's daily digests (tiến độ)."""

    broadcast: Broadcast
    delivery: DeliveryReport
    kept: int = 0

    @property
    def open(self) -> int:
        """How many are still to be told."""
        return self.delivery.open + self.kept

    @property
    def percent(self) -> int:
        """How much of what is written has been settled, 0 to 100; 100 only when everything is."""
        settled = self.delivery.sent + self.delivery.parked + self.delivery.expired
        total = settled + self.open
        whole = self.broadcast.status in {Status.SENT, Status.STOPPED}
        if total == 0:
            return 100 if whole else 0
        share = settled * 100 // total
        return share if whole else min(99, share)
