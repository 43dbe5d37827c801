"""How fast messages go through the outbox, beside the plainest loop that PostgreSQL allows."""

from __future__ import annotations

import asyncio
import secrets
import statistics
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from bench._ground import fresh_database
from core.db.engine import make_engine
from core.db.notify import dsn_of
from core.db.transaction import Database
from core.notifications.delivery import DeliveryWorker
from core.notifications.domain import Delivered, NewNotification, Outgoing, Recipient, Urgency
from core.notifications.service import Notifications
from core.values.clock import SystemClock
from core.values.ids import SchoolId, new_id
from core.vault.keyring import Keyring, MasterKey
from core.work.limits import Limits

NAME = "queue"
SUMMARY = "outbox: enqueue and delivery per second, enqueue to delivery in ms, beside a bare SKIP LOCKED loop"
_MESSAGES = 10_000
_BATCH = 1000
_CHATS = 2000
_ROUND_TRIPS = 100


@dataclass
class _NoOp:
    """A channel that takes everything at once and notes when."""

    wanted: int
    arrived: list[float] = field(default_factory=list)
    full: asyncio.Event = field(default_factory=asyncio.Event)

    async def deliver(self, _outgoing: Outgoing) -> Delivered:
        self.arrived.append(time.perf_counter())
        if len(self.arrived) >= self.wanted:
            self.full.set()
        return Delivered()


def run() -> dict[str, Any]:
    """Measure on an embedded server of its own, with its data synced to disk."""
    with fresh_database() as url:
        figures, reference = asyncio.run(_measure(url))
    figures["consumed_ratio"] = round(figures["consumed_per_s"] / reference["consumed_per_s"], 2)
    figures["enqueued_ratio"] = round(figures["enqueued_per_s"] / reference["enqueued_per_s"], 2)
    return {
        "target": {"consumed_per_s": 10_000, "enqueued_per_s": 32_000, "notify_p50_ms": 9},
        "figures": figures,
        "reference": reference,
        "limits": (
            f"one process, no-op channel, {_MESSAGES} messages to {_CHATS} chats, batches of {_BATCH}, fsync "
            "on, client and server share the machine. The outbox seals each message, keeps order per chat, "
            "leases and notes; the reference is asyncpg alone: one table, SELECT FOR UPDATE SKIP LOCKED, "
            "UPDATE, commit."
        ),
    }


async def _measure(url: str) -> tuple[dict[str, Any], dict[str, Any]]:
    reference = await _reference(url)
    database = Database(make_engine(url))
    notifications = Notifications(Keyring(MasterKey(secrets.token_bytes(32))), SystemClock())
    school_id = SchoolId(new_id())
    try:
        enqueued = await _enqueue_all(database, notifications, school_id)
        consumed = await _consume_all(database, url, notifications)
        waits = await _round_trips(database, url, notifications, school_id)
    finally:
        await database.dispose()
    ordered = statistics.quantiles(waits, n=100)
    return {
        "consumed_per_s": round(consumed),
        "enqueued_per_s": round(enqueued),
        "notify_p50_ms": round(ordered[49] * 1000, 1),
        "notify_p95_ms": round(ordered[94] * 1000, 1),
    }, reference


def _message(number: int) -> NewNotification:
    return NewNotification(
        Recipient("bench", f"chat-{number % _CHATS}"),
        "bench.text",
        {"student": "một tên không dài", "amount": 1_250_000, "number": number},
        dedupe_key=f"bench:{number}",
        urgency=Urgency.REPLY,
    )


async def _enqueue_all(database: Database, notifications: Notifications, school_id: SchoolId) -> float:
    begun = time.perf_counter()
    for first in range(0, _MESSAGES, _BATCH):
        async with database.transaction(school_id) as tx:
            await notifications.enqueue(tx, *(_message(n) for n in range(first, first + _BATCH)))
    return _MESSAGES / (time.perf_counter() - begun)


def _worker(database: Database, url: str, notifications: Notifications, channel: _NoOp) -> DeliveryWorker:
    return DeliveryWorker(
        database, url, notifications, SystemClock(), {"bench": channel}, limits=Limits(at_once=500)
    )


async def _consume_all(database: Database, url: str, notifications: Notifications) -> float:
    """Per second, from the start of the worker to the last message noted as sent."""
    channel = _NoOp(_MESSAGES)
    begun = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(_worker(database, url, notifications, channel).run())
        await channel.full.wait()
        while True:
            if await _open(url) == 0:
                break
            await asyncio.sleep(0.005)
        ended = time.perf_counter()
        task.cancel()
    return _MESSAGES / (ended - begun)


async def _open(url: str) -> int:
    connection = await asyncpg.connect(dsn_of(url))
    try:
        return int(await connection.fetchval("SELECT count(*) FROM notifications WHERE status <> 'sent'"))
    finally:
        await connection.close()


async def _round_trips(
    database: Database, url: str, notifications: Notifications, school_id: SchoolId
) -> list[float]:
    """Seconds from before the enqueueing transaction to the delivery, one message at a time."""
    waits: list[float] = []
    channel = _NoOp(1)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(_worker(database, url, notifications, channel).run())
        await asyncio.sleep(0.5)
        for number in range(_MESSAGES, _MESSAGES + _ROUND_TRIPS):
            channel.arrived.clear()
            channel.full.clear()
            begun = time.perf_counter()
            async with database.transaction(school_id) as tx:
                await notifications.enqueue(tx, _message(number))
            with suppress(TimeoutError):
                async with asyncio.timeout(5):
                    await channel.full.wait()
            waits.append(time.perf_counter() - begun)
            await asyncio.sleep(0.01)
        task.cancel()
    return waits


async def _reference(url: str) -> dict[str, Any]:
    """The plainest durable queue: batches in, SKIP LOCKED batches out; no order, no lease, no sealing."""
    connection = await asyncpg.connect(dsn_of(url))
    try:
        await connection.execute(
            "CREATE TABLE plain (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "
            "body text, done boolean DEFAULT false)"
        )
        begun = time.perf_counter()
        body = "x" * 150
        for _ in range(0, _MESSAGES, _BATCH):
            await connection.execute("INSERT INTO plain (body) SELECT unnest($1::text[])", [body] * _BATCH)
        enqueued = time.perf_counter() - begun
        begun = time.perf_counter()
        while await _take_plain(connection):
            pass
        consumed = time.perf_counter() - begun
        await connection.execute("DROP TABLE plain")
    finally:
        await connection.close()
    return {"consumed_per_s": round(_MESSAGES / consumed), "enqueued_per_s": round(_MESSAGES / enqueued)}


async def _take_plain(connection: asyncpg.Connection) -> int:
    async with connection.transaction():
        rows = await connection.fetch(
            "SELECT id, body FROM plain WHERE NOT done ORDER BY id LIMIT 500 FOR UPDATE SKIP LOCKED"
        )
        await connection.execute(
            "UPDATE plain SET done = true WHERE id = ANY($1)", [row["id"] for row in rows]
        )
    return len(rows)
