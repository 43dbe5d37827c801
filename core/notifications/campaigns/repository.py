"""The SQL over many messages of one cause. A repository of its own, private to the slice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, update

from core.db.transaction import Tx
from core.notifications.tables import NotificationRow


async def withdraw(tx: Tx, dedupe_prefix: str, now: datetime) -> int:
    """Close what is still queued; says how many."""
    gone = await tx.session.scalars(
        update(NotificationRow)
        .where(
            NotificationRow.school_id == tx.school_id,
            NotificationRow.dedupe_key.startswith(dedupe_prefix, autoescape=True),
            NotificationRow.status == "queued",
        )
        .values(status="expired", finished_at=now, failure="withdrawn")
        .returning(NotificationRow.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


async def breakdown(tx: Tx, dedupe_prefix: str) -> list[tuple[str, str, str, int]]:
    """(channel, status, failure or nothing, how many)."""
    failure = func.coalesce(NotificationRow.failure, "")
    rows = await tx.session.execute(
        select(NotificationRow.channel, NotificationRow.status, failure, func.count())
        .where(
            NotificationRow.school_id == tx.school_id,
            NotificationRow.dedupe_key.startswith(dedupe_prefix, autoescape=True),
        )
        .group_by(NotificationRow.channel, NotificationRow.status, failure)
        .order_by(NotificationRow.channel, NotificationRow.status, failure)
    )
    return [(channel, status, reason, total) for channel, status, reason, total in rows]
