"""The inbox worker: every fact handled once, in order within its chat, whatever goes wrong."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import text

from core.db.transaction import inside_transaction
from core.errors import ConflictError, UnavailableError
from core.inbox.domain import InboxEvent
from tests.core.inbox.conftest import ONCE_A_SECOND, Desk
from tests.support.queues import QUICK, running


async def test_an_event_reaches_its_handler_with_what_was_recorded(desk: Desk) -> None:
    seen: list[InboxEvent] = []

    async def handler(event: InboxEvent) -> None:
        assert not inside_transaction()
        seen.append(event)

    await desk.receive("1", chat="em Tý", payload={"text": "con em còn nợ không ạ?", "n": [1, None]})
    async with running(desk.worker(handler)):
        await desk.until_statuses(done=1)
    (event,) = seen
    assert (event.source, event.external_id, event.ordering_key, event.attempt) == (
        "telegram",
        "1",
        "em Tý",
        1,
    )
    assert event.payload == {"text": "con em còn nợ không ạ?", "n": [1, None]}
    assert event.school_id == desk.school_id
    assert "Tý" not in repr(event) + repr(event.payload and event)


async def test_a_worker_that_sleeps_is_woken_by_the_commit(desk: Desk) -> None:
    handled = asyncio.Event()

    async def handler(_event: InboxEvent) -> None:
        handled.set()

    patient = replace(QUICK, sweep=timedelta(hours=1), lease=timedelta(hours=3))
    async with running(desk.worker(handler, limits=patient)):
        await asyncio.sleep(0.2)
        await desk.receive("1")
        await handled.wait()


async def test_events_of_a_source_without_a_handler_wait(desk: Desk) -> None:
    async def handler(_event: InboxEvent) -> None: ...

    await desk.receive("1", source="zalo")
    await desk.receive("2", source="telegram")
    async with running(desk.worker(handler)):
        await desk.until_statuses(done=1, queued=1)


async def test_one_chat_is_handled_one_by_one_in_order_by_several_workers(desk: Desk) -> None:
    await desk.make_effects()
    busy: set[str] = set()

    async def handler(event: InboxEvent) -> None:
        assert event.ordering_key not in busy
        busy.add(event.ordering_key)
        await asyncio.sleep(0.001)
        busy.discard(event.ordering_key)  # the commit lets the next one begin before we hear of it
        await desk.effect(event)

    for number in range(10):
        for chat in "abc":
            await desk.receive(f"{chat}{number}", chat=chat)
    async with running(*(desk.worker(handler) for _ in range(3))):
        await desk.until_statuses(done=30)
    effects = await desk.column("SELECT what FROM effects ORDER BY n")
    for chat in "abc":
        assert [what for what in effects if what[0] == chat] == [f"{chat}{number}" for number in range(10)]


async def test_a_failing_event_is_tried_again_and_holds_its_own_chat_only(desk: Desk) -> None:
    order: list[tuple[str, int]] = []

    async def handler(event: InboxEvent) -> None:
        order.append((event.external_id, event.attempt))
        if event.external_id == "a1" and event.attempt == 1:
            raise UnavailableError

    await desk.receive("a1", chat="a")
    await desk.receive("a2", chat="a")
    await desk.receive("b1", chat="b")
    async with running(desk.worker(handler, retry=ONCE_A_SECOND)):
        await desk.until("SELECT external_id FROM inbox_events WHERE failure IS NOT NULL", ["a1"])
        await desk.until_statuses(done=1, queued=2)
        assert sorted(order) == [("a1", 1), ("b1", 1)]
        desk.clock.advance(timedelta(seconds=1))
        await desk.until_statuses(done=3)
    assert order[2:] == [("a1", 2), ("a2", 1)]


async def test_after_the_last_try_an_event_is_parked_and_its_chat_goes_on(desk: Desk) -> None:
    async def handler(event: InboxEvent) -> None:
        if event.external_id == "a1":
            raise RuntimeError("số 0912345678 hỏng")

    await desk.receive("a1", chat="a")
    await desk.receive("a2", chat="a")
    async with running(desk.worker(handler, retry=ONCE_A_SECOND)):
        for attempts in (1, 2):
            await desk.until(
                "SELECT attempts FROM inbox_events WHERE attempts > 0 AND status = 'queued'", [attempts]
            )
            desk.clock.advance(timedelta(seconds=1))
        await desk.until_statuses(done=1, parked=1)
    async with desk.database.transaction(desk.school_id) as tx:
        (parked,) = await desk.inbox.list_parked(tx)
    assert (parked.external_id, parked.attempts, parked.failure) == ("a1", 3, "RuntimeError")


async def test_a_requeued_event_gets_all_its_tries_again(desk: Desk) -> None:
    broken = True

    async def handler(_event: InboxEvent) -> None:
        if broken:
            raise ConflictError

    await desk.receive("1")
    async with running(desk.worker(handler)):
        await desk.until_statuses(parked=1)
        broken = False
        async with desk.database.transaction(desk.school_id) as tx:
            (parked,) = await desk.inbox.list_parked(tx)
            assert parked.failure == "core.conflict"
            await desk.inbox.requeue(tx, parked.id)
        await desk.until_statuses(done=1)


async def test_an_error_that_no_repetition_heals_parks_at_once(desk: Desk) -> None:
    async def handler(_event: InboxEvent) -> None:
        raise ConflictError

    await desk.receive("1")
    async with running(desk.worker(handler)):
        await desk.until_statuses(parked=1)
    assert await desk.column("SELECT attempts FROM inbox_events") == [1]


async def test_a_handler_that_raises_after_its_effect_leaves_no_effect(desk: Desk) -> None:
    await desk.make_effects()

    async def handler(event: InboxEvent) -> None:
        async with desk.database.transaction(event.school_id) as tx:
            await tx.session.execute(text("INSERT INTO effects (what) VALUES ('x')"))
            await desk.inbox.complete(tx, event)
            if event.attempt == 1:
                raise OSError

    await desk.receive("1")
    async with running(desk.worker(handler)):
        await desk.until_failed("OSError")
        desk.clock.advance(timedelta(minutes=1))
        await desk.until_statuses(done=1)
    assert await desk.column("SELECT what FROM effects") == ["x"]


async def test_a_handler_that_never_ends_is_stopped_and_tried_again(desk: Desk) -> None:
    attempts: list[int] = []

    async def handler(event: InboxEvent) -> None:
        attempts.append(event.attempt)
        if event.attempt == 1:
            await asyncio.Event().wait()

    await desk.receive("1")
    async with running(desk.worker(handler, limits=replace(QUICK, job=timedelta(seconds=0.2)))):
        await desk.until_failed("TimeoutError")
        desk.clock.advance(timedelta(minutes=1))
        await desk.until_statuses(done=1)
    assert attempts == [1, 2]


async def test_content_that_cannot_be_opened_is_parked_and_stops_nobody(desk: Desk) -> None:
    async def handler(_event: InboxEvent) -> None: ...

    await desk.receive("bad", chat="a")
    async with desk.database.platform() as tx:
        await tx.session.execute(text("UPDATE inbox_events SET content = set_byte(content, 40, 0) || 'x'"))
    await desk.receive("good", chat="b")
    async with running(desk.worker(handler)):
        await desk.until_statuses(done=1, parked=1)
    assert await desk.column("SELECT failure FROM inbox_events WHERE status = 'parked'") == ["sealed_data"]
