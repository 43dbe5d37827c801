"""A guardian, what ties a guardian to a pupil, and how surely that is known. Pure.

The level of assurance is what features ask for (`levels`); the state says how it was reached (`machine`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum, StrEnum

from core.contracts.citizen_id import CitizenId
from core.errors import ConflictError, NotFoundError
from core.students.domain import Student
from core.students.names import given_name
from core.values.ids import GuardianId, GuardianshipId, StudentId
from core.values.phone import Phone
from core.vault.unreadable import is_readable


class GuardianNotFoundError(NotFoundError):
    """No guardian of this school has this id."""

    code = "guardians.not_found"


class TransitionError(ConflictError):
    """A guardianship cannot go from its state by this event."""

    code = "guardians.bad_transition"


class Relation(StrEnum):
    """What a guardian is to the pupil (quan hệ)."""

    FATHER = "father"
    MOTHER = "mother"
    GUARDIAN = "guardian"
    """Registered, or with the parents' written authority."""
    COURT_APPOINTED = "court_appointed"
    GRANDPARENT = "grandparent"
    BOARDING = "boarding"
    """Whoever looks after a boarder at school."""
    SELF = "self"
    """The pupil itself, from eighteen years on: it decides who sees its data, and speaks in its own chat."""


class Level(IntEnum):
    """How surely a person is known to speak for a pupil (mức bảo đảm)."""

    NONE = 0
    CLAIMED = 1
    MATCHED = 2
    VERIFIED = 3


class GuardianshipState(StrEnum):
    """Where a guardianship stands (trạng thái xác minh)."""

    INVITED = "invited"
    CLAIMED = "claimed"
    DATA_MATCHED = "data_matched"
    VERIFIED_AT_SCHOOL = "verified_at_school"
    VERIFIED_ONLINE = "verified_online"
    EXPIRED = "expired"
    DISPUTED = "disputed"
    REVOKED = "revoked"


LEVEL_OF: dict[GuardianshipState, Level] = {
    GuardianshipState.INVITED: Level.NONE,
    GuardianshipState.CLAIMED: Level.CLAIMED,
    GuardianshipState.DATA_MATCHED: Level.MATCHED,
    GuardianshipState.VERIFIED_AT_SCHOOL: Level.VERIFIED,
    GuardianshipState.VERIFIED_ONLINE: Level.VERIFIED,
    GuardianshipState.EXPIRED: Level.NONE,
    GuardianshipState.DISPUTED: Level.NONE,
    GuardianshipState.REVOKED: Level.NONE,
}


class CodeStrength(StrEnum):
    """How a link code reached the guardian, and so what using it proves (cách trao mã)."""

    SENT = "sent"
    """On paper or by message: whoever holds it claims to be the guardian."""
    HANDED_OVER = "handed_over"
    """By staff who compared the guardian's card with the roll."""


@dataclass(frozen=True, slots=True)
class Guardian:
    """A person who may speak for pupils (người giám hộ)."""

    id: GuardianId
    full_name: str = field(repr=False)
    """`core.vault.unreadable.UNREADABLE` where the row cannot be opened; then the phone is not known either."""
    phone: Phone | None = None

    @property
    def is_readable(self) -> bool:
        """Whether it is known who this is."""
        return is_readable(self.full_name)

    @property
    def given_name(self) -> str:
        """What the guardian is called."""
        return given_name(self.full_name)


@dataclass(frozen=True, slots=True)
class Guardianship:
    """What ties one guardian to one pupil (quan hệ giám hộ)."""

    id: GuardianshipId
    student_id: StudentId
    guardian: Guardian
    relation: Relation
    state: GuardianshipState
    valid_until: date | None = None
    adult_agreed: bool = False
    account: Level = Level.VERIFIED
    """How surely the chat account that asks is this guardian's; the highest when no account asks."""


@dataclass(frozen=True, slots=True)
class Child:
    """A pupil as seen by one of the own guardians (con)."""

    student: Student
    relation: Relation
    level: Level

    @property
    def student_id(self) -> StudentId:
        """The pupil's id."""
        return self.student.id

    @property
    def full_name(self) -> str:
        """The pupil's full name."""
        return self.student.full_name

    @property
    def class_name(self) -> str:
        """The pupil's class."""
        return self.student.class_name


@dataclass(frozen=True, slots=True)
class NewGuardian:
    """A guardian of a pupil as a roll or the office describes one (người giám hộ mới)."""

    student_id: StudentId
    relation: Relation
    full_name: str = field(repr=False)
    phone: Phone | None = None
    citizen_id: CitizenId | None = None


class LinkOutcome(StrEnum):
    """What became of a code that somebody typed."""

    LINKED = "linked"
    ALREADY_LINKED = "already_linked"
    WRONG_CODE = "wrong_code"
    """Unknown, used, expired: one answer for all, so that a guesser learns nothing."""
    TOO_MANY_ATTEMPTS = "too_many_attempts"


@dataclass(frozen=True, slots=True)
class LinkResult:
    """The answer to a code (kết quả liên kết)."""

    outcome: LinkOutcome
    guardian_id: GuardianId | None = None
    children: tuple[Child, ...] = ()
    retry_at: datetime | None = None
