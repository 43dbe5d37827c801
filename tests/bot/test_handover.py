"""A hand-over end to end over the web chat: a parent in one browser, staff in another, nothing else in between."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import time

import pytest

from bot.app import Bot
from bot.flows.staff_commands import StaffCommand, Verb, command_of, joining
from bot.messages import InboundMessage
from core.conversations.desk.domain import DeskHours, NewStaffChat
from core.sample.school import SCHOOL_ID
from tests.bot.support import LINK_CODE, ChatClient, KnownAnswers, chatting

Running = tuple[Bot, str]


@asynccontextmanager
async def duty(running: Running, *, is_group: bool = True) -> AsyncIterator[ChatClient]:
    """A chat of staff that has joined by its code."""
    bot, url = running
    async with chatting(url) as staff:
        async with bot.core.database.transaction(SCHOOL_ID) as tx:
            chats = bot.core.handovers.chats
            _, code = await chats.invite(tx, NewStaffChat("Tổ văn phòng", is_group=is_group), "staff:x")
        await staff.say(f"nv {code}")
        assert "Tổ văn phòng" in (await staff.reply("desk.joined"))["text"]
        yield staff


async def always_open(bot: Bot, *, closed: bool = False) -> None:
    """Office hours that cover this moment, or do not, whatever the machine's clock says."""
    hours = (
        DeskHours(time(0, 0), time(0, 1))
        if closed
        else DeskHours(time(0, 0), time(23, 59, 59, 999_999), days=7)
    )
    async with bot.core.database.transaction(SCHOOL_ID) as tx:
        await bot.core.handovers.chats.set_hours(tx, hours, "staff:x")


def code_in(line: dict[str, object]) -> str:
    return str(line["text"]).partition("#")[2][:6]


async def test_staff_take_answer_and_finish_from_their_group_and_the_bot_is_silent_meanwhile(
    running: Running, answers: KnownAnswers
) -> None:
    async with duty(running) as staff, chatting(running[1]) as parent:
        await parent.ask("làm mất học bạ thì sao ạ")
        # An emergency is told at any hour, so this test needs no office hours.
        await parent.ask("cháu bị bạn đánh ở cổng trường, cô ơi")
        alert = await staff.reply("handover.staff_alert")
        assert "KHẨN CẤP" in alert["text"]
        code = code_in(alert)
        assert alert["buttons"] == [{"code": f"desk.take:{code}", "label": f"Nhận #{code}"}]
        await staff.say("Nhận", choice=f"desk.take:{code}")
        assert code in (await staff.reply("desk.you_took"))["text"]
        assert "Tổ văn phòng đang đọc" in (await parent.reply("handover.taken"))["text"]
        await staff.say("trưa nay ăn gì các chị ơi")  # not meant for the guardian
        await staff.say(f"#{code} Cô đang ra cổng, mẹ yên tâm ạ")
        assert (await parent.reply("handover.staff_said"))["text"].endswith("mẹ yên tâm ạ")
        await parent.say("cháu có sao không ạ")
        assert "cháu có sao không ạ" in (await staff.reply("handover.staff_alert"))["text"]
        await staff.say(f"xong {code}")
        assert (await parent.reply("handover.ended"))["buttons"][0]["label"] == "Hỏi đáp"
        assert (await parent.ask("học bạ"))["key"] == "ask.answer"
        said = [line["text"] for line in await parent.history() if line["from"] == "school"]
        assert not any("trưa nay" in text for text in said)
        assert [one.text for one in answers.asked] == ["làm mất học bạ thì sao ạ", "học bạ"]


