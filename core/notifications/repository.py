"""The SQL of the outbox.

Leases and the pace are counted on the database's clock alone, so a process whose own clock is wrong neither
takes another's work nor breaks the pace. When a message may go comes from the caller's clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, any_, delete, func, literal, select, text, update

from core.db.durability import RELAXED
from core.db.leases import Leases
from core.db.transaction import PlatformTx, Tx
from core.notifications.domain import ChannelHealth
from core.notifications.leased import Claim, Outcome
from core.notifications.tables import NotificationRow
from core.values.ids import NotificationId

_MINE = """channel = ANY(CAST(:channels AS text[]))
  AND (CAST(:school AS uuid) IS NULL OR school_id = CAST(:school AS uuid))"""
_LONGEST_WORD = 200
LEASES = Leases("notifications", held="sending", only=_MINE)

_INSERT = text("""
INSERT INTO notifications
  (school_id, id, channel, lane, key, content, dedupe_key, urgency, created_at, not_before, attempt_at,
   expires_at)
SELECT :school, n.id, n.channel, n.lane, n.key, n.content, n.dedupe_key, n.urgency, CAST(:now AS timestamptz),
       n.not_before, n.not_before, n.expires_at
FROM unnest(CAST(:ids AS uuid[]), CAST(:channels AS text[]), CAST(:lanes AS bytea[]), CAST(:keys AS text[]),
            CAST(:contents AS bytea[]), CAST(:dedupe_keys AS text[]), CAST(:urgencies AS smallint[]),
            CAST(:not_befores AS timestamptz[]), CAST(:expiries AS timestamptz[]))
     WITH ORDINALITY AS n(id, channel, lane, key, content, dedupe_key, urgency, not_before, expires_at, place)
ORDER BY n.place
ON CONFLICT (school_id, dedupe_key) DO NOTHING
RETURNING id, pg_notify(:wakes, channel)
""")

# A message is claimable when it is the first of its lane (urgency, then age) among those that may go by now,
# and none of its lane is being sent. A message that waits for a retry still holds those behind it; one
# that is scheduled for later holds nobody.
_HEAD = """
WITH head AS (
  SELECT n.school_id, n.id FROM notifications n
  WHERE n.status = 'queued' AND n.channel = :channel AND n.urgency <= :least_urgent
    AND (CAST(:school AS uuid) IS NULL OR n.school_id = CAST(:school AS uuid))
    AND n.not_before <= :now AND n.attempt_at <= :now AND (n.expires_at IS NULL OR n.expires_at > :now)
    AND n.seq = (SELECT e.seq FROM notifications e
                 WHERE e.school_id = n.school_id AND e.lane = n.lane AND e.status IN ('queued', 'sending')
                   AND e.not_before <= :now
                 ORDER BY e.urgency, e.seq LIMIT 1)
    AND NOT EXISTS (SELECT FROM notifications s
                    WHERE s.school_id = n.school_id AND s.lane = n.lane AND s.status = 'sending')
    AND NOT EXISTS (SELECT FROM delivery_paces p
                    WHERE p.channel = :pace AND p.paused_until > clock_timestamp())
    AND NOT EXISTS (SELECT FROM delivery_lanes l
                    WHERE l.school_id = n.school_id AND l.lane = n.lane AND l.open_at > clock_timestamp())
  ORDER BY n.urgency, n.seq LIMIT :limit FOR UPDATE OF n SKIP LOCKED)"""
_LEASE = f"""
UPDATE notifications n
SET status = 'sending', attempts = n.attempts + 1, lease_token = :token,
    leased_until = clock_timestamp() + :lease
FROM head WHERE n.school_id = head.school_id AND n.id = head.id
RETURNING n.id, n.school_id, n.seq, n.key, n.content, n.dedupe_key, n.urgency, n.attempts,
          n.created_at, n.lane, n.expires_at, n.progress, {RELAXED}
