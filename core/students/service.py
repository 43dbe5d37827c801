"""Records pupils, finds them by citizen number, lists them. It tells no guardian."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from core.contracts.citizen_id import CitizenId
from core.db.transaction import Tx
from core.students import repository
from core.students.domain import (
    Change,
    CitizenIdTakenError,
    NewStudent,
    Place,
    Recorded,
    SchoolClass,
    Student,
    StudentNotFoundError,
)
from core.students.matching import Doubt, match
from core.students.names import class_order, sort_key
from core.students.repository import SealedStudent
from core.values.clock import Clock
from core.values.ids import ClassId, StudentId, new_id
from core.vault.keyring import Keyring


@dataclass(frozen=True, slots=True)
class Students:
    """The pupils of a school."""

    keyring: Keyring
    clock: Clock

    async def by_citizen_id(self, tx: Tx, citizen_id: CitizenId) -> StudentId | None:
        """The pupil with this citizen number, found without decrypting anything."""
        index = self.keyring.for_school(tx.school_id).blind_index(citizen_id.value, repository.CITIZEN_ID)
        return await repository.find_by_citizen_index(tx, index)

    async def by_citizen_ids(self, tx: Tx, numbers: Collection[CitizenId]) -> Mapping[CitizenId, StudentId]:
        """The pupils with these citizen numbers, found at once; a number that nobody has is left out."""
        keys = self.keyring.for_school(tx.school_id)
        indexes = {keys.blind_index(one.value, repository.CITIZEN_ID): one for one in numbers}
        found = await repository.find_by_citizen_indexes(tx, indexes.keys())
        return {indexes[index]: student_id for index, student_id in found.items()}

    async def find(self, tx: Tx, student_id: StudentId) -> Student | None:
        """One pupil, or None."""
        found = await self.get_many(tx, (student_id,))
        return found.get(student_id)

    async def get(self, tx: Tx, student_id: StudentId) -> Student:
        """One pupil.

        Raises:
            StudentNotFoundError: when the school has no such pupil.
        """
        student = await self.find(tx, student_id)
        if student is None:
            raise StudentNotFoundError
        return student

    async def get_many(self, tx: Tx, ids: Collection[StudentId]) -> Mapping[StudentId, Student]:
        """Those of these pupils who exist."""
        keys = self.keyring.for_school(tx.school_id)
        found = await repository.list_students(tx, keys, ids=ids)
        return {student.id: student for student in found}

    async def citizen_ids(self, tx: Tx, ids: Collection[StudentId]) -> Mapping[StudentId, CitizenId]:
        """The citizen numbers of these pupils; who has none on record is left out."""
        return await repository.citizen_ids(tx, self.keyring.for_school(tx.school_id), ids)

    async def list_classes(self, tx: Tx) -> tuple[SchoolClass, ...]:
        """Every class, 2A before 10A and 6A2 before 6A10."""
        return tuple(sorted(await repository.list_classes(tx), key=lambda c: class_order(c.name)))

    async def list_students(self, tx: Tx, class_id: ClassId | None = None) -> tuple[Student, ...]:
        """The pupils of a class, or of the school, in the order of class lists."""
        keys = self.keyring.for_school(tx.school_id)
        found = await repository.list_students(tx, keys, class_id=class_id)
        return tuple(sorted(found, key=lambda s: (class_order(s.class_name), sort_key(s.full_name), s.id)))

    async def list_places(self, tx: Tx) -> tuple[Place, ...]:
        """The class of every pupil on record, in the order of classes; of those who left, too, and nobody's name."""
        return tuple(sorted(await repository.list_places(tx), key=lambda one: class_order(one.class_name)))

    async def leave(self, tx: Tx, student_id: StudentId, on: date | None) -> None:
        """Note that a pupil has left the school, or, with None, has come back; a roll that names it says so too.

        Raises:
            StudentNotFoundError: when the school has no such pupil.
        """
        if not await repository.set_left(tx, student_id, on, self.clock.now()):
            raise StudentNotFoundError

    async def lock_roll(self, tx: Tx) -> None:
        """Wait for other writers of this school's roll, and keep them out until the transaction ends."""
        await repository.lock_roll(tx)

    async def record(self, tx: Tx, new: NewStudent) -> Recorded:
        """Record one pupil; see `record_all`."""
        return (await self.record_all(tx, (new,)))[0]

    async def record_all(self, tx: Tx, entries: Sequence[NewStudent]) -> tuple[Recorded, ...]:
        """Add or update pupils, one result per entry in order; doing it again changes nothing.

        Who is meant is decided by `matching`; of namesakes who cannot be told apart nothing is written. A number on
        record is kept when an entry brings none.
        Batches of a school follow one another: the roll stays locked until the transaction ends.

        Raises:
            CitizenIdTakenError: when two entries bring the same citizen number.
        """
        keys, now = self.keyring.for_school(tx.school_id), self.clock.now()
        await repository.lock_roll(tx)
        classes = await repository.ensure_classes(tx, {entry.class_name for entry in entries})
        sealed = [repository.seal(keys, entry, classes[entry.class_name], now) for entry in entries]
        numbers = [student.entry.citizen_index for student in sealed if student.entry.citizen_index]
        if len(set(numbers)) < len(numbers):
            raise CitizenIdTakenError
        ids = match(
            [student.entry for student in sealed],
            await repository.known(tx, [student.entry for student in sealed]),
        )
        before = await self.get_many(tx, [id_ for id_ in ids if id_ and not isinstance(id_, Doubt)])
        fresh: list[tuple[StudentId, SealedStudent]] = []
        results: list[Recorded] = []
        for id_, student in zip(ids, sealed, strict=True):
            if id_ is None:
                fresh.append((StudentId(new_id()), student))
                results.append(Recorded(fresh[-1][0], Change.ADDED))
            elif isinstance(id_, Doubt):
                results.append(Recorded(id_.perhaps, Change.ASKED))
            elif _says_the_same(student, before[id_]):
                results.append(Recorded(id_, Change.UNCHANGED))
            else:
                await repository.change(tx, id_, student)
                results.append(Recorded(id_, Change.CHANGED, _left(student, before[id_])))
        await repository.add(tx, fresh, now)
        return tuple(results)


def _says_the_same(student: SealedStudent, old: Student) -> bool:
    new = student.new
    return (
        (old.class_id, old.full_name, old.born_on, old.sex)
        == (student.entry.class_id, new.full_name, new.born_on, new.sex)
        and old.left_on is None
    ) and (old.has_citizen_id or new.citizen_id is None)


def _left(student: SealedStudent, old: Student) -> ClassId | None:
    """The class that a pupil leaves, where no number says that it is the same pupil."""
    sure = old.left_on is not None or (old.has_citizen_id and student.new.citizen_id is not None)
    return None if sure or old.class_id == student.entry.class_id else old.class_id
