"""A hand-over on a real PostgreSQL: who is told, who answers, what happens when nobody does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from core.audit.service import Audit
from core.conversations.desk.domain import (
    SAID_MAX,
    Answering,
    AnswerTooLongError,
    DeskHours,
    DeskHoursError,
    EmptyAnswerError,
    NewStaffChat,
    SaidBy,
    StaffChat,
    StaffChatNotFoundError,
    mask_numbers,
)
from core.conversations.desk.escalation import Escalation
from core.conversations.desk.service import HandoverDesk
from core.conversations.desk.staff_chats import CODE_LIFE, StaffChats
from core.conversations.domain import (
    Handover,
    HandoverNotFoundError,
    HandoverTakenError,
    HandoverUrgency,
)
from core.conversations.service import Conversations
from core.db.transaction import Database
from core.guardians.service import Guardians
from core.notifications.domain import Notification, Recipient
from core.notifications.service import Notifications
from core.staff.chat_rights import ChatReach
from core.students.service import Students
from core.values.clock import SCHOOL_TIME, FixedClock
from core.values.ids import ChatAccountId, SchoolId
from core.vault.keyring import Keyring

MONDAY_NINE = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
HOA, NAM = Answering("Cô Hoa", "staff:hoa"), Answering("Thầy Nam", "staff:nam")
NORMAL, EMERGENCY = HandoverUrgency.NORMAL, HandoverUrgency.EMERGENCY


@dataclass
class Office:
    """A school with a guardian who writes on Zalo, and two staff groups."""

    database: Database
    school_id: SchoolId
    desk: HandoverDesk
    clock: FixedClock
    guardian: ChatAccountId
    first: StaffChat
    second: StaffChat

    async def open(self, urgency: HandoverUrgency = NORMAL, said: str = "m1") -> Handover:
        async with self.database.transaction(self.school_id) as tx:
            reason = "danger" if urgency is EMERGENCY else "asked"
            return await self.desk.open(tx, self.guardian, reason, urgency, (said, f"lời {said}"))

    async def told(self, address: str, key: str | None = None) -> list[Notification]:
        async with self.database.transaction(self.school_id) as tx:
            sent = await self.desk.notifications.list_recent(tx, limit=200)
        return [one for one in reversed(sent) if one.recipient.address == address and key in {None, one.key}]

    async def after(self, minutes: float) -> int:
        self.clock.advance(timedelta(minutes=minutes))
        return await Escalation(self.database, self.desk).once()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MONDAY_NINE)


@pytest.fixture
async def office(database: Database, school_id: SchoolId, keyring: Keyring, clock: FixedClock) -> Office:
    audit, conversations = Audit(keyring, clock), Conversations(keyring, clock)
    notifications, chats = Notifications(keyring, clock), StaffChats(keyring, clock, audit)
    guardians = Guardians(keyring, clock, Students(keyring, clock), conversations)
    hearing = ChatReach(guardians)
    desk = HandoverDesk(keyring, clock, conversations, notifications, chats, audit, hearing)
    async with database.transaction(school_id) as tx:
        guardian = await conversations.meet(tx, "zalo", "phu-huynh")
        joined = []
        for name, stage in (("Văn phòng", 1), ("Ban giám hiệu", 2)):
            _, code = await chats.invite(tx, NewStaffChat(name, stage), "staff:x")
            joined.append(await chats.join(tx, "telegram", f"nhom-{stage}", code.lower()))
    return Office(database, school_id, desk, clock, guardian.id, *joined)


async def test_the_first_group_is_told_and_the_guardian_reads_who_answers(office: Office) -> None:
    opened = await office.open()
    assert [one.key for one in await office.told("nhom-1")] == ["handover.staff_alert"]
    assert await office.told("nhom-2") == []
    assert await office.told("staff", "desk.changed") != []
    async with office.database.transaction(office.school_id) as tx:
        await office.desk.take(tx, opened.id, HOA)
        await office.desk.answer(tx, opened.id, HOA, ("a1", "Dạ em nghe ạ"))
        ended = await office.desk.end(tx, opened.id, HOA)
    assert not ended.is_open
    assert [one.key for one in await office.told("phu-huynh")] == [
        "handover.taken", "handover.staff_said", "handover.ended",
    ]  # fmt: skip
    assert (await office.told("phu-huynh"))[1].params["text"] == "Dạ em nghe ạ"
    async with office.database.transaction(office.school_id) as tx:
        said = [(line.by, line.name, line.text) for line in await office.desk.lines(tx, opened.id)]
        assert (await office.desk.audit.verify(tx)).intact
        done = [one.action for one in await office.desk.audit.list_recent(tx)]
    assert said == [
        (SaidBy.GUARDIAN, "", "lời m1"), (SaidBy.SYSTEM, "Cô Hoa", "taken"),
        (SaidBy.STAFF, "Cô Hoa", "Dạ em nghe ạ"), (SaidBy.SYSTEM, "Cô Hoa", "ended"),
    ]  # fmt: skip
    assert done[:4] == [f"conversations.handover_{what}" for what in ("ended", "answered", "taken", "opened")]


async def test_the_same_message_twice_tells_nobody_twice(office: Office) -> None:
    opened = await office.open()
    again = await office.open()
    assert again.id == opened.id
    for _ in range(2):
        async with office.database.transaction(office.school_id) as tx:
            await office.desk.answer(tx, opened.id, HOA, ("a1", "Dạ"))
    assert len(await office.told("nhom-1", "handover.staff_alert")) == 1
    assert len(await office.told("phu-huynh", "handover.staff_said")) == 1
    with pytest.raises(EmptyAnswerError):
        async with office.database.transaction(office.school_id) as tx:
            await office.desk.answer(tx, opened.id, HOA, ("a2", "  \n "))


async def test_two_who_take_it_at_once_cannot_both_have_it(office: Office) -> None:
    opened = await office.open()
    async with office.database.transaction(office.school_id) as tx:
        await office.desk.take(tx, opened.id, HOA)
    with pytest.raises(HandoverTakenError):
        async with office.database.transaction(office.school_id) as tx:
            await office.desk.answer(tx, opened.id, NAM, ("a1", "Dạ"))
    assert await office.told("phu-huynh", "handover.staff_said") == []


async def test_one_open_handover_per_account_that_can_only_grow_more_urgent(office: Office) -> None:
    first = await office.open()
    second = await office.open(EMERGENCY, "m2")
    third = await office.open(said="m3")
    assert first.id == second.id == third.id
    assert third.urgency is EMERGENCY
    async with office.database.transaction(office.school_id) as tx:
        taken = await office.desk.take(tx, first.id, HOA)
        assert taken == await office.desk.take(tx, first.id, HOA)
        with pytest.raises(HandoverTakenError):
            await office.desk.take(tx, first.id, NAM)
        await office.desk.end(tx, first.id, HOA)
        assert await office.desk.find_open(tx, office.guardian) is None
        with pytest.raises(HandoverNotFoundError):
            await office.desk.end(tx, first.id, HOA)


async def test_whoever_has_it_alone_hears_what_the_guardian_writes_then(office: Office) -> None:
    opened = await office.open()
    in_group = Answering("Cô Hoa", "chat:1", office.first)
    async with office.database.transaction(office.school_id) as tx:
        await office.desk.take(tx, opened.id, in_group)
    await office.open(said="m2")
    assert [one.key for one in await office.told("nhom-1")] == [
        "handover.staff_alert", "handover.guardian_said",
    ]  # fmt: skip


async def test_what_is_written_while_staff_answer_waits_for_an_answer_of_its_own(office: Office) -> None:
    """The message was taken in with the hand-over as it stood before the answer was committed."""
    before = await office.open()
    async with office.database.transaction(office.school_id) as tx:
        await office.desk.answer(tx, before.id, HOA, ("a1", "Chào chị"))
    async with office.database.transaction(office.school_id) as tx:
        await office.desk.guardian_said(tx, before, ("m2", "còn một việc nữa"))
        after = await office.desk.get(tx, before.id)
    assert after.waiting_since == office.clock.now()


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


async def test_a_guardian_who_goes_back_to_the_assistant_frees_staff(office: Office) -> None:
    opened = await office.open()
    async with office.database.transaction(office.school_id) as tx:
        await office.desk.leave(tx, opened)
        assert await office.desk.waiting(tx) == (0, 0)
    assert [one.key for one in await office.told("nhom-1")][-1] == "desk.left"


async def test_a_code_joins_one_chat_once_and_in_time(office: Office) -> None:
    chats = office.desk.chats
    async with office.database.transaction(office.school_id) as tx:
        chat_id, code = await chats.invite(tx, NewStaffChat(" Tổ  trực ", is_group=False), "staff:x")
        mine = await chats.join(tx, "zalobot", "u1", code)
        assert (mine.name, mine.id) == ("Tổ trực", chat_id)
        for typed in (code, "AAAA-0000", "x"):
            with pytest.raises(StaffChatNotFoundError):
                await chats.join(tx, "zalobot", "u2", typed)
        _, late = await chats.invite(tx, NewStaffChat("Muộn", 2), "staff:x")
        office.clock.advance(CODE_LIFE)
        with pytest.raises(StaffChatNotFoundError):
            await chats.join(tx, "zalobot", "u3", late)
        await chats.remove(tx, mine.id, "staff:x")
        assert await chats.find(tx, "zalobot", "u1") is None
        with pytest.raises(StaffChatNotFoundError):
            await chats.remove(tx, mine.id, "staff:x")
        by_settings = await chats.ensure(tx, Recipient("telegram", "cu"), "Nhóm trực")
        assert await chats.ensure(tx, Recipient("telegram", "cu"), "Nhóm trực") == by_settings


async def test_a_group_that_gets_another_id_stays_the_staff_chat_that_it_was(office: Office) -> None:
    chats = office.desk.chats
    async with office.database.transaction(office.school_id) as tx:
        _, code = await chats.invite(tx, NewStaffChat("Trực"), "staff:x")
        before = await chats.join(tx, "telegram", "-12", code)
        assert await chats.move(tx, "telegram", "-12", "-10012")
        after = await chats.find(tx, "telegram", "-10012")
        assert after is not None
        assert (after.id, after.recipient) == (before.id, Recipient("telegram", "-10012"))
        assert await chats.find(tx, "telegram", "-12") is None
        assert not await chats.move(tx, "telegram", "-12", "-10013")


async def test_a_staff_chat_that_cannot_be_read_keeps_no_alert_from_the_others(office: Office) -> None:
    async with office.database.transaction(office.school_id) as tx:
        spoil = text("UPDATE chat_staff_chats SET name = '\\x00' WHERE id = :id")
        await tx.session.execute(spoil, {"id": office.first.id})
    await office.open(EMERGENCY)
    assert [one.key for one in await office.told("nhom-2")] == ["handover.staff_alert"]


async def test_hours_are_the_schools_own(office: Office) -> None:
    own = DeskHours(time(6, 30), time(18, 0), days=7, raise_after=timedelta(minutes=5))
    async with office.database.transaction(office.school_id) as tx:
        assert await office.desk.hours(tx) == DeskHours()
        await office.desk.chats.set_hours(tx, own, "staff:x")
        assert await office.desk.hours(tx) == own
    with pytest.raises(DeskHoursError):
        DeskHours(time(9), time(8))
    for days in (0, 4, 8):
        with pytest.raises(DeskHoursError):
            DeskHours(days=days)


@given(st.integers(0, 525_600), st.integers(1, 480), st.integers(5, 7))
def test_whoever_waits_is_due_in_office_hours_and_never_sooner_than_the_wait(
    at: int, minutes: int, days: int
) -> None:
    hours = DeskHours(days=days, raise_after=timedelta(minutes=minutes))
    since = datetime(2026, 1, 1, tzinfo=SCHOOL_TIME) + timedelta(minutes=at)
    due = hours.due_at(since, hours.raise_after)
    assert due - since >= hours.raise_after
    assert due - since <= timedelta(days=5)
    assert hours.covers(due - timedelta(seconds=1))


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("gọi 0912345678 nhé", "gọi …678 nhé"),
        ("CCCD 001 315 000 123", "CCCD …123"),
        ("+84 912.345.678", "…678"),
        ("lớp 6A, 17:30 ngày 21/11/2026, 500.000 đ", "lớp 6A, 17:30 ngày 21/11/2026, 500.000 đ"),
    ],
)
def test_long_numbers_are_masked_for_whoever_only_answers(said: str, shown: str) -> None:
    assert mask_numbers(said) == shown


async def test_a_long_answer_arrives_whole_and_one_that_is_too_long_is_refused(office: Office) -> None:
    opened = await office.open()
    long = "Dạ, " + "nhà trường xin gửi lịch của cả tuần. " * 100
    assert 2000 < len(long) < SAID_MAX
    async with office.database.transaction(office.school_id) as tx:
        await office.desk.answer(tx, opened.id, HOA, ("a1", long))
        with pytest.raises(AnswerTooLongError):
            await office.desk.answer(tx, opened.id, HOA, ("a2", "ạ" * (SAID_MAX + 1)))
        (_, _, line) = await office.desk.lines(tx, opened.id)
    (told,) = await office.told("phu-huynh", "handover.staff_said")
    assert told.params["text"] == line.text == long.strip()


async def test_staff_with_a_very_long_name_keep_what_they_took(office: Office) -> None:
    """Telegram lets a name be 129 characters long; what is kept of it is shorter."""
    opened = await office.open()
    long = Answering("Cô " + "H" * 126, "chat:x", office.first)
    async with office.database.transaction(office.school_id) as tx:
        await office.desk.take(tx, opened.id, long)
        answered = await office.desk.answer(tx, opened.id, long, ("a1", "Dạ em nghe ạ"))
    assert answered.taken_by == long.name == ("Cô " + "H" * 126)[:120]
    assert len(await office.told("phu-huynh", "handover.taken")) == 1


async def test_a_hand_over_that_cannot_be_read_keeps_no_other_waiting(office: Office) -> None:
    broken = await office.open(EMERGENCY)
    async with office.database.transaction(office.school_id) as tx:
        spoil = text("UPDATE chat_handover_lines SET said = '\\x00' WHERE handover_id = :id")
        await tx.session.execute(spoil, {"id": broken.id})
        other = await office.desk.conversations.meet(tx, "zalo", "phu-huynh-2")
        await office.desk.open(tx, other.id, "danger", EMERGENCY, ("m2", "lời m2"))
    before = len(await office.told("nhom-1", "handover.raised"))
    assert await office.after(30) == 1
    (raised,) = (await office.told("nhom-1", "handover.raised"))[before:]
    assert "lời m2" in raised.params["text"]