"""  # noqa: S608 - a constant of ours
_PAY = """, paid AS (
  UPDATE delivery_paces p
  SET spent_until = greatest(p.spent_until, CAST(:pace_now AS timestamptz))
                    + CAST(:interval AS interval) * (SELECT count(*) FROM head)
  WHERE p.channel = :pace AND EXISTS (SELECT FROM head))"""
_CLAIM = text(_HEAD + _LEASE)
_CLAIM_AND_PAY = text(_HEAD + _PAY + _LEASE)

_SETTLE = text("""
UPDATE notifications n
SET status = o.status, attempt_at = coalesce(o.attempt_at, n.attempt_at), failure = o.failure,
    message_id = o.message_id, attempts = n.attempts - o.refund, progress = coalesce(o.progress, n.progress),
    finished_at = CASE WHEN o.status = 'queued' THEN NULL ELSE CAST(:now AS timestamptz) END,
    lease_token = NULL, leased_until = NULL
FROM unnest(CAST(:schools AS uuid[]), CAST(:ids AS uuid[]), CAST(:tokens AS uuid[]),
            CAST(:statuses AS text[]), CAST(:attempt_ats AS timestamptz[]), CAST(:failures AS text[]),
            CAST(:message_ids AS text[]), CAST(:refunds AS smallint[]), CAST(:progresses AS smallint[]))
     AS o(school_id, id, token, status, attempt_at, failure, message_id, refund, progress)
WHERE n.school_id = o.school_id AND n.id = o.id AND n.status = 'sending' AND n.lease_token = o.token
RETURNING n.id
""")

_LOST_AT_LAST = text(f"""
SELECT id, school_id, channel, key, content, dedupe_key, urgency, attempts, created_at, lease_token, lane,
       expires_at, progress
FROM notifications
WHERE status = 'sending' AND leased_until < clock_timestamp() AND attempts >= :tries AND {_MINE}
ORDER BY seq LIMIT :limit FOR UPDATE SKIP LOCKED
""")  # noqa: S608 - a constant of ours

_EXPIRE = text("""
WITH late AS (
  SELECT school_id, id FROM notifications
  WHERE status = 'queued' AND expires_at <= :now FOR UPDATE SKIP LOCKED)
UPDATE notifications n SET status = 'expired', finished_at = :now
FROM late WHERE n.school_id = late.school_id AND n.id = late.id
RETURNING n.id
""")

_PERSONS = [
    "telegram_blocked",
    "webchat_away",
    "no_such_chat",
    "not_theirs",
    "withdrawn",
    "zalo_window_closed",
]
_TROUBLE = text("""
SELECT channel, count(*) FILTER (WHERE status <> 'parked') AS late,
       min(not_before) FILTER (WHERE status <> 'parked') AS late_since,
       count(*) FILTER (WHERE status = 'parked') AS parked, max(failure) AS failure
FROM notifications
WHERE school_id = :school AND coalesce(failure, '') NOT LIKE 'wait:%'
  AND ((status IN ('queued', 'sending') AND not_before < :late AND (expires_at IS NULL OR expires_at > not_before))
    OR (status = 'parked' AND finished_at > :lately AND NOT coalesce(failure, '') = ANY(CAST(:persons AS text[]))))
GROUP BY channel ORDER BY channel
""")

_LOCK_PACE = text(f"""
INSERT INTO delivery_paces AS p (channel, spent_until, paused_until)
VALUES (:channel, '-infinity', '-infinity')
ON CONFLICT (channel) DO UPDATE SET channel = p.channel
RETURNING greatest(spent_until, clock_timestamp()) AS spent_until,
          greatest(paused_until, clock_timestamp()) AS paused_until, clock_timestamp() AS now, {RELAXED}
