"""What the audit trail speaks of, and how an entry becomes bytes for the chain."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import orjson

_TOKEN = re.compile(r"[A-Za-z0-9_.:@/+-]{1,120}")
_OPAQUE_ID = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?=[0-9]*[a-f])[0-9a-f]{16,}", re.IGNORECASE
)  # a UUID, or a longer run of hex
_LONG_NUMBER = re.compile(r"(?:\d[ .-]?){9,}")
_MAIL = re.compile(r"\S@\S+\.\S")
_TEXT_MAX = 200


class PersonalDataInAuditError(ValueError):
    """An entry would keep something that looks personal in the clear; put it into `private`."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what to what (mục nhật ký).

    `actor` and `subject` are kinds with ids ("staff:0191…", "system", "invoice:0192…"), `action` is a code
    ("fees.invoice_issued"). `details` are codes, counts and ids, readable by whoever reads the table;
    `private` holds what is personal and is sealed.

    Raises:
        PersonalDataInAuditError: when a text in the clear looks like a phone number, a citizen number, an
            account number or a mail address. Numbers given as `int` are taken for amounts and counts.
    """

    actor: str
    action: str
    subject: str
    details: Mapping[str, str | int] = field(default_factory=dict)
    private: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        for token in (self.actor, self.action, self.subject, *self.details):
            if not _TOKEN.fullmatch(token):
                raise ValueError("actor, action, subject and the names of details are short codes")
            _refuse_personal(token)
        for value in self.details.values():
            if isinstance(value, str):
                if len(value) > _TEXT_MAX:
                    raise ValueError("a detail is a code or a short text")
                _refuse_personal(value)


@dataclass(frozen=True, slots=True)
class RecordedEntry:
    """An entry as the trail keeps it (mục đã ghi)."""

    number: int
    at: datetime
    actor: str
    action: str
    subject: str
    details: Mapping[str, str | int]
    private: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Search:
    """Which entries somebody looks for; what is left out is not asked (điều kiện lọc).

    `kind` is the first word of actions ("fees"); `actor` a whole actor ("staff:0191…", "system") or a kind of them
    ("device"); entries are from `since` to just before `until`, with numbers below `before`.
    """

    subject: str | None = None
    kind: str = ""
    actor: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class AuditHead:
    """The end of the trail. Noted down outside (a mail, a paper), it shows later that nothing was cut off."""

    number: int
    mac: bytes


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """Whether the trail is whole (kết quả kiểm tra nhật ký); `broken_at` is the first entry that is not."""

    entries: int
    broken_at: int | None
    head: AuditHead | None

    @property
    def intact(self) -> bool:
        """Whether nothing was changed, removed or put in."""
        return self.broken_at is None


def chained_text(previous: bytes, number: int, at: datetime, entry: AuditEntry, sealed: bytes | None) -> str:
    """What the MAC of an entry covers: everything of it, and the MAC before it."""
    covered = {
        "previous": previous.hex(),
        "number": number,
        "at": at.astimezone(UTC).isoformat(),
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "details": dict(entry.details),
        "private": sealed.hex() if sealed is not None else None,
    }
    return orjson.dumps(covered, option=orjson.OPT_SORT_KEYS).decode()


def _refuse_personal(text: str) -> None:
    rest = _OPAQUE_ID.sub("", text)
    if _LONG_NUMBER.search(rest) or _MAIL.search(rest):
        raise PersonalDataInAuditError("put personal data into `private`")
