"""Delivery: in order, at the channel's pace, not at night, and once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import text

from core.notifications.domain import Outgoing, Urgency
from core.notifications.pace import LanePace, Pace, QuietHours
from core.notifications.ports import GiveUp, RetryLater
from core.values.clock import FixedClock
from core.values.ids import SchoolId, new_id
from core.work.retry import RetryPolicy
from tests.core.notifications.conftest import PostOffice, Recorder
from tests.support.queues import QUICK, running

_ONCE_A_SECOND = RetryPolicy(tries=2, first=timedelta(seconds=1), longest=timedelta(seconds=1))
_AT_NIGHT = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)  # 22:30 in Việt Nam


async def test_a_message_arrives_with_what_was_enqueued(office: PostOffice) -> None:
    channel = Recorder()
    (notification_id,) = await office.enqueue(office.new("a", "chat-9", params={"ten": "Tý"}))
    async with running(office.worker(channel)):
        await office.until_statuses(sent=1)
    (sent,) = channel.sent
    assert (sent.id, sent.recipient.address, sent.params) == (notification_id, "chat-9", {"ten": "Tý"})
    assert (sent.dedupe_key, sent.attempt, sent.school_id) == ("a", 1, office.school_id)
    async with office.database.transaction(office.school_id) as tx:
        (kept,) = await office.notifications.list_recent(tx)
    assert (kept.status.value, kept.message_id, kept.finished_at) == ("sent", "m1", office.clock.now())


async def test_a_worker_that_sleeps_is_woken_by_the_commit(office: PostOffice) -> None:
    patient = replace(QUICK, sweep=timedelta(hours=1), lease=timedelta(hours=3))
    channel = Recorder()
    async with running(office.worker(channel, limits=patient)):
        await asyncio.sleep(0.2)
        await office.enqueue(office.new("a"))
        await office.until_statuses(sent=1)


async def test_one_address_gets_its_messages_one_by_one_in_order_from_several_workers(
    office: PostOffice,
) -> None:
    busy: set[str] = set()

    async def behave(outgoing: Outgoing) -> None:
        assert outgoing.recipient.address not in busy
        busy.add(outgoing.recipient.address)
        await asyncio.sleep(0.001)
        busy.discard(outgoing.recipient.address)

    channel = Recorder(behave)
    await office.enqueue(*(office.new(f"{chat}{number}", chat) for number in range(10) for chat in "abc"))
    async with running(*(office.worker(channel) for _ in range(3))):
        await office.until_statuses(sent=30)
    for chat in "abc":
        assert [key for key in channel.keys if key[0] == chat] == [f"{chat}{number}" for number in range(10)]


async def test_a_retry_holds_its_address_and_no_other(office: PostOffice) -> None:
    async def behave(outgoing: Outgoing) -> None:
        if outgoing.dedupe_key == "a1" and outgoing.attempt == 1:
            raise RetryLater(timedelta(seconds=30), reason="flood")

    channel = Recorder(behave)
    await office.enqueue(office.new("a1", "a"), office.new("a2", "a"), office.new("b1", "b"))
    async with running(office.worker(channel)):
        await office.until("SELECT failure FROM notifications WHERE failure IS NOT NULL", ["flood"])
        await office.until_statuses(queued=2, sent=1)
        office.clock.advance(timedelta(seconds=29))
        await asyncio.sleep(0.2)
        assert channel.keys == ["b1"]
        office.clock.advance(timedelta(seconds=1))
        await office.until_statuses(sent=3)
    assert channel.keys == ["b1", "a1", "a2"]


async def test_what_will_never_pass_is_parked_at_once_and_can_be_requeued(office: PostOffice) -> None:
    blocked = True

    async def behave(outgoing: Outgoing) -> None:
        if blocked and outgoing.dedupe_key == "a":
            raise GiveUp("blocked_by_user")

    channel = Recorder(behave)
    await office.enqueue(office.new("a"), office.new("b"))
    async with running(office.worker(channel)):
        await office.until_statuses(parked=1, sent=1)
        blocked = False
        async with office.database.transaction(office.school_id) as tx:
            (parked,) = await office.notifications.list_parked(tx)
            assert (parked.failure, parked.attempts) == ("blocked_by_user", 1)
            await office.notifications.requeue(tx, parked.id)
        await office.until_statuses(sent=2)


async def test_after_the_last_try_a_message_is_parked(office: PostOffice) -> None:
    async def behave(_outgoing: Outgoing) -> None:
        raise OSError("số 0912345678")

    await office.enqueue(office.new("a"))
    async with running(office.worker(Recorder(behave), retry=_ONCE_A_SECOND)):
        await office.until_failed("OSError")
        office.clock.advance(timedelta(seconds=1))
        await office.until_statuses(parked=1)
    assert await office.column("SELECT failure FROM notifications") == ["OSError"]


async def test_a_channel_that_hangs_is_cut_off_and_tried_again(office: PostOffice) -> None:
    async def behave(outgoing: Outgoing) -> None:
        if outgoing.attempt == 1:
            await asyncio.Event().wait()

    await office.enqueue(office.new("a"))
    async with running(office.worker(Recorder(behave), limits=replace(QUICK, job=timedelta(seconds=0.2)))):
        await office.until_failed("TimeoutError")
        office.clock.advance(timedelta(minutes=1))
        await office.until_statuses(sent=1)


async def test_at_night_only_what_cannot_wait_goes_out(office: PostOffice) -> None:
    office.clock.instant = _AT_NIGHT
    channel = Recorder()
    await office.enqueue(
        office.new("normal"),
        office.new("news", urgency=Urgency.NEWS),
        office.new("reply", urgency=Urgency.REPLY),
        office.new("emergency", urgency=Urgency.EMERGENCY),
    )
    async with running(office.worker(channel), office.worker(channel)):  # as two processes would
        await office.until_statuses(queued=1, sent=3)
        assert channel.keys == ["emergency", "reply", "news"]
        office.clock.instant = datetime(2026, 11, 20, 23, 0, tzinfo=UTC)  # 06:00
        await office.until_statuses(sent=4)


async def test_a_scheduled_message_waits_and_holds_nobody(office: PostOffice) -> None:
    channel = Recorder()
    later = office.clock.now() + timedelta(hours=1)
    await office.enqueue(office.new("later", not_before=later), office.new("now"))
    async with running(office.worker(channel)):
        await office.until_statuses(queued=1, sent=1)
        office.clock.advance(timedelta(hours=1))
        await office.until_statuses(sent=2)
    assert channel.keys == ["now", "later"]


async def test_a_message_that_comes_too_late_expires_unsent(office: PostOffice) -> None:
    office.clock.instant = _AT_NIGHT
    channel = Recorder()
    await office.enqueue(office.new("stale", expires_at=_AT_NIGHT + timedelta(hours=2)), office.new("fresh"))
    async with running(office.worker(channel)):
        office.clock.advance(timedelta(hours=8))
        await office.until_statuses(expired=1, sent=1)
    assert channel.keys == ["fresh"]


async def test_several_workers_with_wrong_clocks_keep_one_pace_together(office: PostOffice) -> None:
    """Three at once, then one per hour: nobody gets a fourth, however many ask and whatever their clocks say."""
    channel = Recorder()
    await office.enqueue(*(office.new(f"k{number}", f"chat{number}") for number in range(20)))
    paces = {"telegram": Pace(1 / 3600, burst=3)}
    ahead = FixedClock(office.clock.now() + timedelta(hours=9))
    async with running(
        office.worker(channel, paces=paces),
        office.worker(channel, paces=paces, clock=ahead),
        office.worker(channel, paces=paces),
    ):
        await office.until_statuses(queued=17, sent=3)
        await asyncio.sleep(0.5)
        assert len(channel.sent) == 3


async def test_a_pace_lets_everything_through_in_the_end(office: PostOffice) -> None:
    channel = Recorder()
    await office.enqueue(*(office.new(f"k{number}", f"chat{number}") for number in range(30)))
    async with running(office.worker(channel, paces={"telegram": Pace(100, burst=2)})):
        await office.until_statuses(sent=30)


async def test_the_urgent_spend_the_pace_first(office: PostOffice) -> None:
    channel = Recorder()
    await office.enqueue(
        *(office.new(f"n{number}", f"chat{number}") for number in range(5)),
        office.new("e", "chat9", urgency=Urgency.EMERGENCY),
    )
    async with running(office.worker(channel, paces={"telegram": Pace(1 / 3600, burst=1)})):
        await office.until_statuses(queued=5, sent=1)
    assert channel.keys == ["e"]


@pytest.mark.parametrize("pace", [None, Pace(1000, burst=100)])
async def test_a_channel_over_its_quota_pauses_for_all_and_costs_no_try(
    office: PostOffice, pace: Pace | None
) -> None:
    async def behave(outgoing: Outgoing) -> None:
        if outgoing.dedupe_key == "first" and not seen:
            seen.append(outgoing.dedupe_key)
            raise RetryLater(timedelta(hours=1), reason="quota", whole_channel=True)

    seen: list[str] = []
    channel = Recorder(behave)
    paces = {"telegram": pace} if pace else {}
    await office.enqueue(office.new("first"))
    async with running(
        *(office.worker(channel, paces=paces, retry=replace(_ONCE_A_SECOND, tries=1)) for _ in "12")
    ):
        await office.until("SELECT failure FROM notifications", ["quota"])
        office.clock.advance(timedelta(hours=2))
        await office.enqueue(office.new("second", "other"))
        await asyncio.sleep(0.3)
        assert channel.keys == []
        assert await office.column("SELECT attempts FROM notifications ORDER BY seq") == [0, 0]
        async with office.database.platform() as tx:
            await tx.session.execute(text("UPDATE delivery_paces SET paused_until = now()"))
        await office.until_statuses(sent=2)


async def test_no_channel_can_ask_for_silence_of_days(office: PostOffice) -> None:
    async def behave(_outgoing: Outgoing) -> None:
        raise RetryLater(timedelta(days=4000), reason="nonsense", whole_channel=True)

    await office.enqueue(office.new("a"))
    async with running(office.worker(Recorder(behave))):
        await office.until_failed("nonsense")
    (pause,) = await office.column("SELECT paused_until - now() FROM delivery_paces")
    assert timedelta(minutes=59) < pause <= timedelta(hours=1)


@pytest.mark.parametrize(
    ("stored", "why"),
    [('{"params": {}}', "unreadable"), ('{"to": "", "params": {}}', "unreadable"), (None, "sealed_data")],
)
async def test_a_message_that_cannot_be_read_is_parked_and_the_others_go_out(
    office: PostOffice, stored: str | None, why: str
) -> None:
    """A row of an older version, or a damaged one: it must end no worker and hold back nobody else's."""
    bad, _ = await office.enqueue(office.new("bad", "chat-1"), office.new("good", "chat-2"))
    keys = office.notifications.keyring.for_school(office.school_id)
    content = keys.seal(stored, "notification.content") if stored else b"\x00"
    async with office.database.platform() as tx:
        spoil = text("UPDATE notifications SET content = :content WHERE id = :id")
        await tx.session.execute(spoil, {"content": content, "id": bad})
    channel = Recorder()
    pace: Mapping[str, LanePace] = {"telegram": lambda _address: Pace(100)}
    async with running(office.worker(channel, lane_paces=pace)):
        await office.until_statuses(parked=1, sent=1)
    assert channel.keys == ["good"]
    async with office.database.transaction(office.school_id) as tx:
        (parked,) = await office.notifications.list_parked(tx)
    assert (parked.id, parked.failure) == (bad, why)


