"""The SQL over many messages of one cause. A repository of its own, private to the slice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, text, update

from core.db.transaction import Tx
from core.notifications.tables import NotificationRow

_BEGIN_SO = """FROM notifications m JOIN unnest(CAST(:prefixes AS text[])) AS p(prefix)
  ON m.dedupe_key >= p.prefix AND m.dedupe_key < p.prefix || '~' WHERE m.school_id = :school"""
_CLOSE = text(f"""
UPDATE notifications n SET status = 'expired', finished_at = :now, failure = 'withdrawn'
WHERE n.school_id = :school AND n.status IN ('queued', 'parked') AND n.id IN (SELECT m.id {_BEGIN_SO})
""")  # noqa: S608 - a constant of ours
_LAST_TRY = text(f"""
UPDATE notifications n SET expires_at = :now
WHERE n.school_id = :school
  AND n.id IN (SELECT m.id {_BEGIN_SO} AND m.status = 'sending' FOR UPDATE OF m SKIP LOCKED)
""")  # noqa: S608 - a constant of ours
_GONE_OUT = text(f"SELECT m.dedupe_key {_BEGIN_SO} AND m.status IN ('sending', 'sent')")


async def take_back(tx: Tx, dedupe_prefixes: Sequence[str], now: datetime) -> frozenset[str]:
    """Close what begins with any of these and is queued or was given up; the keys of what went out.

    What is on its way right now is counted as gone out; should it not arrive, it is not tried again.
    """
    given = {"prefixes": list(dedupe_prefixes), "school": tx.school_id}
    await tx.session.execute(_CLOSE, given | {"now": now})
    await tx.session.execute(_LAST_TRY, given | {"now": now})
    return frozenset((await tx.session.execute(_GONE_OUT, given)).scalars())


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
