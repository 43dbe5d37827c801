"""Rows of restrictions. Private to the slice."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.dialects.postgresql import insert

from core.contracts.citizen_id import CitizenId
from core.db.transaction import Tx
from core.guardians.restrictions.domain import NewRestriction, Person, Restriction, RestrictionKind
from core.guardians.tables import RestrictionRow
from core.values.ids import GuardianId, StudentId
from core.vault.keyring import SchoolKeys
from core.vault.unreadable import UNREADABLE

PERSON = "guardian.restricted_person"
REASON = "guardian.restriction_reason"
NUMBER = "guardian.citizen_id"


async def add(tx: Tx, keys: SchoolKeys, id_: UUID, new: NewRestriction, by: str, now: datetime) -> None:
    """Keep a restriction."""
    person = new.person
    number = person.number.value if person.number else None
    guardian = str(person.guardian_id) if person.guardian_id else None
    await tx.session.execute(
        insert(RestrictionRow).values(
            school_id=tx.school_id,
            id=id_,
            student_id=new.student_id,
            kind=new.kind,
            sealed_person=keys.seal(orjson.dumps([person.full_name, number, guardian]).decode(), PERSON),
            citizen_index=keys.blind_index(number, NUMBER) if number else None,
            sealed_reason=keys.seal(new.reason, REASON),
            until=new.until,
            created_at=now,
            created_by=by,
        )
    )


async def list_barred(
    tx: Tx, keys: SchoolKeys, student_ids: Collection[StudentId], today: date
) -> tuple[Restriction, ...]:
    """The restrictions in force for these pupils."""
    return await _list(tx, keys, today, RestrictionRow.student_id.in_(student_ids))


async def list_all(tx: Tx, keys: SchoolKeys, today: date) -> tuple[Restriction, ...]:
    """Every restriction in force."""
    return await _list(tx, keys, today)


async def lift(tx: Tx, id_: UUID, by: str, now: datetime) -> StudentId | None:
    """End a restriction; None when no such one is in force."""
    found = await tx.session.scalar(
        update(RestrictionRow)
        .where(
            RestrictionRow.school_id == tx.school_id,
            RestrictionRow.id == id_,
            RestrictionRow.lifted_at.is_(None),
        )
        .values(lifted_at=now, lifted_by=by)
        .returning(RestrictionRow.student_id)
    )
    return StudentId(found) if found else None


async def _list(
    tx: Tx, keys: SchoolKeys, today: date, *chosen: ColumnElement[bool]
) -> tuple[Restriction, ...]:
    rows = await tx.session.scalars(
        select(RestrictionRow)
        .where(
            RestrictionRow.school_id == tx.school_id,
            RestrictionRow.lifted_at.is_(None),
            RestrictionRow.until.is_(None) | (RestrictionRow.until >= today),
            *chosen,
        )
        .order_by(RestrictionRow.id)
    )
    return tuple(_restriction(keys, row) for row in rows)


def _restriction(keys: SchoolKeys, row: RestrictionRow) -> Restriction:
    opened = keys.read(row.sealed_person, PERSON)
    name, number, guardian = (UNREADABLE, None, None) if opened is None else orjson.loads(opened)
    person = Person(
        name, CitizenId(number) if number else None, GuardianId(UUID(guardian)) if guardian else None
    )
    return Restriction(
        row.id,
        StudentId(row.student_id),
        RestrictionKind(row.kind),
        person,
        keys.show(row.sealed_reason, REASON),
        row.until,
        row.created_at,
        row.created_by,
    )
