"""Rows of a school's calendar. Private to this slice."""

from __future__ import annotations

from datetime import time
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update

from core.db.transaction import Tx
from core.schools.calendar.domain import Calendar, NewSpan, Span, SpanKind
from core.schools.tables import SchoolRow, SchoolSpanRow


async def lock(tx: Tx) -> bool:
    """Let the writers of one calendar follow one another; False when there is no such school."""
    found = await tx.session.scalar(
        select(SchoolRow.school_id).where(SchoolRow.school_id == tx.school_id).with_for_update(key_share=True)
    )
    return found is not None


async def read(tx: Tx) -> Calendar:
    """The whole calendar; an empty one of a school that nobody registered."""
    saturdays = await tx.session.scalar(
        select(SchoolRow.lessons_on_saturdays).where(SchoolRow.school_id == tx.school_id)
    )
    rows = await tx.session.scalars(
        select(SchoolSpanRow)
        .where(SchoolSpanRow.school_id == tx.school_id)
        .order_by(SchoolSpanRow.first_on)
        .execution_options(populate_existing=True)
    )
    spans = (Span(one.id, NewSpan(SpanKind(one.kind), one.name, one.first_on, one.last_on)) for one in rows)
    return Calendar(tuple(spans), saturdays)


async def add(tx: Tx, span_id: UUID, span: NewSpan) -> None:
    """Insert an entry."""
    await tx.session.execute(
        insert(SchoolSpanRow).values(school_id=tx.school_id, id=span_id, **_columns(span))
    )


async def change(tx: Tx, span_id: UUID, span: NewSpan) -> bool:
    """Overwrite an entry; False when it is not there."""
    done = await tx.session.execute(
        update(SchoolSpanRow)
        .where(SchoolSpanRow.school_id == tx.school_id, SchoolSpanRow.id == span_id)
        .values(**_columns(span))
        .returning(SchoolSpanRow.id)
    )
    return done.scalar() is not None


async def remove(tx: Tx, span_id: UUID) -> bool:
    """Delete an entry; False when it is not there."""
    done = await tx.session.execute(
        delete(SchoolSpanRow)
        .where(SchoolSpanRow.school_id == tx.school_id, SchoolSpanRow.id == span_id)
        .returning(SchoolSpanRow.id)
    )
    return done.scalar() is not None


async def set_saturdays(tx: Tx, *, lessons: bool | None) -> None:
    """Overwrite what is said of Saturdays."""
    await tx.session.execute(
        update(SchoolRow).where(SchoolRow.school_id == tx.school_id).values(lessons_on_saturdays=lessons)
    )


async def set_absent_after(tx: Tx, moment: time | None) -> None:
    """Overwrite from when who has not come is told of."""
    await tx.session.execute(
        update(SchoolRow).where(SchoolRow.school_id == tx.school_id).values(absent_after=moment)
    )


def _columns(span: NewSpan) -> dict[str, Any]:
    return {
        "kind": span.kind.value,
        "name": span.name,
        "first_on": span.first_on,
        "last_on": span.last_on,
    }
