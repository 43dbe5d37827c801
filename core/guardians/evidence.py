"""What somebody shows to prove that they may speak for a pupil, and what became of it. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from core.contracts.citizen_id import CitizenId
from core.guardians.domain import Child
from core.guardians.machine import Event
from core.values.ids import ChatAccountId, GuardianId


class Means(StrEnum):
    """By which means somebody proves who they are (phương thức xác minh)."""

    CARD_QR = "card_qr"
    KIOSK = "kiosk"
    VNEID = "vneid"
    TYPED = "typed"
    """Typed in for want of a camera: anybody can type another person's number, so only staff act on it."""


EVENT_OF: Mapping[Means, Event] = {
    Means.CARD_QR: Event.CARD_MATCHED,
    Means.KIOSK: Event.BOUND_AT_KIOSK,
    Means.VNEID: Event.VNEID,
}


@dataclass(frozen=True, slots=True)
class Identity:
    """A person as a card, a chip or VNeID names one (danh tính). No repr shows it."""

    number: CitizenId | None
    full_name: str = field(repr=False)
    born_on: date | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ChildIdentity:
    """The pupil whom somebody names (con được khai); parents only where the child's card names them."""

    full_name: str = field(repr=False)
    born_on: date | None = field(default=None, repr=False)
    number: CitizenId | None = None
    class_name: str = ""
    father: str = field(default="", repr=False)
    mother: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One proof (bằng chứng). `reference` names it for the audit trail: "device:…", "vneid", "page"; no person."""

    means: Means
    account_id: ChatAccountId
    identity: Identity
    child: ChildIdentity | None = None
    actor: str = "system"
    reference: str = ""
    ip: str = field(default="", repr=False)


class ProofOutcome(StrEnum):
    """What became of a proof."""

    PROVEN = "proven"
    """The account now speaks for the children named in the result."""
    FOR_STAFF = "for_staff"
    """Nothing was decided: wrong, not on the roll, contradicting or restricted, one answer for all."""
    TOO_MANY_ATTEMPTS = "too_many_attempts"


@dataclass(frozen=True, slots=True)
class Proven:
    """The answer to a proof (kết quả xác minh)."""

    outcome: ProofOutcome
    guardian_ids: tuple[GuardianId, ...] = ()
    joined: tuple[GuardianId, ...] = ()
    """Those for whom this account did not speak before: their other chats are told (`strangers`)."""
    children: tuple[Child, ...] = ()
    retry_at: datetime | None = None
