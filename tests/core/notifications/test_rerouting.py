"""When a person cannot be reached one way: another way once, or the moment they write; parts are not told twice."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sqlalchemy import text

from core.notifications.domain import Outgoing, Recipient
from core.notifications.pace import Pace
from core.notifications.ports import GiveUp, RetryLater, WaitForPerson
from core.work.retry import RetryPolicy
from tests.core.notifications.conftest import PostOffice, Recorder
from tests.support.queues import running

_ZALO, _WEB, _SMS = Recipient("zalo", "z1"), Recipient("webchat", "w1"), Recipient("sms", "+84900000001")


async def _blocked(_outgoing: Outgoing) -> None:
    raise GiveUp("blocked")


async def test_what_zalo_gives_up_goes_to_the_next_channel_and_on_from_there_once(office: PostOffice) -> None:
    last = Recorder()
    channels = {"zalo": Recorder(_blocked), "webchat": Recorder(_blocked), "sms": last}
    message = office.new("fee:1", "z1", channel="zalo", fallbacks=(_WEB, _SMS), params={"ten": "Tý"})
    await office.enqueue(message)
    async with running(office.worker(None, channels=channels), office.worker(None, channels=channels)):
        await office.until_statuses(rerouted=2, sent=1)
        await office.enqueue(message)
        await asyncio.sleep(0.2)
    (sent,) = last.sent
    assert (sent.recipient, sent.params, sent.dedupe_key) == (_SMS, {"ten": "Tý"}, "fee:1>webchat>sms")
    async with office.database.transaction(office.school_id) as tx:
        report = await office.notifications.report(tx, "fee:1")
    assert (report.sent, report.rerouted, report.parked) == (1, 2, 0)


async def test_a_way_that_would_refuse_this_kind_is_left_out(office: PostOffice) -> None:
    """An arrival that no template and no setting lets go by phone stays with the chat that has it."""
    asked: list[tuple[Recipient, ...]] = []

    async def away(outgoing: Outgoing) -> None:
        asked.append(outgoing.fallbacks)
        if outgoing.fallbacks:
            raise GiveUp("webchat_away")

    channels = {"webchat": Recorder(away), "sms": Recorder()}
    takes = {"sms": lambda key: key.startswith("broadcast.")}
    await office.enqueue(
        office.new("a", "w1", channel="webchat", key="checkin.arrived", fallbacks=(_SMS,)),
        office.new("b", "w1", channel="webchat", key="broadcast.notice", fallbacks=(_SMS,)),
    )
    async with running(office.worker(None, channels=channels, takes=takes)):
        await office.until_statuses(sent=2, rerouted=1)
    assert asked == [(), (_SMS,)]
    assert [one.key for one in channels["sms"].sent] == ["broadcast.notice"]


async def test_a_channel_that_stays_unreachable_is_left_after_the_last_try(office: PostOffice) -> None:
    async def down(_outgoing: Outgoing) -> None:
        raise RetryLater(reason="zalo_unreachable")

    web = Recorder()
    once = RetryPolicy(tries=1)
    await office.enqueue(office.new("a", "z1", channel="zalo", fallbacks=(_WEB,)))
    async with running(office.worker(None, channels={"zalo": Recorder(down), "webchat": web}, retry=once)):
        await office.until_statuses(rerouted=1, sent=1)
    assert web.keys == ["a>webchat"]


async def test_what_has_no_other_way_outlasts_a_line_that_is_cut_for_hours(office: PostOffice) -> None:
    is_cut = True

    async def line(_outgoing: Outgoing) -> None:
        if is_cut:
            raise RetryLater(reason="telegram_unreachable", away=True)

    channel = Recorder(line)
    second = timedelta(seconds=1)
    twice = RetryPolicy(tries=2, first=second, longest=second)
    await office.enqueue(office.new("a"))
    async with running(office.worker(channel, retry=twice)):
        await office.until_failed("telegram_unreachable")
        for _ in range(5):
            before = office.clock.now()
            office.clock.advance(timedelta(hours=1))
            await office.until(
                f"SELECT count(*) FROM notifications WHERE status = 'queued' AND attempt_at > '{before}'", [1]
            )
        is_cut = False
        office.clock.advance(timedelta(minutes=1))
        await office.until_statuses(sent=1)
    assert channel.keys == ["a"]


async def test_a_line_that_stays_cut_parks_its_messages_in_the_end(office: PostOffice) -> None:
    async def cut(_outgoing: Outgoing) -> None:
        raise RetryLater(reason="telegram_unreachable", away=True)

    await office.enqueue(office.new("a"))
    async with running(office.worker(Recorder(cut), retry=RetryPolicy(tries=1))):
        await office.until_failed("telegram_unreachable")
        office.clock.advance(timedelta(hours=6, minutes=1))
        await office.until_statuses(parked=1)


async def test_what_a_dead_worker_left_in_its_last_try_goes_another_way_too(office: PostOffice) -> None:
    """A process that dies in the last try writes nothing down: whoever takes its work back must not just park it."""
    web, zalo = Recorder(), Recorder()
    await office.enqueue(
        office.new("a", "z1", channel="zalo", fallbacks=(_WEB,)), office.new("b", "z2", channel="zalo")
    )
    async with office.database.platform() as tx:
        died = (
            "UPDATE notifications SET status = 'sending', attempts = 2, lease_token = gen_random_uuid(),"
            " leased_until = now() - interval '1 second'"
        )
        await tx.session.execute(text(died))
    twice = RetryPolicy(tries=2)
    other = office.worker(Recorder(), retry=twice)  # has no say about Zalo, and leaves it alone
    async with running(other):
        await asyncio.sleep(0.2)
    assert await office.column("SELECT DISTINCT status FROM notifications") == ["sending"]
    async with running(office.worker(None, channels={"zalo": zalo, "webchat": web}, retry=twice)):
        await office.until_statuses(parked=1, rerouted=1, sent=1)
    assert (web.keys, zalo.keys) == (["a>webchat"], [])
    failures = await office.column("SELECT failure FROM notifications WHERE status <> 'sent'")
    assert set(failures) == {"lease_expired"}


async def test_without_another_way_it_waits_until_the_person_writes_and_costs_no_try(
    office: PostOffice,
) -> None:
    is_open = False

    async def window(_outgoing: Outgoing) -> None:
        if not is_open:
            raise WaitForPerson("zalo_window_closed")

    zalo = Recorder(window)
    await office.enqueue(office.new("a", "z1", channel="zalo"), office.new("b", "z1", channel="zalo"))
    async with running(office.worker(None, channels={"zalo": zalo})):
        await office.until("SELECT failure FROM notifications WHERE attempts = 0 AND failure IS NOT NULL", [
            "wait:zalo_window_closed"
        ])  # fmt: skip
        is_open = True
        async with office.database.transaction(office.school_id) as tx:
            assert await office.notifications.resume(tx, Recipient("zalo", "somebody else")) == 0
            assert await office.notifications.resume(tx, _ZALO) == 1
        await office.until_statuses(sent=2)
    assert zalo.keys == ["a", "b"]


async def test_a_person_who_never_writes_is_given_up_after_a_week(office: PostOffice) -> None:
    async def window(_outgoing: Outgoing) -> None:
        raise WaitForPerson("zalo_window_closed")

    await office.enqueue(office.new("a", "z1", channel="zalo"))
    async with running(office.worker(None, channels={"zalo": Recorder(window)})):
        await office.until_failed("wait:zalo_window_closed")
        office.clock.advance(timedelta(days=7, minutes=1))
        await office.until_statuses(parked=1)


async def test_after_a_break_in_the_middle_the_next_try_begins_where_it_broke(office: PostOffice) -> None:
    async def picture_fails_once(outgoing: Outgoing) -> None:
        if outgoing.attempt == 1:
            broken = RetryLater(reason="telegram_unreachable")
            broken.progress = 1
            raise broken

    channel = Recorder(picture_fails_once)
    await office.enqueue(office.new("a"))
    async with running(office.worker(channel)):
        await office.until_failed("telegram_unreachable")
        office.clock.advance(timedelta(minutes=1))
        await office.until_statuses(sent=1)
    assert [one.progress for one in channel.sent] == [1]


async def test_a_chat_with_a_pace_of_its_own_waits_alone_whoever_delivers(office: PostOffice) -> None:
    slow = {"telegram": lambda address: Pace(1 / 3600, burst=2) if address.startswith("-") else None}
    channel = Recorder()
    await office.enqueue(
        *(office.new(f"g{number}", "-100") for number in range(4)),
        *(office.new(f"p{number}", "7") for number in range(4)),
    )
    async with running(office.worker(channel, lane_paces=slow), office.worker(channel, lane_paces=slow)):
        await office.until_statuses(queued=2, sent=6)
        await asyncio.sleep(0.2)
    assert [key for key in channel.keys if key[0] == "g"] == ["g0", "g1"]
    assert len(channel.keys) == 6


async def test_a_chat_with_a_pace_of_its_own_gets_everything_in_the_end(office: PostOffice) -> None:
    channel = Recorder()
    await office.enqueue(*(office.new(f"k{number}", "-100") for number in range(12)))
    async with running(office.worker(channel, lane_paces={"telegram": lambda _address: Pace(50, burst=2)})):
        await office.until_statuses(sent=12)
    assert channel.keys == [f"k{number}" for number in range(12)]