async def test_in_a_persons_own_staff_chat_plain_words_go_to_whom_that_person_answers(
    running: Running, answers: KnownAnswers
) -> None:
    async with duty(running, is_group=False) as staff, chatting(running[1]) as parent:
        await always_open(running[0])
        await parent.ask("cho em gặp nhân viên")
        await staff.reply("handover.staff_alert")
        await staff.say("1")
        await staff.reply("desk.you_took")
        await staff.say("Dạ em nghe ạ")
        assert (await parent.reply("handover.staff_said"))["text"] == "Tổ văn phòng: Dạ em nghe ạ"
        await staff.reply("desk.sent")
        await staff.say("trả lời xong")
        await staff.reply("desk.closed")
        assert (await staff.ask("làm mất học bạ thì sao"))["key"] == "ask.answer"
        await staff.say("danh sách")
        assert "Không có phụ huynh nào" in (await staff.reply("desk.list"))["text"]
        await staff.say("xong AAAAAA")
        await staff.reply("error.conversations.handover_not_found")


async def test_a_complaint_that_the_answerer_understands_reaches_staff_without_another_tap(
    running: Running, answers: KnownAnswers
) -> None:
    async with duty(running) as staff, chatting(running[1]) as parent:
        await always_open(running[0])
        complaint = "bạn cùng bàn hay trêu con em, cô để ý giúp"
        assert (await parent.ask(complaint))["key"] == "handover.opened"
        assert complaint in (await staff.reply("handover.staff_alert"))["text"]


async def test_leave_asked_for_a_child_reaches_staff_without_being_looked_up(
    running: Running, answers: KnownAnswers
) -> None:
    async with duty(running) as staff, chatting(running[1]) as parent:
        await always_open(running[0])
        note = "mai cháu Ánh ốm em xin phép cho cháu nghỉ học 1 hôm ạ"
        opened = await parent.ask(note)
        assert (opened["key"], opened["quiet"], answers.asked) == ("handover.absence", True, [])
        alert = (await staff.reply("handover.staff_alert"))["text"]
        assert (note in alert, "xin nghỉ cho con" in alert) == (True, True)


async def test_a_complaint_beside_a_question_is_answered_and_passed_on(
    running: Running, answers: KnownAnswers
) -> None:
    async with duty(running) as staff, chatting(running[1]) as parent:
        await always_open(running[0])
        answer = await parent.ask("làm mất học bạ thì sao ạ? bạn hay trêu con em nữa")
        assert ("Gửi đơn" in answer["text"], answer["buttons"]) == (True, [])
        assert [one["code"] for one in (await parent.reply("handover.opened"))["buttons"]] == ["handover.end"]
        assert "hay trêu con em" in (await staff.reply("handover.staff_alert"))["text"]


async def test_after_hours_the_bot_says_when_and_goes_on_helping(
    running: Running, answers: KnownAnswers
) -> None:
    async with chatting(running[1]) as parent:
        await always_open(running[0], closed=True)
        opened = await parent.ask("cho em gặp cô giáo")
        assert "00:00 thứ" in opened["text"]
        assert (await parent.ask("làm mất học bạ thì sao"))["key"] == "ask.answer"
        kept = await parent.ask("cô ơi mai cháu xin nghỉ một buổi ạ")
        assert (kept["key"], "00:00 thứ" in kept["text"]) == ("handover.kept", True)
        assert ("113" in opened["text"], "113" in kept["text"]) == (True, False), "once is enough"
        async with running[0].core.database.transaction(SCHOOL_ID) as tx:
            (handover,) = await running[0].core.handovers.list_open(tx)
            lines = await running[0].core.handovers.lines(tx, handover.id)
        said = ["cho em gặp cô giáo", "làm mất học bạ thì sao", "cô ơi mai cháu xin nghỉ một buổi ạ"]
        assert [one.text for one in lines] == said


