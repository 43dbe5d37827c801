"""Rows of classes and pupils, sealed and opened. Private to this slice."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.dialects.postgresql import insert

from core.contracts.citizen_id import CitizenId
from core.db.transaction import Tx
from core.students.domain import NewStudent, Place, SchoolClass, Student
from core.students.matching import Entry, Known
from core.students.names import fold_name
from core.students.tables import ClassRow, StudentRow
from core.values.clock import school_date
from core.values.ids import ClassId, StudentId, new_id
from core.vault.keyring import SchoolKeys
from core.vault.unreadable import UNREADABLE

PROFILE = "student.profile"
CITIZEN_ID = "student.citizen_id"
IDENTITY = "student.identity"


@dataclass(frozen=True, slots=True)
class SealedStudent:
    """A new entry ready to be written."""

    new: NewStudent
    entry: Entry
    values: dict[str, Any] = field(repr=False)


def seal(keys: SchoolKeys, new: NewStudent, class_id: ClassId, now: datetime) -> SealedStudent:
    """Everything that a row needs, except its id."""
    number = new.citizen_id.value if new.citizen_id else None
    identity = f"{fold_name(new.full_name)}|{new.born_on.isoformat()}"
    entry = Entry(
        class_id,
        keys.blind_index(number, CITIZEN_ID) if number else None,
        keys.blind_index(identity, IDENTITY),
    )
    profile = orjson.dumps([new.full_name, new.born_on.isoformat(), new.sex]).decode()
    values: dict[str, Any] = {
        "class_id": class_id,
        "sealed_profile": keys.seal(profile, PROFILE),
        "identity_index": entry.identity_index,
        "left_on": None,
        "updated_at": now,
    }
    if number:
        values |= {
            "sealed_citizen_id": keys.seal(number, CITIZEN_ID),
            "citizen_id_index": entry.citizen_index,
        }
    return SealedStudent(new, entry, values)


async def lock_roll(tx: Tx) -> None:
    """Let one import of a school follow the other: two at once would both add whoever is new."""
    key = f"roll/{tx.school_id}"
    await tx.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))


async def ensure_classes(tx: Tx, names: Collection[str]) -> dict[str, ClassId]:
    """The ids of the classes with these names; those that are missing are made."""
    if names:
        fresh = [{"school_id": tx.school_id, "id": new_id(), "name": name} for name in sorted(names)]
        await tx.session.execute(insert(ClassRow).values(fresh).on_conflict_do_nothing())
    rows = await tx.session.execute(
        select(ClassRow.name, ClassRow.id).where(ClassRow.school_id == tx.school_id, ClassRow.name.in_(names))
    )
    return {name: ClassId(id_) for name, id_ in rows}


async def list_classes(tx: Tx) -> tuple[SchoolClass, ...]:
    """Every class with the number of its pupils."""
    pupils = func.count(StudentRow.id)
    rows = await tx.session.execute(
        select(ClassRow.id, ClassRow.name, pupils)
        .outerjoin(
            StudentRow,
            (StudentRow.school_id == ClassRow.school_id)
            & (StudentRow.class_id == ClassRow.id)
            & StudentRow.left_on.is_(None),
        )
        .where(ClassRow.school_id == tx.school_id)
        .group_by(ClassRow.id, ClassRow.name)
    )
    return tuple(SchoolClass(ClassId(id_), name, count) for id_, name, count in rows)


async def list_places(tx: Tx) -> tuple[Place, ...]:
    """Every pupil's class, of those who left, too; nothing is decrypted."""
    rows = await tx.session.execute(
        select(StudentRow.id, ClassRow.id, ClassRow.name, StudentRow.created_at, StudentRow.left_on)
        .join(ClassRow, (ClassRow.school_id == StudentRow.school_id) & (ClassRow.id == StudentRow.class_id))
        .where(StudentRow.school_id == tx.school_id)
    )
    return tuple(
        Place(StudentId(id_), ClassId(class_id), name, school_date(created_at), left_on)
        for id_, class_id, name, created_at, left_on in rows
    )


async def known(tx: Tx, entries: Sequence[Entry]) -> tuple[Known, ...]:
    """The pupils on record who could be meant by these entries."""
    numbers = [entry.citizen_index for entry in entries if entry.citizen_index]
    identities = [entry.identity_index for entry in entries]
    rows = await tx.session.execute(
        select(StudentRow.id, StudentRow.class_id, StudentRow.citizen_id_index, StudentRow.identity_index)
        .where(
            StudentRow.school_id == tx.school_id,
            StudentRow.citizen_id_index.in_(numbers) | StudentRow.identity_index.in_(identities),
        )
        .order_by(StudentRow.id)
        .with_for_update(key_share=True)
    )
    return tuple(
        Known(StudentId(id_), Entry(ClassId(c), number, identity)) for id_, c, number, identity in rows
    )


