"""The SQL of the signs. Private to this slice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.dialects.postgresql import insert

from core.db.transaction import Tx
from core.health.domain import Sign
from core.health.tables import HealthSignRow


async def put(tx: Tx, sign: Sign) -> None:
    """Write a sign; one that says the same as before keeps its `since`."""
    values = {
        "name": sign.name,
        "failure": sign.failure,
        "detail": sign.detail,
        "since": sign.since,
        "seen_at": sign.seen_at,
    }
    new = insert(HealthSignRow).values(school_id=tx.school_id, **values)
    same = HealthSignRow.failure == new.excluded.failure
    since = case((same, HealthSignRow.since), else_=new.excluded.since)
    changed = {name: new.excluded[name] for name in ("failure", "detail", "seen_at")}
    await tx.session.execute(
        new.on_conflict_do_update(index_elements=["school_id", "name"], set_=changed | {"since": since})
    )


async def list_all(tx: Tx) -> tuple[Sign, ...]:
    """Every sign of the school, by name."""
    statement = select(HealthSignRow).where(HealthSignRow.school_id == tx.school_id)
    rows = await tx.session.scalars(statement.order_by(HealthSignRow.name))
    return tuple(Sign(row.name, row.failure, row.since, row.seen_at, row.detail) for row in rows)


async def database_now(tx: Tx) -> datetime:
    """The time by the clock of the database."""
    at: datetime | None = await tx.session.scalar(select(func.clock_timestamp()))
    assert at is not None, "a SELECT of a function has a row"
    return at
