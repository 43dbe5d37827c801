"""A restriction: who, for which pupil, of which kind, since a court or the school said so. Pure.

Who is restricted is not told so by the bot: to them it looks as if they were nobody's guardian.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from core.contracts.citizen_id import CitizenId
from core.errors import CoreError, NotFoundError
from core.guardians.domain import Guardianship
from core.guardians.identify import Barred
from core.guardians.likeness import Likeness, likeness
from core.values.ids import GuardianId, StudentId
from core.vault.unreadable import is_readable


class RestrictionNotFoundError(NotFoundError):
    """No restriction in force has this id."""

    code = "guardians.restriction_not_found"


class BadRestrictionError(CoreError):
    """A restriction needs a person and a reason."""

    code = "guardians.bad_restriction"
    http_status = 422


class RestrictionKind(StrEnum):
    """What somebody must not do (loại hạn chế)."""

    SEE = "see"
    PICK_UP = "pick_up"


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a restriction means: a guardian on record, or somebody by name and perhaps number."""

    full_name: str = field(repr=False)
    number: CitizenId | None = None
    guardian_id: GuardianId | None = None


@dataclass(frozen=True, slots=True)
class NewRestriction:
    """A restriction as staff enter it (hạn chế mới)."""

    student_id: StudentId
    kind: RestrictionKind
    person: Person
    reason: str = field(repr=False)
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Restriction:
    """A restriction in force (người bị hạn chế)."""

    id: UUID
    student_id: StudentId
    kind: RestrictionKind
    person: Person
    reason: str = field(repr=False)
    until: date | None
    created_at: datetime
    created_by: str

    def bars(self, tie: Guardianship, number: CitizenId | None = None, *, lost: bool = False) -> bool:
        """Whether it takes this guardianship's right to see; `number` is the guardian's, where it is known.

        The number means the person however the name was typed; a name alike is enough besides. Where it cannot be read
        whom it means, or who the guardian is (`lost`: the number is on record and cannot be opened), it does.
        """
        if self.kind is not RestrictionKind.SEE or tie.student_id != self.student_id:
            return False
        if self.names(tie) or not is_readable(self.person.full_name):
            return True
        by_number = self.person.number is not None and (lost or number == self.person.number)
        by_name = self.person.guardian_id is None and not tie.guardian.is_readable
        return by_number or by_name

    def names(self, tie: Guardianship) -> bool:
        """Whether it means the guardian of this guardianship: this very one, or somebody of this name."""
        if tie.student_id != self.student_id:
            return False
        if self.person.guardian_id is not None:
            return self.person.guardian_id == tie.guardian.id
        return likeness(self.person.full_name, tie.guardian.full_name) is not Likeness.DIFFERENT

    @property
    def barred(self) -> Barred:
        """The same for `identify`."""
        return Barred(self.student_id, self.person.full_name, self.person.number)
