"""A hand-over on a real PostgreSQL: who is told, who answers, who joins."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from sqlalchemy import text

from core.conversations.desk.domain import (
    SAID_MAX,
    Answering,
    AnswerTooLongError,
    DeskHours,
    DeskHoursError,
    EmptyAnswerError,
    NewStaffChat,
    SaidBy,
    StaffChatNotFoundError,
    mask_numbers,
)
from core.conversations.desk.staff_chats import CODE_LIFE
from core.conversations.domain import (
    HandoverNotFoundError,
    HandoverTakenError,
)
from core.notifications.domain import Recipient
from tests.core.conversations.office import EMERGENCY, HOA, NAM, Office


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
