"""The SQL of the inbox.

Leases are counted on the database's clock alone, so a worker whose own clock is wrong takes nothing away
from another. When an event may be tried comes from the caller's clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from core.db.durability import RELAXED
from core.db.leases import Leases
from core.db.transaction import PlatformTx, Tx
from core.inbox.domain import InboxHealth
from core.inbox.leased import Claim, Outcome
from core.inbox.tables import InboxRow
from core.values.ids import InboxId

LEASES = Leases("inbox_events", held="working")

# An event is claimable when it is the first waiting one of its lane and none of its lane is being worked on.
# Both probes use an index; the scalar subquery cannot be turned into a join over the whole queue.
_CLAIM = text(f"""
WITH head AS (
  SELECT i.school_id, i.id FROM inbox_events i
  WHERE i.status = 'queued' AND i.source = ANY(:sources) AND i.attempt_at <= :now
    AND (CAST(:school AS uuid) IS NULL OR i.school_id = CAST(:school AS uuid))
    AND i.seq = (SELECT e.seq FROM inbox_events e
                 WHERE e.school_id = i.school_id AND e.lane = i.lane AND e.status IN ('queued', 'working')
                 ORDER BY e.seq LIMIT 1)
    AND NOT EXISTS (SELECT FROM inbox_events w
                    WHERE w.school_id = i.school_id AND w.lane = i.lane AND w.status = 'working')
  ORDER BY i.seq LIMIT :limit FOR UPDATE OF i SKIP LOCKED)
UPDATE inbox_events i
SET status = 'working', attempts = i.attempts + 1, lease_token = :token,
    leased_until = clock_timestamp() + :lease
FROM head WHERE i.school_id = head.school_id AND i.id = head.id
RETURNING i.id, i.school_id, i.seq, i.source, i.external_id, i.content, i.attempts, i.received_at, {RELAXED}
""")  # noqa: S608 - a constant of ours

_INSERT_ALL = text("""
INSERT INTO inbox_events
  (school_id, id, source, external_id, lane, content, status, received_at, attempt_at, finished_at)
SELECT :school, n.id, n.source, n.external_id, n.lane, n.content, n.status, n.received_at, n.attempt_at, n.finished_at
FROM unnest(CAST(:ids AS uuid[]), CAST(:sources AS text[]), CAST(:external_ids AS text[]), CAST(:lanes AS bytea[]),
            CAST(:contents AS bytea[]), CAST(:statuses AS text[]), CAST(:received_ats AS timestamptz[]),
            CAST(:attempt_ats AS timestamptz[]), CAST(:finished_ats AS timestamptz[]))
     WITH ORDINALITY
     AS n(id, source, external_id, lane, content, status, received_at, attempt_at, finished_at, place)
ORDER BY n.place
ON CONFLICT (school_id, source, external_id) DO NOTHING
RETURNING id, pg_notify(:channel, source)
""")
_INSERT_COLUMNS = {
    "ids": "id", "sources": "source", "external_ids": "external_id", "lanes": "lane", "contents": "content",
    "statuses": "status", "received_ats": "received_at", "attempt_ats": "attempt_at", "finished_ats": "finished_at",
}  # fmt: skip

_SETTLE = text("""
UPDATE inbox_events i
SET status = o.status, attempt_at = coalesce(o.attempt_at, i.attempt_at), failure = o.failure,
    finished_at = CASE WHEN o.status = 'queued' THEN NULL ELSE CAST(:now AS timestamptz) END,
    lease_token = NULL, leased_until = NULL
FROM unnest(CAST(:schools AS uuid[]), CAST(:ids AS uuid[]), CAST(:tokens AS uuid[]),
            CAST(:statuses AS text[]), CAST(:attempt_ats AS timestamptz[]), CAST(:failures AS text[]))
     AS o(school_id, id, token, status, attempt_at, failure)
WHERE i.school_id = o.school_id AND i.id = o.id AND i.status = 'working' AND i.lease_token = o.token
RETURNING i.id
""")

_HEALTH = text("""
SELECT source, max(received_at) AS heard_at,
       count(*) FILTER (WHERE status IN ('queued', 'working') AND received_at < :late) AS late,
       min(received_at) FILTER (WHERE status IN ('queued', 'working') AND received_at < :late) AS late_since,
       count(*) FILTER (WHERE status = 'parked') AS parked,
       min(finished_at) FILTER (WHERE status = 'parked') AS parked_since
