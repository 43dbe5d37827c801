"""Decides which guardian an entry of a roll means. Pure; phones are seen as blind indexes only.

The same phone is the same guardian, unless the names contradict each other: parents often give one phone for
both, and then the second person is kept without it, with a note. Within one batch the first phone and the
first relation of a person stand, so that importing a roll twice changes nothing.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum

from core.guardians.domain import NewGuardian, Relation
from core.students.names import plain_name
from core.values.ids import GuardianId, StudentId, new_id
from core.values.phone import Phone
from core.vault.unreadable import is_readable


class Note(StrEnum):
    """What somebody of the school should look at."""

    PHONE_OF_ANOTHER = "phone_of_another"
    UNREADABLE = "unreadable"
    """Who is on record cannot be read and may be the one whom the entry means: nothing was written."""


@dataclass(slots=True)
class Person:
    """A guardian on record or about to be."""

    id: GuardianId
    full_name: str = field(repr=False)
    phone: Phone | None = None
    phone_index: bytes | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """Where an entry went."""

    guardian_id: GuardianId
    note: Note | None = None


@dataclass(slots=True)
class Register:
    """The guardians that a batch may concern; collects what has to be written."""

    people: dict[GuardianId, Person] = field(default_factory=dict)
    ties: dict[tuple[StudentId, GuardianId], Relation] = field(default_factory=dict)
    added: set[GuardianId] = field(default_factory=set)
    changed: set[GuardianId] = field(default_factory=set)
    tied: set[tuple[StudentId, GuardianId]] = field(default_factory=set)
    retied: set[tuple[StudentId, GuardianId]] = field(default_factory=set)
    _settled: set[object] = field(default_factory=set)
    _by_phone: dict[bytes, GuardianId] = field(default_factory=dict)
    _of_student: dict[StudentId, list[GuardianId]] = field(default_factory=dict)

    def know(self, person: Person) -> None:
        """Take in a guardian on record."""
        self.people[person.id] = person
        if person.phone_index:
            self._by_phone[person.phone_index] = person.id

    def know_tie(self, student_id: StudentId, guardian_id: GuardianId, relation: Relation) -> None:
        """Take in a guardianship on record."""
        self.ties[student_id, guardian_id] = relation
        self._of_student.setdefault(student_id, []).append(guardian_id)

    def place(self, new: NewGuardian, phone_index: bytes | None) -> Placed:
        """Find or make the guardian that `new` means, and tie the pupil to it."""
        holder = self._by_phone.get(phone_index) if phone_index else None
        chosen = self._own(new, phone_index) or (holder if holder and self._is_called(holder, new) else None)
        free = holder is None or holder == chosen
        phone, index = (new.phone, phone_index) if free else (None, None)
        if chosen is None and (lost := self._lost(new.student_id, holder)) is not None:
            return Placed(lost, Note.UNREADABLE)
        if chosen is None:
            chosen = GuardianId(new_id())
            self.know(Person(chosen, new.full_name, phone, index))
            self.added.add(chosen)
        self._update(self.people[chosen], new.full_name, phone, index)
        kept = index is None or self.people[chosen].phone_index == index
        self._tie(new.student_id, chosen, new.relation)
        return Placed(chosen, None if free and kept else Note.PHONE_OF_ANOTHER)

    def _is_called(self, guardian_id: GuardianId, new: NewGuardian) -> bool:
        name = self.people[guardian_id].full_name
        return is_readable(name) and plain_name(name) == plain_name(new.full_name)

    def _lost(self, student_id: StudentId, holder: GuardianId | None) -> GuardianId | None:
        """A guardian who cannot be read: the pupil's own, or the holder of the phone."""
        perhaps = [*self._of_student.get(student_id, []), *([holder] if holder else [])]
        return next((one for one in perhaps if not is_readable(self.people[one].full_name)), None)

    def _own(self, new: NewGuardian, phone_index: bytes | None) -> GuardianId | None:
        """The pupil's own guardian of this name; of several namesakes the one with this phone."""
        own = [one for one in self._of_student.get(new.student_id, []) if self._is_called(one, new)]
        with_phone = [one for one in own if phone_index and self.people[one].phone_index == phone_index]
        return next(iter(with_phone or own), None)

    def _update(self, person: Person, full_name: str, phone: Phone | None, index: bytes | None) -> None:
        before = (person.full_name, person.phone_index)
        if _marks(full_name) > _marks(person.full_name):
            person.full_name = full_name
        if index and person.id not in self._settled:
            self._settled.add(person.id)
            if person.phone_index:
                del self._by_phone[person.phone_index]
            person.phone, person.phone_index = phone, index
            self._by_phone[index] = person.id
        if before != (person.full_name, person.phone_index) and person.id not in self.added:
            self.changed.add(person.id)

    def _tie(self, student_id: StudentId, guardian_id: GuardianId, relation: Relation) -> None:
        tie = (student_id, guardian_id)
        if tie in self._settled:
            return
        self._settled.add(tie)
        if tie not in self.ties:
            self.know_tie(student_id, guardian_id, relation)
            self.tied.add(tie)
        elif self.ties[tie] is not relation:
            self.ties[tie] = relation
            self.retied.add(tie)


def _marks(name: str) -> int:
    """How many marks a spelling has; the one with more was typed with more care."""
    letters = unicodedata.normalize("NFD", name)
    return sum(1 for sign in letters if unicodedata.combining(sign) or sign in "đĐ")
