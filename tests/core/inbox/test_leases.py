"""Who works on an event, until when, and what becomes of it when that worker is gone."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from core.db.transaction import DATABASE_FAULTS
from core.inbox.domain import InboxEvent, Incoming, LeaseLostError
from core.values.clock import FixedClock
from core.work.retry import RetryPolicy
from tests.core.inbox.conftest import ONCE_A_SECOND, Desk
from tests.support import background
from tests.support.queues import QUICK, running


async def test_a_slow_handler_keeps_its_lease(desk: Desk) -> None:
    calls: list[int] = []

    async def handler(event: InboxEvent) -> None:
        calls.append(event.attempt)
        await asyncio.sleep(2 * limits.lease.total_seconds())

    limits = replace(QUICK, lease=timedelta(seconds=1))
    await desk.receive("1")
    async with running(desk.worker(handler, limits=limits), desk.worker(handler, limits=limits)):
        await desk.until_statuses(done=1)
    assert calls == [1]


async def test_a_handler_whose_lease_was_taken_over_cannot_commit(desk: Desk) -> None:
    """A process stood still longer than its lease: the other did the work, the first one's is rolled back."""
    await desk.make_effects()
    stood_still, go_on = asyncio.Event(), asyncio.Event()
    refused = asyncio.Event()

    async def slow(event: InboxEvent) -> None:
        stood_still.set()
        await go_on.wait()
        try:
            await desk.effect(event)
        except LeaseLostError:
            refused.set()
            raise

    async def quick(event: InboxEvent) -> None:
        await desk.effect(event)

    await desk.receive("1")
    # One at a time: or it might claim the event again itself, before the other does.
    never_renews = replace(QUICK, sweep=timedelta(hours=1), lease=timedelta(hours=3), at_once=1)
    async with running(desk.worker(slow, limits=never_renews)):
        await stood_still.wait()
        async with desk.database.platform() as tx:
            await tx.session.execute(
                text("UPDATE inbox_events SET leased_until = now() - interval '1 second'")
            )
        async with running(desk.worker(quick)):
            await desk.until_statuses(done=1)
        go_on.set()
        await refused.wait()
    assert await desk.column("SELECT what FROM effects") == ["1"]


async def test_an_event_that_kills_its_worker_every_time_is_parked_in_the_end(desk: Desk) -> None:
    async def handler(_event: InboxEvent) -> None: ...

    await desk.receive("1")
    async with desk.database.platform() as tx:
        await tx.session.execute(
            text(
                "UPDATE inbox_events SET status = 'working', attempts = 3, lease_token = gen_random_uuid(), "
                "leased_until = now() - interval '1 second'"
            )
        )
    async with running(desk.worker(handler, retry=ONCE_A_SECOND)):
        await desk.until_statuses(parked=1)
    assert await desk.column("SELECT failure FROM inbox_events") == ["lease_expired"]


async def test_a_worker_goes_on_after_every_connection_was_cut(desk: Desk) -> None:
    await desk.make_effects()
    started = asyncio.Event()

    async def handler(event: InboxEvent) -> None:
        started.set()
        await asyncio.sleep(0.01)
        await desk.effect(event)

    async def cut() -> None:
        async with desk.database.platform() as tx:
            await tx.session.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )

    for number in range(20):
        await desk.receive(str(number), chat=str(number % 4))
    quick_again = RetryPolicy(tries=100, first=timedelta(microseconds=1), longest=timedelta(microseconds=1))

    async def time_passes() -> None:
        while True:  # a try that fails late is due a moment later still
            desk.clock.advance(timedelta(milliseconds=1))
            await asyncio.sleep(0.02)

    async with running(desk.worker(handler, retry=quick_again)), background.running(time_passes()):
        await started.wait()
        await cut()
        await desk.until_statuses(done=20)
        await cut()
        # The test's own pool was cut as well: its first statement may find a dead connection.
        with suppress(*DATABASE_FAULTS):
            await desk.receive("after")
        await desk.receive("after")
        await desk.until_statuses(done=21)
    effects = await desk.column("SELECT what FROM effects ORDER BY n")
    assert sorted(effects) == sorted([*map(str, range(20)), "after"])


async def test_a_worker_whose_clock_is_wrong_takes_no_lease_away(desk: Desk) -> None:
    """Leases are counted on the database's clock, so an hour of skew changes nothing."""
    calls: list[int] = []

    async def handler(event: InboxEvent) -> None:
        calls.append(event.attempt)
        await asyncio.sleep(0.5)

    ahead = FixedClock(desk.clock.now() + timedelta(hours=1))
    await desk.receive("1")
    limits = replace(QUICK, lease=timedelta(seconds=30))
    async with running(desk.worker(handler, limits=limits), desk.worker(handler, limits=limits, clock=ahead)):
        await desk.until_statuses(done=1)
    assert calls == [1]


async def test_a_stopped_worker_settles_what_it_finishes_in_its_grace(desk: Desk) -> None:
    started = asyncio.Event()

    async def handler(_event: InboxEvent) -> None:
        started.set()
        await asyncio.sleep(0.1)

    await desk.receive("1")
    async with running(desk.worker(handler, limits=replace(QUICK, grace=timedelta(seconds=10)))):
        await started.wait()
    assert await desk.column("SELECT status FROM inbox_events") == ["done"]


@pytest.mark.parametrize("workers", [1, 2])
async def test_an_earlier_event_that_commits_late_does_not_join_one_at_work(desk: Desk, workers: int) -> None:
    """Two webhooks at once: the later number commits first. Still never two of one chat at once."""
    at_work: list[str] = []
    most = 0

    async def handler(event: InboxEvent) -> None:
        nonlocal most
        at_work.append(event.external_id)
        most = max(most, len(at_work))
        await asyncio.sleep(0.2)
        at_work.remove(event.external_id)

    async with running(*(desk.worker(handler) for _ in range(workers))):
        async with desk.database.transaction(desk.school_id) as tx:
            await desk.inbox.record(tx, Incoming("telegram", "early", "chat", {}))
            await desk.receive("late")
            await desk.until("SELECT external_id FROM inbox_events WHERE status = 'working'", ["late"])
        await desk.until_statuses(done=2)
    assert most == 1