FROM inbox_events WHERE school_id = :school GROUP BY source
""")


async def insert_event(tx: Tx, values: dict[str, object]) -> bool:
    """Insert unless (school, source, external id) exists; says whether it was inserted."""
    statement = (
        insert(InboxRow)
        .values(school_id=tx.school_id, **values)
        .on_conflict_do_nothing(index_elements=["school_id", "source", "external_id"])
        .returning(InboxRow.id)
    )
    return (await tx.session.execute(statement)).scalar() is not None


async def insert_events(tx: Tx, rows: Sequence[dict[str, object]], channel: str) -> set[UUID]:
    """Insert many in one statement, in their order; returns the ids of those that were new.

    The listeners of `channel` wake at the commit, with the source of each.

    Arrays make it one and the same statement for any number of rows: prepared once, compiled never again.
    """
    given = {name: [row[key] for row in rows] for name, key in _INSERT_COLUMNS.items()}
    return set(
        (
            await tx.session.execute(_INSERT_ALL, {**given, "school": tx.school_id, "channel": channel})
        ).scalars()
    )


async def find_id(tx: Tx, source: str, external_id: str) -> UUID | None:
    """The id under which a fact was recorded."""
    return await tx.session.scalar(
        select(InboxRow.id).where(
            InboxRow.school_id == tx.school_id, InboxRow.source == source, InboxRow.external_id == external_id
        )
    )


async def finish(tx: Tx, event_id: InboxId, lease: UUID, now: datetime) -> bool:
    """Mark a leased event done; False when the lease is gone."""
    statement = (
        update(InboxRow)
        .where(
            InboxRow.school_id == tx.school_id,
            InboxRow.id == event_id,
            InboxRow.status == "working",
            InboxRow.lease_token == lease,
        )
        .values(status="done", finished_at=now, lease_token=None, leased_until=None, failure=None)
        .returning(InboxRow.id)
    )
    return (await tx.session.execute(statement)).scalar() is not None


async def claim(tx: PlatformTx, token: UUID, lease: timedelta, **given: object) -> tuple[Claim, ...]:
    """Lease up to `limit` events of `sources`, the oldest first, at most one of each lane; of one `school`, or of all.

    With `may_be_lost` the commit does not wait for the disk.
    """
    rows = (await tx.session.execute(_CLAIM, {"token": token, "lease": lease, **given})).all()
    return tuple(
        Claim(
            row.id,
            row.school_id,
            row.source,
            row.external_id,
            row.content,
            row.attempts,
            row.received_at,
            token,
        )
        for row in sorted(rows, key=lambda row: row.seq)
    )


async def settle(tx: PlatformTx, outcomes: Sequence[Outcome], now: datetime) -> set[UUID]:
    """Write outcomes back where the lease still holds; returns the ids for which it did."""
    given = {
        "schools": [one.claim.school_id for one in outcomes],
        "ids": [one.claim.id for one in outcomes],
        "tokens": [one.claim.lease for one in outcomes],
        "statuses": [one.status.value for one in outcomes],
        "attempt_ats": [one.attempt_at for one in outcomes],
        "failures": [one.failure for one in outcomes],
        "now": now,
    }
    return set((await tx.session.execute(_SETTLE, given)).scalars())


async def list_parked(tx: Tx, limit: int) -> Sequence[InboxRow]:
    """The parked events of the school, oldest first."""
    statement = (
        select(InboxRow)
        .where(InboxRow.school_id == tx.school_id, InboxRow.status == "parked")
        .order_by(InboxRow.seq)
        .limit(limit)
    )
    return (await tx.session.scalars(statement)).all()


async def health(tx: Tx, late: datetime) -> InboxHealth:
    """What has waited since before `late`, what was given up, and when each source was heard last."""
    rows = (await tx.session.execute(_HEALTH, {"school": tx.school_id, "late": late})).all()

    def first(times: Iterable[datetime | None]) -> datetime | None:
        return min((at for at in times if at is not None), default=None)

    return InboxHealth(
        sum(row.late for row in rows),
        first(row.late_since for row in rows),
        sum(row.parked for row in rows),
        first(row.parked_since for row in rows),
        {row.source: row.heard_at for row in rows},
    )


async def requeue(tx: Tx, event_id: InboxId, now: datetime) -> bool:
    """Put a parked event back with all its tries; False when there is none."""
    statement = (
        update(InboxRow)
        .where(InboxRow.school_id == tx.school_id, InboxRow.id == event_id, InboxRow.status == "parked")
        .values(status="queued", attempts=0, attempt_at=now, finished_at=None, failure=None)
        .returning(InboxRow.id)
    )
    return (await tx.session.execute(statement)).scalar() is not None


async def forget_lane(tx: Tx, lane: bytes, nothing: bytes, now: datetime) -> None:
    """Overwrite what the ended events of a chat say."""
    await tx.session.execute(
        update(InboxRow)
        .where(
            InboxRow.school_id == tx.school_id, InboxRow.lane == lane, InboxRow.status.in_(("done", "parked"))
        )
        .values(content=nothing, status="done", finished_at=func.coalesce(InboxRow.finished_at, now))
        .execution_options(synchronize_session=False)
    )


async def forget_finished(tx: PlatformTx, before: datetime) -> int:
    """Delete handled events that finished before `before`."""
    statement = delete(InboxRow).where(InboxRow.status == "done", InboxRow.finished_at < before)
    return len((await tx.session.execute(statement.returning(InboxRow.id))).all())