""")  # noqa: S608 - a constant of ours

_PAUSE = text("""
INSERT INTO delivery_paces AS p (channel, spent_until, paused_until)
VALUES (:channel, '-infinity', clock_timestamp() + :pause)
ON CONFLICT (channel) DO UPDATE SET paused_until = greatest(p.paused_until, excluded.paused_until)
""")


@dataclass(frozen=True, slots=True)
class PaceState:
    """The quota of a channel as the database counts it; locked until the transaction ends."""

    spent_until: datetime
    paused_until: datetime
    now: datetime


@dataclass(frozen=True, slots=True)
class Paying:
    """What each claimed message costs of the channel's quota, counted from `now`."""

    interval: timedelta
    now: datetime


async def insert_all(tx: Tx, columns: dict[str, list[Any]], now: datetime, wakes: str) -> set[UUID]:
    """Insert a batch in its order, without those whose dedupe key exists; returns the ids inserted.

    The listeners of `wakes` hear of their channels at the commit.
    """
    given = {**columns, "school": tx.school_id, "now": now, "wakes": wakes}
    return set((await tx.session.execute(_INSERT, given)).scalars())


async def ids_by_dedupe_key(tx: Tx, dedupe_keys: Sequence[str]) -> dict[str, UUID]:
    """The ids under which these dedupe keys are recorded; one argument, however many keys."""
    wanted = any_(literal(list(dedupe_keys), ARRAY(Text)))
    statement = select(NotificationRow.dedupe_key, NotificationRow.id).where(
        NotificationRow.school_id == tx.school_id, NotificationRow.dedupe_key == wanted
    )
    return {row.dedupe_key: row.id for row in await tx.session.execute(statement)}


async def claim(
    tx: PlatformTx, token: UUID, lease: timedelta, paying: Paying | None = None, **given: object
) -> tuple[Claim, ...]:
    """Lease up to `limit` messages of `channel`: the most urgent first, at most one of each lane.

    `school` narrows it to one school, `pace` names the quota (`DeliveryPaceRow`). `paying` takes as many tokens from
    it; `lock_pace` holds it. With `may_be_lost` the commit does not wait for the disk.
    """
    given |= {"token": token, "lease": lease}
    if paying is not None:
        given |= {"pace_now": paying.now, "interval": paying.interval}
    statement = _CLAIM_AND_PAY if paying else _CLAIM
    rows = (await tx.session.execute(statement, given)).all()
    return tuple(
        Claim(
            row.id, row.school_id, row.key, row.content, row.dedupe_key, row.urgency, row.attempts,
            row.created_at, token, row.lane, row.expires_at, row.progress,
        )
        for row in sorted(rows, key=lambda row: (row.urgency, row.seq))
    )  # fmt: skip


async def settle(tx: PlatformTx, outcomes: Sequence[Outcome], now: datetime) -> set[UUID]:
    """Write outcomes back where the lease still holds; returns the ids for which it did."""
    given = {
        "schools": [one.claim.school_id for one in outcomes],
        "ids": [one.claim.id for one in outcomes],
        "tokens": [one.claim.lease for one in outcomes],
        "statuses": [one.status.value for one in outcomes],
        "attempt_ats": [one.attempt_at for one in outcomes],
        "failures": [_plain(one.failure) for one in outcomes],
        "message_ids": [_plain(one.message_id) for one in outcomes],
        "refunds": [one.refund for one in outcomes],
        "progresses": [one.progress for one in outcomes],
        "now": now,
    }
    return set((await tx.session.execute(_SETTLE, given)).scalars())


def _plain(text: str | None) -> str | None:
    """A provider's word as a column takes it: no NUL, no half of a pair, no more than an id needs."""
    return text and "".join(sign if sign.isprintable() else "?" for sign in text[:_LONGEST_WORD])