async def test_another_process_on_the_same_database_goes_on_with_a_hand_over(
    running: Running, answers: KnownAnswers
) -> None:
    bot, url = running
    async with duty(running) as staff, chatting(url) as parent:
        await parent.ask("cháu nói muốn tự tử")
        code = code_in(await staff.reply("handover.staff_alert"))
        assert (await parent.ask("cháu ở trong phòng"))["key"] == "handover.passed_on"
        await parent.say("cô ơi")
        more = [(await staff.reply("handover.staff_alert"))["text"] for _ in range(2)]
        assert ("trong phòng" in more[0], "cô ơi" in more[1]) == (True, True)
        await staff.say(f"nhận {code}")
        assert (await parent.reply())["key"] == "handover.taken", "that it arrives is said once"
        async with bot.running() as second:
            other = ChatClient(second, parent.http)
            await other.say("cô ơi nhanh giúp em")
            assert "nhanh giúp em" in (await staff.reply("handover.staff_alert"))["text"]


async def linked_anew(bot: Bot, chat: ChatClient) -> None:
    """Link a chat with a fresh code of the demo guardian."""
    async with bot.core.database.transaction(SCHOOL_ID) as tx:
        (first, *_) = await bot.core.audience.page(tx, None, limit=500)
        reached = [one for one in await bot.core.audience.page(tx, None, limit=500) if one.recipients]
        code = await bot.core.guardians.issue_link_code(tx, (reached or [first])[0].guardian_id)
    assert (await chat.ask(link_code=code.shown))["key"] == "link.linked"


async def test_a_choice_of_how_to_be_told_counts_for_both_chats_of_one_guardian(running: Running) -> None:
    async with chatting(running[1]) as first, chatting(running[1]) as second:
        assert (await first.ask(link_code=LINK_CODE))["key"] == "link.linked"
        await linked_anew(running[0], second)
        assert (await first.reply("verify.new_account"))["text"]
        assert (await first.ask("tắt bớt thông báo giúp em"))["key"] == "preferences.list"
        assert (await first.ask("3"))["key"] == "preferences.how"
        assert (await first.ask("làm mất học bạ thì sao"))["key"] == "ask.answer"
        assert (await first.ask("tiếp tục"))["key"] == "preferences.how"
        assert "gộp một tin lúc 19:00" in (await first.ask("19h"))["text"]
        assert "gộp một tin lúc 19:00" in (await second.ask("cài đặt thông báo"))["text"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("#a1b2c3 Chị chờ em chút", StaffCommand(Verb.ANSWER, "A1B2C3", "Chị chờ em chút")),
        ("#A1B2C3 xong", StaffCommand(Verb.DONE, "A1B2C3")),
        ("nhận a1b2c3", StaffCommand(Verb.TAKE, "A1B2C3")),
        ("NHAN #A1B2C3", StaffCommand(Verb.TAKE, "A1B2C3")),
        ("xong A1B2C3.", StaffCommand(Verb.DONE, "A1B2C3")),
        ("trả lời A1B2C3: vâng ạ", StaffCommand(Verb.ANSWER, "A1B2C3", "vâng ạ")),
        ("danh sách", StaffCommand(Verb.LIST)),
        ("1", StaffCommand(Verb.PICK)),
        ("chào cả nhà", StaffCommand(Verb.ANSWER, "", "chào cả nhà")),
        ("", None),
    ],
)
def test_what_staff_type_is_read(text: str, wanted: StaffCommand | None) -> None:
    assert command_of(InboundMessage("telegram", "g", "m", text)) == wanted


def test_a_quoted_alert_stands_for_its_code_and_a_deep_link_for_the_typed_code() -> None:
    quoting = InboundMessage("telegram", "g", "m", "vâng ạ", quoted="🔔 Phụ huynh cần gặp người · #A1B2C3")
    assert command_of(quoting) == StaffCommand(Verb.ANSWER, "A1B2C3", "vâng ạ")
    assert joining(InboundMessage("telegram", "g", "m", "/nv K7M4-02P1".removeprefix("/"))) == "k7m4-02p1"
    assert joining(InboundMessage("telegram", "g", "m", link_code="nv_K7M402P1")) == "K7M402P1"
    assert joining(InboundMessage("telegram", "g", "m", "nv của em là ai")) == ""