@pytest.mark.parametrize("odd", ["a\0b", "a\ud800b", "9" * 5000])
async def test_whatever_a_provider_calls_a_message_it_counts_as_sent_once(
    office: PostOffice, odd: str
) -> None:
    """An answer that no column takes must not be tried to be written again and again, with all others behind it."""
    channel = Recorder(calls_it=odd)
    await office.enqueue(office.new("one", "chat-1"), office.new("two", "chat-2"))
    async with running(office.worker(channel)):
        await office.until_statuses(sent=2)
    assert sorted(channel.keys) == ["one", "two"]


async def test_a_reason_that_no_column_takes_parks_its_message(office: PostOffice) -> None:
    async def refuse(_outgoing: Outgoing) -> None:
        raise GiveUp("code_\0\ud800")

    await office.enqueue(office.new("one"))
    async with running(office.worker(Recorder(refuse))):
        await office.until_statuses(parked=1)


async def test_a_slow_channel_does_not_hold_back_another(office: PostOffice) -> None:
    async def never(_outgoing: Outgoing) -> None:
        await asyncio.Event().wait()

    webchat = Recorder()
    channels = {"telegram": Recorder(never), "webchat": webchat}
    await office.enqueue(*(office.new(f"t{number}", f"chat{number}") for number in range(20)))
    await office.enqueue(office.new("w", channel="webchat"))
    async with running(office.worker(None, channels=channels)):
        await office.until("SELECT status FROM notifications WHERE channel = 'webchat'", ["sent"])


