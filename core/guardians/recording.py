"""Writes down the guardians that a roll or the office names. It decides nobody's rights: new ones are invited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.db.transaction import Tx
from core.guardians import repository
from core.guardians.domain import NewGuardian
from core.guardians.identities import repository as identities
from core.guardians.register import Note, Placed, Register
from core.students.service import Students
from core.values.clock import Clock
from core.vault.keyring import Keyring


@dataclass(frozen=True, slots=True)
class RecordedGuardians:
    """What recording a batch did: one place per entry, and how much was written."""

    placed: tuple[Placed, ...]
    added: int
    changed: int


@dataclass(frozen=True, slots=True)
class Recording:
    """Records batches of guardians (ghi danh sách phụ huynh)."""

    keyring: Keyring
    clock: Clock
    students: Students

    async def record_all(self, tx: Tx, entries: Sequence[NewGuardian]) -> RecordedGuardians:
        """Add or update guardians and tie them to their pupils; doing it again changes nothing.

        Who is meant is decided by `register`.
        """
        keys = self.keyring.for_school(tx.school_id)
        await self.students.lock_roll(tx)
        indexes = [repository.phone_index(keys, entry.phone) for entry in entries]
        students = {entry.student_id for entry in entries}
        register = Register()
        for person in await repository.list_people(
            tx, keys, phones={index for index in indexes if index}, students=students
        ):
            register.know(person)
        for student_id, guardian_id, relation in await repository.list_ties(tx, students):
            register.know_tie(student_id, guardian_id, relation)
        placed = tuple(register.place(entry, index) for entry, index in zip(entries, indexes, strict=True))
        await self._save(tx, register)
        await self._learn_numbers(tx, entries, placed)
        added = len(register.added) + len(register.tied)
        return RecordedGuardians(placed, added, len(register.changed) + len(register.retied))

    async def _learn_numbers(self, tx: Tx, entries: Sequence[NewGuardian], placed: Sequence[Placed]) -> None:
        """Numbers that the roll brings; one that is known already stays, or a new roll could hand over a place."""
        keys, now = self.keyring.for_school(tx.school_id), self.clock.now()
        brought = {
            one.guardian_id: entry.citizen_id
            for entry, one in zip(entries, placed, strict=True)
            if entry.citizen_id is not None and one.note is not Note.UNREADABLE
        }
        known = await identities.list_numbers(tx, keys, list(brought)) if brought else {}
        for guardian_id, number in brought.items():
            if guardian_id not in known:
                await identities.save_identity(tx, keys, guardian_id, number, None, now)

    async def _save(self, tx: Tx, register: Register) -> None:
        keys, now = self.keyring.for_school(tx.school_id), self.clock.now()
        await repository.save_people(
            tx,
            keys,
            [register.people[one] for one in sorted(register.added)],
            [register.people[one] for one in sorted(register.changed)],
            now,
        )
        await repository.save_ties(
            tx,
            [(*tie, register.ties[tie]) for tie in sorted(register.tied)],
            [(*tie, register.ties[tie]) for tie in sorted(register.retied)],
            now,
        )
