"""The port of a bank feed, and how the adapters read what Vietnamese feeds write.

A feed tells of changes on the school's own account by webhook; nothing here asks a bank for anything.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from core.errors import CoreError, UnauthenticatedError
from core.fees.domain import Received
from core.values.clock import SCHOOL_TIME
from core.values.money import Vnd, vnd

_WHOLE = re.compile(r"-?[0-9]{1,18}")
FRESH = timedelta(minutes=5)
"""How far the time in a signature may lie from ours."""


class NotFromTheBankError(UnauthenticatedError):
    """The signature of a notice is missing, wrong, or too old."""

    code = "fees.not_from_the_bank"


class UnreadableNoticeError(CoreError):
    """A notice proves where it comes from and yet makes no sense; `field` says what does not."""

    code = "fees.unreadable_notice"
    http_status = 422


class BankFeed(Protocol):
    """Somebody who tells what came in on an account (nguồn báo có)."""

    @property
    def name(self) -> str:
        """How addresses and sources call it: "sepay"."""
        ...

    def verify(self, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
        """Check who wrote the body, byte for byte as it came.

        Raises:
            NotFromTheBankError: when it is not proven.
        """
        ...

    def received(self, payload: Mapping[str, Any]) -> tuple[Received, ...]:
        """The money that a notice tells of; what went out is not told, and nothing came is no fault.

        Raises:
            UnreadableNoticeError: when a field that matters is missing or makes no sense.
        """
        ...


def require_signature(given: str, expected: str) -> None:
    """Compare in constant time.

    Raises:
        NotFromTheBankError: when they differ.
    """
    if not hmac.compare_digest(given.encode(), expected.encode()):
        raise NotFromTheBankError


def require_fresh(signed_at: float, now: datetime) -> None:
    """Refuse what was signed long ago: a replayed request proves nothing.

    Raises:
        NotFromTheBankError: when it is too old, or of the future.
    """
    if abs(now.timestamp() - signed_at) > FRESH.total_seconds():
        raise NotFromTheBankError


def number(text: str) -> float:
    """A time stamp as the header writes it.

    Raises:
        NotFromTheBankError: when it is none.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= 16):
        raise NotFromTheBankError
    return float(text)


def text_in(payload: Mapping[str, Any], field: str) -> str:
    """A text field; empty when the feed left it out or null.

    Raises:
        UnreadableNoticeError: when it is something else.
    """
    value = payload.get(field)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise UnreadableNoticeError(field=field)
    return str(value)


def id_in(payload: Mapping[str, Any], field: str) -> str:
    """What the feed calls this change; without one nothing could be counted once.

    Raises:
        UnreadableNoticeError: when there is none, or one that is longer than any feed's or cannot be printed.
    """
    value = text_in(payload, field).strip()
    if not 0 < len(value) <= 120 or not value.isprintable():
        raise UnreadableNoticeError(field=field)
    return value


def amount_in(payload: Mapping[str, Any], field: str) -> Vnd | None:
    """An amount in whole đồng; None when nothing came in (zero, or below: money that went out).

    >>> amount_in({"transferAmount": 2277000}, "transferAmount"), amount_in({"amount": -5000}, "amount")
    (2277000, None)

    Raises:
        UnreadableNoticeError: when it is no whole number of đồng.
    """
    value = payload.get(field)
    if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise UnreadableNoticeError(field=field)
    try:
        return vnd(value) if value > 0 else None
    except ValueError:
        raise UnreadableNoticeError(field=field) from None


def moment_in(payload: Mapping[str, Any], field: str) -> datetime:
    """When it was booked; the feeds write Vietnamese time without saying so.

    >>> moment_in({"when": "2026-11-20 08:15:00"}, "when").isoformat()
    '2026-11-20T01:15:00+00:00'

    Raises:
        UnreadableNoticeError: when it is no time.
    """
    try:
        at = datetime.fromisoformat(text_in(payload, field).strip())
        return (at if at.tzinfo else at.replace(tzinfo=SCHOOL_TIME)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise UnreadableNoticeError(field=field) from None
