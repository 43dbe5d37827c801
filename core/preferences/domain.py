"""Which messages a person may choose about, and how they want them. Pure.

What somebody asked for (a reply), what must be known at once (an emergency), and what protects an account or a
right is never held back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from core.errors import CoreError
from core.values.clock import SCHOOL_TIME

EARLIEST, LATEST = time(6, 0), time(21, 0)


class BadPreferenceError(CoreError):
    """A digest at an hour at which nobody should be disturbed."""

    code = "preferences.bad_hour"
    http_status = 422


class Mode(StrEnum):
    """How a kind of message should come (cách nhận)."""

    NOW = "now"
    DIGEST = "digest"
    OFF = "off"


class Kind(StrEnum):
    """The kinds that a person chooses about (loại tin)."""

    ARRIVALS = "arrivals"
    FEES = "fees"
    NEWS = "news"


_KINDS = {"checkin": Kind.ARRIVALS, "fees": Kind.FEES, "broadcast": Kind.NEWS}
_OF_STAFF = frozenset({"checkin.needs_staff", "fees.unmatched"})
"""What staff are told in the course of their work: no school's default for parents holds it back."""


def kind_of(key: str) -> Kind | None:
    """The kind of a message by its key; None for what cannot be chosen away.

    >>> kind_of("checkin.arrived").value, kind_of("handover.taken"), kind_of("fees.unmatched")
    ('arrivals', None, None)
    """
    return None if key in _OF_STAFF else _KINDS.get(key.partition(".")[0])


@dataclass(frozen=True, slots=True)
class Preference:
    """How one kind of message should come (tuỳ chọn nhận tin).

    Raises:
        BadPreferenceError: when the digest would come at night.
    """

    kind: Kind
    mode: Mode = Mode.NOW
    digest_at: time = time(18, 0)

    def __post_init__(self) -> None:
        if not EARLIEST <= self.digest_at <= LATEST:
            raise BadPreferenceError

    def due_at(self, now: datetime) -> datetime:
        """When the next digest goes out.

        >>> from datetime import UTC
        >>> Preference(Kind.NEWS).due_at(datetime(2026, 11, 21, 11, 0, tzinfo=UTC)).isoformat()
        '2026-11-22T18:00:00+07:00'
        """
        local = now.astimezone(SCHOOL_TIME)
        due = datetime.combine(local.date(), self.digest_at, SCHOOL_TIME)
        return due if due > local else due + timedelta(days=1)
