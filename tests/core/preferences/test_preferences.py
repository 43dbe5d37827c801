"""What people chose about being told, on a real PostgreSQL: passed, kept for the digest, dropped."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from core.db.transaction import Database
from core.notifications.delivery import DeliveryWorker
from core.notifications.domain import (
    Delivered,
    NewNotification,
    Notification,
    Outgoing,
    Recipient,
    Urgency,
    by_phone,
)
from core.notifications.pace import QuietHours
from core.notifications.ports import GiveUp
from core.notifications.service import Notifications
from core.preferences.digests import Digests
from core.preferences.domain import BadPreferenceError, Kind, Mode, Preference, kind_of
from core.preferences.service import Preferences
from core.values.clock import SCHOOL_TIME, FixedClock
from core.values.ids import SchoolId
from core.vault.keyring import Keyring
from tests.support.queues import running

ZALO, WEB = Recipient("zalo", "me-cua-anh"), Recipient("webchat", "me-cua-anh")
NEVER_QUIET = QuietHours(start=QuietHours().end)
NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


@dataclass
class Post:
    """The outbox of a school with its gate."""

    database: Database
    url: str
    school_id: SchoolId
    preferences: Preferences
    notifications: Notifications
    clock: FixedClock
    numbers: int = 0

    async def send(self, key: str, to: Recipient = ZALO, **more: Any) -> None:
        self.numbers += 1
        new = NewNotification(to, key, {"n": self.numbers}, more.pop("dedupe", f"k{self.numbers}"), **more)
        async with self.database.transaction(self.school_id) as tx:
            await self.notifications.enqueue(tx, new)

    async def choose(self, kind: Kind, mode: Mode, *to: Recipient, at: time = time(18, 0)) -> int:
        async with self.database.transaction(self.school_id) as tx:
            return await self.preferences.choose(tx, to or (ZALO,), Preference(kind, mode, at))

    async def sent(self, to: Recipient = ZALO) -> list[Notification]:
        async with self.database.transaction(self.school_id) as tx:
            return list(reversed(await self.notifications.list_recent(tx, to)))

    async def keys(self, to: Recipient = ZALO) -> list[str]:
        return [one.key for one in await self.sent(to)]

    def digests(self, at_once: int = 200) -> Digests:
        return Digests(self.database, self.preferences, self.notifications, at_once=at_once)

    async def damage(self, items: int) -> None:
        """The first digests cannot be read any more."""
        first = "SELECT id FROM notification_digest_items ORDER BY school_id, lane LIMIT :items"
        spoil = f"UPDATE notification_digest_items SET content = '\\x00' WHERE id IN ({first})"
        async with self.database.platform() as tx:
            await tx.session.execute(text(spoil), {"items": items})


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def post(
    database: Database, database_url: str, school_id: SchoolId, keyring: Keyring, clock: FixedClock
) -> Post:
    preferences = Preferences(keyring, clock)
    return Post(
        database, database_url, school_id, preferences, Notifications(keyring, clock, preferences), clock
    )


async def test_without_a_choice_everything_comes_at_once(post: Post) -> None:
    for key in ("checkin.arrived", "fees.issued", "broadcast.notice", "handover.taken"):
        await post.send(key)
    assert len(await post.keys()) == 4


async def test_what_is_switched_off_is_not_written_but_replies_and_emergencies_are(post: Post) -> None:
    await post.choose(Kind.NEWS, Mode.OFF)
    await post.choose(Kind.FEES, Mode.OFF)
    await post.send("broadcast.notice")
    await post.send("fees.paid", urgency=Urgency.NEWS)
    await post.send("broadcast.emergency", urgency=Urgency.EMERGENCY)
    await post.send("fees.outstanding", urgency=Urgency.REPLY)
    await post.send("checkin.arrived")
    assert await post.keys() == ["broadcast.emergency", "fees.outstanding", "checkin.arrived"]


async def test_a_days_messages_come_as_one_at_the_chosen_hour(post: Post, clock: FixedClock) -> None:
    for kind in (Kind.ARRIVALS, Kind.NEWS):
        await post.choose(kind, Mode.DIGEST, at=time(18, 0))
    await post.send("checkin.arrived")
    await post.send("broadcast.notice", dedupe="twice", fallbacks=(WEB,))
    await post.send("broadcast.notice", dedupe="twice", fallbacks=(WEB,))
    await post.send("fees.issued")
    assert await post.keys() == ["fees.issued"]
    assert await post.digests().once() == 0
    clock.advance(timedelta(hours=6))
    async with asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(post.digests().once())
    (_, digest) = await post.sent()
    assert digest.key == "digest.daily"
    assert digest.params["date"] == "23/11/2026"
    assert [one["key"] for one in digest.params["items"]] == ["checkin.arrived", "broadcast.notice"]
    assert await post.digests().once() == 0


async def test_what_a_digest_told_is_not_told_again_the_next_day(post: Post, clock: FixedClock) -> None:
    """Reminders are looked for every hour until their day; `fees.due_soon` stands in a digest once."""
    await post.choose(Kind.FEES, Mode.DIGEST)
    for _ in range(3):
        await post.send("fees.due_soon", dedupe="fees.due_soon:an-invoice:0")
        clock.advance(timedelta(hours=24))
        await post.digests().once()
    assert await post.keys() == ["digest.daily"]


async def test_who_leaves_the_digest_for_at_once_is_told_at_once_what_waited(post: Post) -> None:
    """Of that kind: another kind goes on waiting for its hour."""
    for kind in (Kind.ARRIVALS, Kind.NEWS):
        await post.choose(kind, Mode.DIGEST, ZALO, WEB)
    await post.send("broadcast.notice")
    await post.send("checkin.arrived")
    assert await post.choose(Kind.NEWS, Mode.NOW, ZALO, WEB) == 1
    await post.digests().once()
    (digest,) = await post.sent()
    assert [one["key"] for one in digest.params["items"]] == ["broadcast.notice"]


async def test_who_wants_nothing_any_more_is_not_told_what_waited(post: Post, clock: FixedClock) -> None:
    await post.choose(Kind.NEWS, Mode.DIGEST)
    await post.choose(Kind.NEWS, Mode.DIGEST, WEB)
    await post.send("broadcast.notice")
    await post.send("broadcast.notice", WEB)
    assert await post.choose(Kind.NEWS, Mode.OFF) == 1
    clock.advance(timedelta(hours=24))
    await post.digests().once()
    assert (await post.keys(ZALO), await post.keys(WEB)) == ([], ["digest.daily"])


@pytest.mark.parametrize(("hour", "waits"), [(20, timedelta(hours=8)), (7, timedelta(hours=19))])
async def test_what_waited_comes_at_the_hour_chosen_last(
    post: Post, clock: FixedClock, hour: int, waits: timedelta
) -> None:
    await post.choose(Kind.NEWS, Mode.DIGEST, at=time(18))
    await post.send("broadcast.notice")
    await post.send("broadcast.notice", not_before=NOON + timedelta(days=3))
    assert await post.choose(Kind.NEWS, Mode.DIGEST, at=time(hour)) == 1
    clock.advance(waits - timedelta(minutes=1))
    assert await post.digests().once() == 0
    clock.advance(timedelta(minutes=1))
    assert await post.digests().once() == 1


async def test_what_was_told_in_a_digest_is_not_moved_by_a_later_choice(
    post: Post, clock: FixedClock
) -> None:
    await post.choose(Kind.NEWS, Mode.DIGEST)
    await post.send("broadcast.notice")
    clock.advance(timedelta(hours=6))
    await post.digests().once()
    assert await post.choose(Kind.NEWS, Mode.NOW) == 0
    assert await post.digests().once() == 0


async def test_a_waiting_message_that_cannot_be_read_keeps_nobody_from_choosing(post: Post) -> None:
    await post.choose(Kind.NEWS, Mode.DIGEST)
    await post.send("broadcast.notice")
    await post.damage(items=1)
    await post.send("broadcast.notice")
    assert await post.choose(Kind.NEWS, Mode.OFF) == 1


async def test_each_chat_has_its_own_digest_and_a_choice_can_count_for_several(
    post: Post, clock: FixedClock
) -> None:
    await post.choose(Kind.NEWS, Mode.DIGEST, ZALO, WEB, at=time(20, 0))
    for to in (ZALO, WEB, WEB):
        await post.send("broadcast.notice", to)
    clock.advance(timedelta(hours=8))
    assert await post.digests().once() == 2
    assert await post.keys(ZALO) == await post.keys(WEB) == ["digest.daily"]
    assert len((await post.sent(WEB))[0].params["items"]) == 2


async def test_a_chat_that_was_linked_later_follows_what_the_person_chose_before(post: Post) -> None:
    await post.choose(Kind.ARRIVALS, Mode.OFF, WEB)
    await post.send("checkin.arrived", ZALO, fallbacks=(WEB,))
    await post.send("checkin.arrived", ZALO)
    assert len(await post.sent(ZALO)) == 1
    await post.choose(Kind.ARRIVALS, Mode.NOW, ZALO)
    await post.send("checkin.arrived", ZALO, fallbacks=(WEB,))
    assert len(await post.sent(ZALO)) == 2


async def test_what_was_admitted_once_is_not_held_back_on_its_way_to_another_channel(post: Post) -> None:
    """The person chose "at once"; the number on which it falls back has no choice of its own."""
    async with post.database.transaction(post.school_id) as tx:
        await post.preferences.set_default(tx, Preference(Kind.NEWS, Mode.OFF))
        await post.preferences.choose(tx, (ZALO,), Preference(Kind.NEWS, Mode.NOW))
    await post.send("broadcast.notice", ZALO, fallbacks=by_phone("+84900000001"))

    class Closed:
        async def deliver(self, outgoing: Outgoing) -> Delivered:
            raise GiveUp("blocked")

    worker = DeliveryWorker(
        post.database, post.url, post.notifications, post.clock, {"zalo": Closed()}, quiet=NEVER_QUIET
    )
    async with running(worker), asyncio.timeout(10):
        while not await post.sent(Recipient("zbs", "+84900000001")):  # noqa: ASYNC110 - another task's commit
            await asyncio.sleep(0.02)


async def test_a_digest_costs_nothing_it_never_goes_by_phone(post: Post, clock: FixedClock) -> None:
    await post.choose(Kind.NEWS, Mode.DIGEST)
    await post.send("broadcast.notice", ZALO, fallbacks=(WEB, *by_phone("+84900000001")))
    clock.advance(timedelta(hours=8))
    assert await post.digests().once() == 1
    async with post.database.transaction(post.school_id) as tx:
        (row,) = await tx.session.execute(text("SELECT content FROM notifications"))
    opened = post.notifications.opened(post.preferences.keyring.for_school(post.school_id), row.content)
    assert opened.fallbacks == (WEB,)


async def test_the_school_says_how_those_are_told_who_have_not_chosen(post: Post) -> None:
    async with post.database.transaction(post.school_id) as tx:
        await post.preferences.set_default(tx, Preference(Kind.NEWS, Mode.OFF))
    await post.choose(Kind.NEWS, Mode.NOW, WEB)
    await post.send("broadcast.notice", ZALO)
    await post.send("broadcast.notice", WEB)
    assert await post.keys(ZALO) == []
    assert await post.keys(WEB) == ["broadcast.notice"]
    async with post.database.transaction(post.school_id) as tx:
        assert [one.mode for one in await post.preferences.of(tx, ZALO)] == ["now", "now", "off"]
        assert [one.mode for one in await post.preferences.of(tx, WEB)] == ["now", "now", "now"]
        assert await post.preferences.count(tx) == {(Kind.NEWS, Mode.NOW): 1}


async def test_no_default_for_parents_keeps_a_word_from_staff(post: Post) -> None:
    async with post.database.transaction(post.school_id) as tx:
        await post.preferences.set_default(tx, Preference(Kind.FEES, Mode.OFF))
        await post.preferences.set_default(tx, Preference(Kind.ARRIVALS, Mode.DIGEST))
    for key in ("fees.unmatched", "checkin.needs_staff", "fees.issued", "checkin.arrived"):
        await post.send(key)
    assert await post.keys() == ["fees.unmatched", "checkin.needs_staff"]


async def test_a_digest_that_cannot_be_read_holds_back_nobody_elses_and_is_not_lost(
    post: Post, clock: FixedClock
) -> None:
    for to in (ZALO, WEB):
        await post.choose(Kind.NEWS, Mode.DIGEST, to, at=time(18, 0))
        await post.send("broadcast.notice", to)
    clock.advance(timedelta(hours=7))
    await post.damage(1)
    assert await post.digests().once() == 1
    assert sorted([*await post.keys(ZALO), *await post.keys(WEB)]) == ["digest.daily"]
    async with post.database.platform() as tx:
        waits = "SELECT count(*) FROM notification_digest_items WHERE due_at < 'infinity'"
        (left,) = await tx.session.execute(text(waits))
    assert left == (1,)


async def test_a_message_that_cannot_be_read_holds_back_none_of_its_own_digest(
    post: Post, clock: FixedClock
) -> None:
    await post.choose(Kind.NEWS, Mode.DIGEST, at=time(18, 0))
    for _ in range(2):
        await post.send("broadcast.notice")
    clock.advance(timedelta(hours=7))
    await post.damage(1)
    assert await post.digests().once() == 1
    assert await post.digests().once() == 0
    assert len((await post.sent())[0].params["items"]) == 1


async def test_many_digests_that_cannot_be_read_do_not_take_the_place_of_those_that_can(
    post: Post, clock: FixedClock
) -> None:
    everybody = [Recipient("zalo", f"chat-{number}") for number in range(6)]
    for to in everybody:
        await post.choose(Kind.NEWS, Mode.DIGEST, to, at=time(18, 0))
        await post.send("broadcast.notice", to)
    clock.advance(timedelta(hours=7))
    await post.damage(4)
    assert await post.digests(at_once=2).once() == 2
    assert sum([len(await post.keys(to)) for to in everybody]) == 2


async def test_what_waits_for_a_digest_is_sealed(post: Post) -> None:
    await post.choose(Kind.NEWS, Mode.DIGEST)
    await post.send("broadcast.notice")
    async with post.database.platform() as tx:
        (row,) = await tx.session.execute(text("SELECT content, lane FROM notification_digest_items"))
    assert b"me-cua-anh" not in row.content + row.lane


@given(st.times(), st.integers(0, 200_000))
def test_a_digest_comes_within_a_day_and_never_at_night(at: time, minutes: int) -> None:
    now = datetime(2026, 1, 1, tzinfo=SCHOOL_TIME) + timedelta(minutes=minutes)
    try:
        due = Preference(Kind.NEWS, Mode.DIGEST, at).due_at(now)
    except BadPreferenceError:
        assert not time(6) <= at <= time(21)
        return
    assert timedelta(0) < due - now <= timedelta(days=1)
    assert time(6) <= due.astimezone(SCHOOL_TIME).time() <= time(21)


@pytest.mark.parametrize("key", ["handover.staff_said", "link.linked", "digest.daily", "ask.answer", ""])
def test_what_protects_or_answers_cannot_be_chosen_away(key: str) -> None:
    assert kind_of(key) is None
