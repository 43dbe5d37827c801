"""What the inbox speaks of. Payloads and ordering keys may be personal, so no repr shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from core.errors import CoreError, NotFoundError
from core.values.ids import InboxId, SchoolId


class EventStatus(StrEnum):
    """Where an event stands on its way (trạng thái)."""

    QUEUED = "queued"
    WORKING = "working"
    DONE = "done"
    PARKED = "parked"


@dataclass(frozen=True, slots=True)
class Incoming:
    """A fact from outside, not yet recorded (tin đến).

    `source` names who sent it ("telegram", "zalo", "webchat", "kiosk", "bank.<name>"), `external_id` is the
    sender's own id of it (never personal data: it is stored in the clear), and events of one `ordering_key`
    (a chat, an account) are handled one after the other. `payload` must be JSON.
    """

    source: str
    external_id: str
    ordering_key: str = field(repr=False)
    payload: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class InboxHealth:
    """Whether what comes in is handled, and when each source was heard last (tin đến có được xử lý)."""

    late: int = 0
    late_since: datetime | None = None
    parked: int = 0
    parked_since: datetime | None = None
    heard_at: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recorded:
    """The receipt of a recorded fact; a duplicate carries the id of the first (đã ghi)."""

    id: InboxId
    duplicate: bool


@dataclass(frozen=True, slots=True)
class InboxEvent:
    """A recorded fact, leased to one handler (tin đang xử lý)."""

    id: InboxId
    school_id: SchoolId
    source: str
    external_id: str
    ordering_key: str = field(repr=False)
    payload: Mapping[str, Any] = field(repr=False)
    attempt: int
    received_at: datetime
    lease: UUID


@dataclass(frozen=True, slots=True)
class ParkedEvent:
    """An event that was given up and waits for a person (tin tạm gác)."""

    id: InboxId
    source: str
    external_id: str
    attempts: int
    failure: str
    received_at: datetime
    parked_at: datetime


class LeaseLostError(CoreError):
    """Another worker took the event over, or it is finished: this handler's work must not commit."""

    code = "inbox.lease_lost"
    http_status = 409
    retryable = True


class ParkedEventNotFoundError(NotFoundError):
    """No parked event has this id."""

    code = "inbox.parked_not_found"
