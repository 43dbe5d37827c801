"""The outbox: written with the fact, once, sealed, and accounted for."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from core.notifications.domain import DeliveryReport, NewNotification, Recipient, Urgency
from core.notifications.domain import ParkedNotificationNotFoundError as NotParkedError
from core.notifications.service import Notifications
from core.values.ids import NotificationId, SchoolId, new_id
from tests.core.notifications.conftest import PostOffice


async def test_what_is_rolled_back_was_never_enqueued(office: PostOffice) -> None:
    with pytest.raises(RuntimeError):
        async with office.database.transaction(office.school_id) as tx:
            await office.notifications.enqueue(tx, office.new("a"))
            raise RuntimeError
    assert await office.column("SELECT id FROM notifications") == []


async def test_a_repeated_dedupe_key_gives_the_first_id_and_changes_nothing(office: PostOffice) -> None:
    (first,) = await office.enqueue(office.new("a"))
    again, other, twin = await office.enqueue(office.new("a"), office.new("b"), office.new("b"))
    assert again == first
    assert other == twin != first
    assert await office.column("SELECT count(*) FROM notifications") == [2]


async def test_two_schools_may_use_the_same_dedupe_key(office: PostOffice) -> None:
    await office.enqueue(office.new("a"))
    async with office.database.transaction(SchoolId(new_id())) as tx:
        await office.notifications.enqueue(tx, office.new("a"))
        assert len(await office.notifications.list_recent(tx)) == 1


async def test_a_batch_keeps_its_order_and_its_ids(office: PostOffice) -> None:
    ids = await office.enqueue(*(office.new(f"k{number}") for number in range(200)))
    assert await office.column("SELECT id FROM notifications ORDER BY seq") == list(ids)


async def test_nothing_to_enqueue_is_nothing(office: PostOffice) -> None:
    assert await office.enqueue() == ()


async def test_address_and_params_are_sealed_in_the_table_and_masked_in_every_repr(
    office: PostOffice,
) -> None:
    new = office.new("a", address="0912345678", params={"student": "Nguyễn Thị Thử"})
    await office.enqueue(new)
    async with office.database.transaction(office.school_id) as tx:
        (kept,) = await office.notifications.list_recent(tx, new.recipient)
        row = (await tx.session.execute(text("SELECT n::text FROM notifications n"))).scalar_one()
    assert kept.recipient.address == "0912345678"
    assert kept.params == {"student": "Nguyễn Thị Thử"}
    for shown in (row, repr(new), repr(kept), str(new.recipient)):
        assert "0912345678" not in shown
        assert "Thử" not in shown
        assert b"0912345678".hex() not in shown


async def test_a_chat_sees_its_own_messages_newest_first(office: PostOffice) -> None:
    await office.enqueue(office.new("a", "x"), office.new("b", "y"), office.new("c", "x"))
    async with office.database.transaction(office.school_id) as tx:
        mine = await office.notifications.list_recent(tx, Recipient("telegram", "x"))
        assert [one.dedupe_key for one in mine] == ["c", "a"]
        latest = await office.notifications.list_recent(tx, limit=2)
        assert [one.dedupe_key for one in latest] == ["c", "b"]


async def test_the_report_counts_by_status_and_by_prefix(office: PostOffice) -> None:
    await office.enqueue(office.new("fees:1"), office.new("fees:2"), office.new("x%:3"))
    async with office.database.transaction(office.school_id) as tx:
        assert await office.notifications.report(tx) == DeliveryReport(queued=3)
        assert (await office.notifications.report(tx, "fees:")).open == 2
        assert (await office.notifications.report(tx, "%")).open == 0


async def test_params_that_are_no_json_are_refused(office: PostOffice) -> None:
    with pytest.raises(ValueError, match="JSON"):
        await office.enqueue(office.new("a", params={"x": object()}))


def test_a_message_without_a_dedupe_key_is_refused(office: PostOffice) -> None:
    with pytest.raises(ValueError, match="dedupe"):
        office.new("")
    with pytest.raises(ValueError, match="address"):
        Recipient("telegram", "")
    with pytest.raises(ValueError, match="aware"):
        NewNotification(Recipient("x", "y"), "k", {}, "d", not_before=datetime(2026, 1, 1))  # noqa: DTZ001 - the point


async def test_only_what_is_parked_can_be_requeued(office: PostOffice) -> None:
    (sent_id,) = await office.enqueue(office.new("a"))
    async with office.database.transaction(office.school_id) as tx:
        for unknown in (sent_id, NotificationId(new_id())):
            with pytest.raises(NotParkedError):
                await office.notifications.requeue(tx, unknown)


async def test_what_was_finished_long_ago_can_be_forgotten(office: PostOffice) -> None:
    await office.enqueue(office.new("a"), office.new("b"))
    async with office.database.platform() as tx:
        await tx.session.execute(
            text("UPDATE notifications SET status = 'sent', finished_at = :at WHERE dedupe_key = 'a'"),
            {"at": office.clock.now()},
        )
    office.clock.advance(timedelta(days=91))
    async with office.database.platform() as tx:
        assert await office.notifications.forget(tx, timedelta(days=90)) == 1
    assert await office.column("SELECT dedupe_key FROM notifications") == ["b"]


def test_urgency_orders_emergencies_first() -> None:
    assert sorted(Urgency) == [Urgency.EMERGENCY, Urgency.REPLY, Urgency.NEWS, Urgency.NORMAL]


def test_the_service_shows_no_key(office: PostOffice) -> None:
    assert isinstance(office.notifications, Notifications)
    assert "kkkk" not in repr(office.notifications)
