"""Rows of schools. Private to this slice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from core.db.transaction import PlatformTx, Tx
from core.schools.domain import DayTimes, School
from core.schools.tables import SchoolRow
from core.values.ids import SchoolId


async def add(tx: Tx, name: str, day: DayTimes, now: datetime) -> None:
    """Insert the school unless it is there."""
    await tx.session.execute(
        insert(SchoolRow)
        .values(school_id=tx.school_id, name=name, created_at=now, **_times(day))
        .on_conflict_do_nothing()
    )


async def find(tx: Tx) -> School | None:
    """The school of this transaction."""
    row = await tx.session.scalar(select(SchoolRow).where(SchoolRow.school_id == tx.school_id))
    return _school(row) if row else None


async def set_day(tx: Tx, day: DayTimes) -> None:
    """Overwrite the times of the day."""
    await tx.session.execute(
        update(SchoolRow).where(SchoolRow.school_id == tx.school_id).values(**_times(day))
    )


async def list_schools(tx: PlatformTx) -> tuple[School, ...]:
    """Every school, by name."""
    rows = await tx.session.scalars(select(SchoolRow).order_by(SchoolRow.name, SchoolRow.school_id))
    return tuple(_school(row) for row in rows)


def _times(day: DayTimes) -> dict[str, object]:
    return {"opens": day.opens, "starts": day.starts, "late_after": day.late_after}


def _school(row: SchoolRow) -> School:
    day = DayTimes(row.opens, row.starts, row.late_after)
    return School(SchoolId(row.school_id), row.name, day, row.absent_after)
