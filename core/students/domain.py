"""A pupil, a class, and what can be wrong with them.

The citizen number is not part of `Student`: whoever needs it asks for it, so that listing a school decrypts
no number.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from core.contracts.citizen_id import CitizenId, Sex
from core.errors import ConflictError, NotFoundError
from core.students.names import given_name
from core.values.ids import ClassId, StudentId
from core.vault.unreadable import is_readable


class StudentNotFoundError(NotFoundError):
    """No pupil of this school has this id."""

    code = "students.not_found"


class CitizenIdTakenError(ConflictError):
    """Another pupil of this school already has this citizen number."""

    code = "students.citizen_id_taken"


@dataclass(frozen=True, slots=True)
class SchoolClass:
    """A class with its number of pupils (lớp)."""

    id: ClassId
    name: str
    pupils: int


@dataclass(frozen=True, slots=True)
class Student:
    """A pupil (học sinh)."""

    id: StudentId
    class_id: ClassId
    class_name: str
    full_name: str = field(repr=False)
    """`core.vault.unreadable.UNREADABLE` where the row cannot be opened; then the two below are not known."""
    born_on: date | None = field(repr=False)
    sex: Sex | None = field(repr=False)
    has_citizen_id: bool = False
    left_on: date | None = None

    @property
    def is_readable(self) -> bool:
        """Whether it is known who this is."""
        return is_readable(self.full_name)

    @property
    def given_name(self) -> str:
        """What the pupil is called."""
        return given_name(self.full_name)


@dataclass(frozen=True, slots=True)
class Place:
    """The class of a pupil who need not be named, and when the pupil was on record (chỗ trong lớp)."""

    student_id: StudentId
    class_id: ClassId
    class_name: str
    from_on: date
    left_on: date | None

    def is_on_roll(self, on: date) -> bool:
        """Whether the school counted the pupil on a day."""
        return self.from_on <= on and (self.left_on is None or on < self.left_on)


@dataclass(frozen=True, slots=True)
class NewStudent:
    """A pupil as a roll or the office describes one (học sinh mới)."""

    class_name: str
    full_name: str = field(repr=False)
    born_on: date = field(repr=False)
    sex: Sex = field(repr=False)
    citizen_id: CitizenId | None = None


class Change(StrEnum):
    """What recording a pupil did."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    ASKED = "asked"
    """Nothing was written: several pupils of this name and birthday could be meant."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The pupil that an entry belongs to (or, when `ASKED`, may belong to), and what changed."""

    student_id: StudentId
    change: Change
    left_class: ClassId | None = None
    """The class in which the pupil was until now, where name and birthday alone said that it is the same one."""
