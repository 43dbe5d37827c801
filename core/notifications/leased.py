"""What passes between the delivery worker and the repository: a leased message, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from core.notifications.domain import NewNotification, NotificationStatus


@dataclass(frozen=True, slots=True)
class Claim:
    """A leased message, still sealed."""

    id: UUID
    school_id: UUID
    key: str
    content: bytes = field(repr=False)
    dedupe_key: str
    urgency: int
    attempt: int
    created_at: datetime
    lease: UUID
    lane: bytes = field(default=b"", repr=False)
    expires_at: datetime | None = None
    progress: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a claim; `pause` asks all to leave the channel alone, `refund` gives a try back.

    `progress` counts the parts that arrived, `instead` is the message that takes its place on another channel.
    """

    claim: Claim
    status: NotificationStatus
    attempt_at: datetime | None = None
    failure: str | None = None
    message_id: str | None = None
    refund: int = 0
    pause: timedelta = timedelta()
    progress: int | None = None
    instead: NewNotification | None = None
