"""The SQL of single chats: their quota, counted on the database's clock, and messages that wait for a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from core.db.transaction import PlatformTx, Tx
from core.notifications.pace import Pace

WAITING = "wait:"
"""How the failure of a message begins that waits until its person writes."""

_SPEND = text("""
INSERT INTO delivery_lanes AS l (school_id, lane, spent_until, open_at)
SELECT j.school_id, j.lane, statement_timestamp() + j.every, statement_timestamp() + j.every - j.slack
FROM unnest(CAST(:schools AS uuid[]), CAST(:lanes AS bytea[]), CAST(:everies AS interval[]),
            CAST(:slacks AS interval[])) AS j(school_id, lane, every, slack)
ON CONFLICT (school_id, lane) DO UPDATE
SET spent_until = greatest(l.spent_until, statement_timestamp()) + (excluded.spent_until - statement_timestamp()),
    open_at = greatest(l.spent_until, statement_timestamp()) + (excluded.open_at - statement_timestamp())
""")

_NEXT_OPENING = text("""
SELECT min(l.open_at) - clock_timestamp() FROM delivery_lanes l
WHERE l.open_at > clock_timestamp()
  AND EXISTS (SELECT FROM notifications n
              WHERE n.school_id = l.school_id AND n.lane = l.lane AND n.status = 'queued' AND n.channel = :channel)
""")

_FORGET = text("DELETE FROM delivery_lanes WHERE open_at < clock_timestamp() - interval '1 hour'")

_RESUME = text("""
UPDATE notifications SET attempt_at = :now
WHERE school_id = :school AND lane = :lane AND status = 'queued' AND attempt_at > :now
  AND starts_with(failure, :waiting)
RETURNING id
""")

_FORGET_CHAT = text("""
UPDATE notifications
SET content = :nothing, finished_at = coalesce(finished_at, :now),
    failure = CASE WHEN status IN ('queued', 'parked') THEN 'erased' ELSE failure END,
    status = CASE WHEN status IN ('queued', 'parked') THEN 'expired' ELSE status END
WHERE school_id = :school AND lane = :lane AND status <> 'sending'
""")


@dataclass(frozen=True, slots=True)
class Spent:
    """One message of a chat that has a pace of its own."""

    school_id: UUID
    lane: bytes
    pace: Pace


async def spend(tx: PlatformTx, spent: Sequence[Spent]) -> None:
    """Take one token of each chat's bucket."""
    given = {
        "schools": [one.school_id for one in spent],
        "lanes": [one.lane for one in spent],
        "everies": [one.pace.interval for one in spent],
        "slacks": [one.pace.interval * (one.pace.burst - 1) for one in spent],
    }
    await tx.session.execute(_SPEND, given)


async def next_opening(tx: PlatformTx, channel: str) -> timedelta | None:
    """How long until the first chat that waits for its own quota may get a message."""
    found: timedelta | None = (await tx.session.execute(_NEXT_OPENING, {"channel": channel})).scalar()
    return None if found is None else max(found, timedelta())


async def forget(tx: PlatformTx) -> None:
    """Delete quotas that are full again."""
    await tx.session.execute(_FORGET)


async def resume(tx: Tx, lane: bytes, now: datetime) -> int:
    """Let the messages go that wait for the person of this chat."""
    given = {"school": tx.school_id, "lane": lane, "now": now, "waiting": WAITING}
    return len((await tx.session.execute(_RESUME, given)).all())


async def forget_chat(tx: Tx, lane: bytes, nothing: bytes, now: datetime) -> None:
    """Overwrite what the messages of a chat say; what is on its way right now stays until it is forgotten by age."""
    given = {"school": tx.school_id, "lane": lane, "nothing": nothing, "now": now}
    await tx.session.execute(_FORGET_CHAT, given)
