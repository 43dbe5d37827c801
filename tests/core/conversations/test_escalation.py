"""What happens to a hand-over that nobody answers, by day, at night, in danger; on a real PostgreSQL."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from core.conversations.desk.domain import (
    Answering,
    DeskHours,
)
from core.conversations.domain import (
    HandoverNotFoundError,
)
from core.schools.calendar.domain import Calendar, NewSpan, Span, SpanKind
from core.values.clock import SCHOOL_TIME
from core.vault.unreadable import UNREADABLE
from tests.core.conversations.office import EMERGENCY, HOA, NAM, Office


async def test_nobody_answers_so_the_next_are_told_and_may_take_it_over(office: Office) -> None:
    opened = await office.open()
    async with office.database.transaction(office.school_id) as tx:
        await office.desk.take(tx, opened.id, HOA)
    assert await office.after(9) == 0
    assert await office.after(1) == 1
    assert await office.after(0.2) == 0
    raised = await office.told("nhom-2", "handover.raised")
    assert [one.params["minutes"] for one in raised] == [10]
    assert len(await office.told("phu-huynh", "handover.still_waiting")) == 1
    async with office.database.transaction(office.school_id) as tx:
        taken = await office.desk.take(tx, opened.id, NAM)
        await office.desk.answer(tx, opened.id, NAM, ("a1", "Tôi đây ạ"))
    assert taken.taken_by == "Thầy Nam"
    assert await office.after(60) == 0


async def test_an_emergency_tells_everybody_at_any_hour_and_again_until_somebody_answers(
    office: Office,
) -> None:
    office.clock.instant = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)  # Sunday, 23:00
    opened = await office.open(EMERGENCY)
    for group in ("nhom-1", "nhom-2"):
        (alert,) = await office.told(group)
        assert (alert.key, alert.urgency) == ("handover.staff_alert", 0)
    assert await office.after(3) == 1
    assert await office.after(3) == 1
    assert len(await office.told("nhom-2", "handover.raised")) == 2
    async with office.database.transaction(office.school_id) as tx:
        await office.desk.answer(tx, opened.id, HOA, ("a1", "Tôi gọi ngay"))
    assert await office.after(30) == 0


async def test_an_emergency_that_nobody_answers_is_told_ever_more_seldom_but_never_forgotten(
    office: Office,
) -> None:
    await office.open(EMERGENCY)
    hours = [sum([await office.after(3) for _ in range(20)]) for _ in range(4)]
    assert hours[0] >= 10, "at first every few minutes"
    assert sorted(hours, reverse=True) == hours
    assert 1 <= hours[-1] <= 3


async def test_what_becomes_an_emergency_keeps_its_words_and_the_guardian_is_told_not_to_wait(
    office: Office,
) -> None:
    opened = await office.open()
    in_group = Answering("Cô Hoa", "chat:1", office.first)
    async with office.database.transaction(office.school_id) as tx:
        await office.desk.take(tx, opened.id, in_group)
    await office.after(9)
    await office.open(EMERGENCY, "m2")
    async with office.database.transaction(office.school_id) as tx:
        assert (await office.desk.get(tx, opened.id)).reason == "danger"
    assert await office.after(0.2) == 0  # everybody heard it a moment ago
    buttons = [
        [choice["code"].partition(":")[0] for choice in (await office.told(group))[-1].params["choices"]]
        for group in ("nhom-1", "nhom-2")
    ]
    assert buttons == [["desk.done"], ["desk.take"]]
    async with office.database.transaction(office.school_id) as tx:
        handover = await office.desk.get(tx, opened.id)
        await office.desk.guardian_said(tx, handover, ("m3", "alo?"))
    assert await office.after(3) == 1
    assert await office.after(3) == 1
    raised = (await office.told("nhom-2", "handover.raised"))[-1].params
    assert (raised["text"], raised["minutes"]) == ("lời m2 … alo?", 6)
    assert [one.key for one in await office.told("phu-huynh")][1:] == ["handover.emergency_waiting"]
    async with office.database.transaction(office.school_id) as tx:
        assert (await office.desk.take(tx, opened.id, NAM)).taken_by == "Thầy Nam"


async def test_at_night_staff_sleep_and_are_told_when_the_desk_opens(office: Office) -> None:
    office.clock.instant = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)  # Friday, 22:00
    await office.open()
    assert await office.after(60 * 57) == 0  # Monday, 07:00
    assert await office.after(11) == 1


async def test_an_answered_hand_over_that_fell_asleep_ends_by_itself(office: Office) -> None:
    opened = await office.open()
    async with office.database.transaction(office.school_id) as tx:
        await office.desk.answer(tx, opened.id, HOA, ("a1", "Dạ xong rồi ạ"))
    assert await office.after(60 * 11) == 0
    assert await office.after(61) == 1
    assert len(await office.told("phu-huynh", "handover.ended")) == 1
    async with office.database.transaction(office.school_id) as tx:
        assert await office.desk.list_open(tx) == ()
        with pytest.raises(HandoverNotFoundError):
            await office.desk.end(tx, opened.id, HOA)


TET = NewSpan(SpanKind.OFF, "Tết", date(2026, 2, 12), date(2026, 2, 22))
MADE_UP = NewSpan(SpanKind.LESSONS, "Học bù", date(2026, 2, 28), date(2026, 2, 28))
CALENDAR = Calendar((Span(UUID(int=1), TET), Span(UUID(int=2), MADE_UP)))


@given(st.integers(0, 525_600), st.integers(1, 480), st.integers(5, 7))
def test_whoever_waits_is_due_in_office_hours_and_never_sooner_than_the_wait(
    at: int, minutes: int, days: int
) -> None:
    hours = DeskHours(days=days, raise_after=timedelta(minutes=minutes), calendar=CALENDAR)
    since = datetime(2026, 1, 1, tzinfo=SCHOOL_TIME) + timedelta(minutes=at)
    due = hours.due_at(since, hours.raise_after)
    assert due - since >= hours.raise_after
    assert due - since <= timedelta(days=14)
    last = due - timedelta(seconds=1)
    assert hours.covers(last)
    assert not CALENDAR.rests(last.date())


def test_in_the_holidays_the_desk_opens_after_them_and_on_a_saturday_made_up_for_it_is_there() -> None:
    hours = DeskHours(calendar=CALENDAR)
    tet = datetime(2026, 2, 16, 9, tzinfo=SCHOOL_TIME)
    assert hours.next_opening(tet).strftime("%d/%m %H:%M") == "23/02 07:00"
    assert hours.covers(datetime(2026, 2, 28, 9, tzinfo=SCHOOL_TIME))


async def test_a_hand_over_whose_words_cannot_be_read_is_raised_too_and_keeps_no_other_waiting(
    office: Office,
) -> None:
    broken = await office.open(EMERGENCY)
    async with office.database.transaction(office.school_id) as tx:
        spoil = text("UPDATE chat_handover_lines SET said = '\\x00' WHERE handover_id = :id")
        await tx.session.execute(spoil, {"id": broken.id})
        other = await office.desk.conversations.meet(tx, "zalo", "phu-huynh-2")
        await office.desk.open(tx, other.id, "danger", EMERGENCY, ("m2", "lời m2"))
    before = len(await office.told("nhom-1", "handover.raised"))
    assert await office.after(30) == 2
    raised = [one.params["text"] for one in (await office.told("nhom-1", "handover.raised"))[before:]]
    assert sorted(UNREADABLE in one for one in raised) == [False, True]
    assert any("lời m2" in one for one in raised)
