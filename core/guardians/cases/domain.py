"""A case for staff: who asks, for which child, and why no machine decided it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import orjson

from core.contracts.citizen_id import CitizenId
from core.errors import ConflictError, CoreError, NotFoundError
from core.guardians.evidence import ChildIdentity, Identity
from core.values.ids import ChatAccountId, GuardianshipId, StudentId


class CaseNotFoundError(NotFoundError):
    """The school has no such case."""

    code = "guardians.case_not_found"


class CaseDecidedError(ConflictError):
    """Another member of staff has decided it already."""

    code = "guardians.case_decided"


class ReasonNeededError(CoreError):
    """Whoever decides says why, in a few words."""

    code = "guardians.reason_needed"
    http_status = 422


class CaseKind(StrEnum):
    """Why staff must look (loại hồ sơ)."""

    CLAIM = "claim"
    """Somebody says to be a guardian, and the roll does not say it by itself."""
    TWO_CLAIMS = "two_claims"
    """The place on the roll is somebody else's, by another citizen number."""
    RESTRICTED = "restricted"
    """The person is on the list of those who must not see this pupil's data."""
    CONTEST = "contest"
    """A guardian says that another chat account is not theirs."""


class CaseStatus(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case to open (hồ sơ mới)."""

    kind: CaseKind
    means: str
    account_id: ChatAccountId
    identity: Identity
    child: ChildIdentity | None = None
    student_id: StudentId | None = None
    guardianship_id: GuardianshipId | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A case as staff see it (hồ sơ cần người xử lý)."""

    id: UUID
    kind: CaseKind
    status: CaseStatus
    means: str
    account_id: ChatAccountId | None
    student_id: StudentId | None
    guardianship_id: GuardianshipId | None
    identity: Identity
    child: ChildIdentity | None
    opened_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None
    reason: str = field(default="", repr=False)

    @property
    def code(self) -> str:
        """The six characters by which staff name it in a chat."""
        return self.id.hex[-6:].upper()


def dump(identity: Identity, child: ChildIdentity | None) -> str:
    """What is known of the person and the child as JSON, for sealing."""
    named = child and [
        child.full_name,
        child.born_on.isoformat() if child.born_on else None,
        child.number.value if child.number else None,
        child.class_name,
    ]
    number = identity.number.value if identity.number else None
    born_on = identity.born_on.isoformat() if identity.born_on else None
    return orjson.dumps([identity.full_name, number, born_on, named]).decode()


def load(text: str) -> tuple[Identity, ChildIdentity | None]:
    """Read what `dump` wrote."""
    full_name, number, born_on, named = orjson.loads(text)
    identity = Identity(CitizenId(number) if number else None, full_name, _date(born_on))
    if named is None:
        return identity, None
    child_name, child_born, child_number, class_name = named
    child = ChildIdentity(
        child_name, _date(child_born), CitizenId(child_number) if child_number else None, class_name
    )
    return identity, child


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
