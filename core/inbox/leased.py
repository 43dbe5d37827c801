"""What passes between the inbox worker and the repository: a leased event, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from core.inbox.domain import EventStatus


@dataclass(frozen=True, slots=True)
class Claim:
    """A leased event, still sealed."""

    id: UUID
    school_id: UUID
    source: str
    external_id: str
    content: bytes = field(repr=False)
    attempt: int
    received_at: datetime
    lease: UUID


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a claim."""

    claim: Claim
    status: EventStatus
    attempt_at: datetime | None = None
    failure: str | None = None
