"""Rows of failed attempts. Private to the slice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from core.db.transaction import Tx
from core.guardians.codes import Attempts
from core.guardians.tables import LinkAttemptsRow


async def lock(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Attempts]:
    """The failed attempts under these ids; two tries at once go one after the other."""
    ordered = sorted(set(ids))
    rows = [{"school_id": tx.school_id, "id": one, "failures": 0} for one in ordered]
    await tx.session.execute(insert(LinkAttemptsRow).values(rows).on_conflict_do_nothing())
    found = await tx.session.execute(
        select(LinkAttemptsRow.id, LinkAttemptsRow.failures, LinkAttemptsRow.blocked_until)
        .where(LinkAttemptsRow.school_id == tx.school_id, LinkAttemptsRow.id.in_(ordered))
        .order_by(LinkAttemptsRow.id)
        .with_for_update(key_share=True)
    )
    return {row.id: Attempts(row.failures, row.blocked_until) for row in found}


async def save(tx: Tx, attempts: Mapping[UUID, Attempts], now: datetime) -> None:
    """Remember failed attempts."""
    for id_, one in sorted(attempts.items()):
        await tx.session.execute(
            update(LinkAttemptsRow)
            .where(LinkAttemptsRow.school_id == tx.school_id, LinkAttemptsRow.id == id_)
            .values(failures=one.failures, blocked_until=one.blocked_until, last_at=now)
        )


async def forget(tx: Tx, before: datetime) -> int:
    """Delete what was last counted before `before`."""
    gone = await tx.session.scalars(
        delete(LinkAttemptsRow)
        .where(LinkAttemptsRow.school_id == tx.school_id, LinkAttemptsRow.last_at < before)
        .returning(LinkAttemptsRow.id)
    )
    return len(gone.all())