async def lost_at_last(
    tx: PlatformTx, tries: int, limit: int, **mine: object
) -> tuple[tuple[str, Claim], ...]:
    """What a dead worker left in its last try, with its channel; locked, still under its lease."""
    given = {"tries": tries, "limit": limit, **mine}
    return tuple(
        (
            row.channel,
            Claim(
                row.id, row.school_id, row.key, row.content, row.dedupe_key, row.urgency, row.attempts,
                row.created_at, row.lease_token, row.lane, row.expires_at, row.progress,
            ),
        )
        for row in await tx.session.execute(_LOST_AT_LAST, given)
    )  # fmt: skip


async def expire(tx: PlatformTx, now: datetime) -> int:
    """Close what nobody needs to know any more."""
    return len((await tx.session.execute(_EXPIRE, {"now": now})).all())


async def lock_pace(tx: PlatformTx, channel: str, *, may_be_lost: bool) -> PaceState:
    """Read a channel's quota and keep other processes from spending it until this transaction ends."""
    row = (await tx.session.execute(_LOCK_PACE, {"channel": channel, "may_be_lost": may_be_lost})).one()
    return PaceState(row.spent_until, row.paused_until, row.now)


async def pause(tx: PlatformTx, channel: str, pause_for: timedelta) -> None:
    """Let nobody send on the channel for a while, as it asked."""
    await tx.session.execute(_PAUSE, {"channel": channel, "pause": pause_for})


async def list_latest(
    tx: Tx, limit: int, lane: bytes | None = None, status: str | None = None
) -> Sequence[NotificationRow]:
    """Messages of the school, the newest first.

    Of the whole school by id, which has the time in it and an index; else by the place in the queue.
    """
    statement = select(NotificationRow).where(NotificationRow.school_id == tx.school_id)
    if lane is None and status is None:
        newest = statement.order_by(NotificationRow.id.desc()).limit(limit)
        return (await tx.session.scalars(newest)).all()
    if lane is not None:
        statement = statement.where(NotificationRow.lane == lane)
    if status is not None:
        statement = statement.where(NotificationRow.status == status)
    return (await tx.session.scalars(statement.order_by(NotificationRow.seq.desc()).limit(limit))).all()


async def count_by_status(tx: Tx, dedupe_prefix: str) -> dict[str, int]:
    """How many messages, of those whose dedupe key begins so, stand where."""
    statement = (
        select(NotificationRow.status, func.count().label("total"))
        .where(
            NotificationRow.school_id == tx.school_id,
            NotificationRow.dedupe_key.startswith(dedupe_prefix, autoescape=True),
        )
        .group_by(NotificationRow.status)
    )
    return {row.status: row.total for row in await tx.session.execute(statement)}


async def list_trouble(tx: Tx, late: datetime, lately: datetime) -> tuple[ChannelHealth, ...]:
    """By channel: what could have gone before `late` and still waits, and what was given up since `lately`.

    What waits for a person to write, or failed for a person's own sake, is no trouble.
    """
    rows = await tx.session.execute(
        _TROUBLE, {"school": tx.school_id, "late": late, "lately": lately, "persons": _PERSONS}
    )
    return tuple(
        ChannelHealth(row.channel, row.late, row.late_since, row.parked, row.failure or "") for row in rows
    )


async def requeue(tx: Tx, notification_id: NotificationId, now: datetime) -> str | None:
    """Put a parked message back with all its tries; returns its channel, or None when there is none."""
    statement = (
        update(NotificationRow)
        .where(
            NotificationRow.school_id == tx.school_id,
            NotificationRow.id == notification_id,
            NotificationRow.status == "parked",
        )
        .values(status="queued", attempts=0, attempt_at=now, finished_at=None, failure=None)
        .returning(NotificationRow.channel)
    )
    return (await tx.session.execute(statement)).scalar()


async def forget_finished(tx: PlatformTx, before: datetime) -> int:
    """Delete messages that were sent, expired or went another way before `before`."""
    statement = delete(NotificationRow).where(
        NotificationRow.status.in_(("sent", "expired", "rerouted")), NotificationRow.finished_at < before
    )
    return len((await tx.session.execute(statement.returning(NotificationRow.id))).all())