async def add(tx: Tx, students: Sequence[tuple[StudentId, SealedStudent]], now: datetime) -> None:
    """Insert new pupils in one statement."""
    empty = {"sealed_citizen_id": None, "citizen_id_index": None}
    if students:
        await tx.session.execute(
            insert(StudentRow),
            [
                {"school_id": tx.school_id, "id": id_, "created_at": now} | empty | student.values
                for id_, student in students
            ],
        )


async def change(tx: Tx, student_id: StudentId, student: SealedStudent) -> None:
    """Overwrite what a pupil's row says; a number on record is kept when the entry has none."""
    await tx.session.execute(
        update(StudentRow)
        .where(StudentRow.school_id == tx.school_id, StudentRow.id == student_id)
        .values(**student.values)
    )


async def list_students(
    tx: Tx, keys: SchoolKeys, *, class_id: ClassId | None = None, ids: Collection[StudentId] | None = None
) -> tuple[Student, ...]:
    """Pupils with their class, of one class or with these ids; one decryption each.

    Who has left is found by id only.
    """
    chosen: list[ColumnElement[bool]] = [StudentRow.school_id == tx.school_id]
    if class_id is not None:
        chosen.append(StudentRow.class_id == class_id)
    if ids is None:
        chosen.append(StudentRow.left_on.is_(None))
    else:
        chosen.append(StudentRow.id.in_(ids))
    rows = await tx.session.execute(
        select(
            StudentRow.id,
            ClassRow.id,
            ClassRow.name,
            StudentRow.sealed_profile,
            StudentRow.citizen_id_index.is_not(None),
            StudentRow.left_on,
        )
        .join(ClassRow, (ClassRow.school_id == StudentRow.school_id) & (ClassRow.id == StudentRow.class_id))
        .where(*chosen)
    )
    return tuple(
        _student(keys, StudentId(id_), (ClassId(class_id), class_name), profile, has_number=has, left_on=left)
        for id_, class_id, class_name, profile, has, left in rows
    )


async def citizen_ids(tx: Tx, keys: SchoolKeys, ids: Collection[StudentId]) -> dict[StudentId, CitizenId]:
    """The citizen numbers of these pupils, of those who have one on record that can be read."""
    rows = await tx.session.execute(
        select(StudentRow.id, StudentRow.sealed_citizen_id).where(
            StudentRow.school_id == tx.school_id,
            StudentRow.id.in_(ids),
            StudentRow.sealed_citizen_id.is_not(None),
        )
    )
    opened = {StudentId(id_): keys.read(sealed, CITIZEN_ID) for id_, sealed in rows if sealed}
    return {id_: CitizenId(number) for id_, number in opened.items() if number is not None}


async def find_by_citizen_index(tx: Tx, index: bytes) -> StudentId | None:
    """The pupil with this blind index."""
    found = await tx.session.scalar(
        select(StudentRow.id).where(
            StudentRow.school_id == tx.school_id, StudentRow.citizen_id_index == index
        )
    )
    return StudentId(found) if found else None


async def find_by_citizen_indexes(tx: Tx, indexes: Collection[bytes]) -> dict[bytes, StudentId]:
    """Those of these citizen numbers, by their blind indexes, that pupils have."""
    rows = await tx.session.execute(
        select(StudentRow.citizen_id_index, StudentRow.id).where(
            StudentRow.school_id == tx.school_id, StudentRow.citizen_id_index.in_(indexes)
        )
    )
    return {index: StudentId(id_) for index, id_ in rows if index is not None}


async def set_left(tx: Tx, student_id: StudentId, on: date | None, now: datetime) -> bool:
    """Note the last day of a pupil; False when the school has no such pupil."""
    found = await tx.session.scalar(
        update(StudentRow)
        .where(StudentRow.school_id == tx.school_id, StudentRow.id == student_id)
        .values(left_on=on, updated_at=now)
        .returning(StudentRow.id)
    )
    return found is not None


def _student(
    keys: SchoolKeys,
    id_: StudentId,
    class_: tuple[ClassId, str],
    profile: bytes,
    *,
    has_number: bool,
    left_on: date | None,
) -> Student:
    opened = keys.read(profile, PROFILE)
    if opened is None:
        return Student(id_, *class_, UNREADABLE, None, None, has_number, left_on)
    full_name, born_on, sex = orjson.loads(opened)
    return Student(id_, *class_, full_name, date.fromisoformat(born_on), sex, has_number, left_on)