async def test_the_worker_of_one_school_sends_for_no_other_and_keeps_its_own_quota(
    office: PostOffice,
) -> None:
    """Its token is that school's: another's chats are unknown to it, and another's flood is no reason to wait."""

    async def flooded(_outgoing: Outgoing) -> None:
        raise RetryLater(timedelta(minutes=30), reason="flood", whole_channel=True)

    other = SchoolId(new_id())
    async with office.database.transaction(other) as tx:
        await office.notifications.enqueue(tx, office.new("theirs"))
    await office.enqueue(office.new("ours"))
    ours = Recorder()
    theirs = office.worker(Recorder(flooded), school_id=other)
    async with running(theirs):
        await office.until("SELECT failure FROM notifications WHERE failure IS NOT NULL", ["flood"])
        async with running(office.worker(ours, school_id=office.school_id)):
            await office.until_statuses(queued=1, sent=1)
    assert ours.keys == ["ours"]


async def test_messages_of_a_channel_nobody_serves_here_wait(office: PostOffice) -> None:
    channel = Recorder()
    await office.enqueue(office.new("z", channel="zalo"), office.new("t"))
    async with running(office.worker(channel)):
        await office.until_statuses(queued=1, sent=1)


async def test_a_worker_goes_on_after_every_connection_was_cut(office: PostOffice) -> None:
    async def behave(_outgoing: Outgoing) -> None:
        await asyncio.sleep(0.01)

    channel = Recorder(behave)
    await office.enqueue(*(office.new(f"k{number}", f"chat{number % 7}") for number in range(40)))
    async with running(office.worker(channel)):
        await asyncio.sleep(0.05)
        async with office.database.platform() as tx:
            await tx.session.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        await office.until_statuses(sent=40)
    assert set(channel.keys) == {f"k{number}" for number in range(40)}


@pytest.mark.parametrize(
    ("hour", "quiet"),
    [((21, 29), False), ((21, 30), True), ((0, 0), True), ((5, 59), True), ((6, 0), False), ((12, 0), False)],
)
def test_quiet_hours_pass_midnight(hour: tuple[int, int], quiet: bool) -> None:
    instant = datetime(2026, 11, 20, *hour, tzinfo=UTC) - timedelta(hours=7)
    assert QuietHours().covers(instant) is quiet


def test_quiet_hours_may_lie_in_the_day_or_not_exist() -> None:
    noon = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
    assert QuietHours(time(11), time(13)).covers(noon)
    assert not QuietHours(time(0), time(0)).covers(noon)


def test_a_pace_that_lets_nothing_through_is_refused() -> None:
    with pytest.raises(ValueError, match="pace"):
        Pace(0)
    with pytest.raises(ValueError, match="pace"):
        Pace(1, burst=0)
