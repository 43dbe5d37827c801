"""The web chat end to end over HTTP: inbox, pipeline, outbox, stream."""

from __future__ import annotations

import io
from uuid import uuid4

import aiohttp

from bot.app import Bot
from core.conversations.desk.domain import Answering
from core.fees.changes.domain import Change, ChangeKind, Reason
from core.fees.correcting import Correcting
from core.fees.reference import Reference
from core.sample.school import SCHOOL_ID
from core.values.ids import new_id
from tests.bot.support import LINK_CODE, ChatClient, KnownAnswers, chatting

Running = tuple[Bot, str]


async def test_a_question_gets_its_answer_with_the_source_and_the_bot_says_once_that_it_is_a_machine(
    running: Running, answers: KnownAnswers
) -> None:
    async with chatting(running[1]) as chat:
        await chat.say("Làm mất học bạ thì làm sao?")
        assert "máy" in (await chat.reply())["text"]
        answer = await chat.reply()
        assert answer["text"].startswith("Gửi đơn về trường.")
        assert answer["sources"] == [
            {
                "title": "Cấp lại học bạ",
                "law": "Thông tư mẫu, Điều 3",
                "since": "01/09/2025",
                "quote": "trích",
            }
        ]
        await chat.say("còn học bạ bản sao?")
        assert (await chat.reply())["key"] == "ask.answer"
        assert answers.asked[1].history[0].text == "Làm mất học bạ thì làm sao?"
        assert [line["from"] for line in await chat.history()] == [
            "guardian", "school", "school", "guardian", "school",
        ]  # fmt: skip


async def test_the_same_post_twice_is_one_message_and_one_answer(
    running: Running, answers: KnownAnswers
) -> None:
    async with chatting(running[1]) as chat:
        message_id = str(uuid4())
        await chat.say("học bạ?", id=message_id)
        await chat.say("học bạ?", id=message_id)
        await chat.reply("ask.answer")
        await chat.ask("menu")
        assert len(answers.asked) == 1
        assert [line["from"] for line in await chat.history()].count("guardian") == 2


async def linked(chat: ChatClient) -> None:
    assert (await chat.ask(link_code=LINK_CODE))["key"] == "link.linked"


async def taken_back(bot: Bot, code: str) -> None:
    """The accountant takes the fee of this payment code back."""
    async with bot.core.database.transaction(SCHOOL_ID) as tx:
        invoice = await bot.core.fees.find_by_reference(tx, Reference(code))
        assert invoice
        change = Change(new_id(), ChangeKind.WITHDRAWN, Reason.NOT_THEIRS)
        await Correcting(bot.core.collecting).change(tx, [invoice.id], change, "staff:x")


async def test_a_deep_link_links_the_guardian_who_then_sees_children_fees_and_check_ins(
    running: Running,
) -> None:
    async with chatting(running[1]) as chat:
        assert (await chat.ask("con em còn nợ khoản thu nào ko ạ?"))["key"] == "link.needed"
        # What the knowledge base keeps to itself leads on: before the link to it, after it to what there is.
        assert (await chat.ask("cho xem điểm thi của con"))["key"] == "link.needed"
        await linked(chat)
        own = await chat.ask("cho xem điểm thi của con")
        offered = [button["code"] for button in own["buttons"]]
        assert (own["key"], offered) == (
            "ask.own",
            ["menu.fees", "menu.checkins", "menu.children", "handover.yes", "menu.main"],
        )
        children = await chat.ask("con của tôi")
        assert children["text"].count("•") == 2
        fees = await chat.ask("con em con no khoan thu nao k a")
        assert fees["key"] == "fees.outstanding"
        assert "Nước uống" in fees["text"]
        one = await chat.ask("1")
        assert one["text"].count("•") < fees["text"].count("•")
        pick = next(button for button in one["buttons"] if button["label"] == "QR: Nước uống")
        single = await chat.ask(pick["label"], choice=pick["code"])
        assert (single["text"].count("•"), "quét mã QR" in single["text"], bool(single["qr"])) == (
            1,
            True,
            True,
        )
        await taken_back(running[0], pick["code"].partition(":")[2])
        again = await chat.ask(pick["label"], choice=pick["code"])
        assert "nhà trường đã thu hồi, không cần nộp nữa" in again["text"]
        assert again["text"].count("•") == fees["text"].count("•") - 1
        today = await chat.ask("be den truong chua a")
        assert today["key"] == "checkins.today"
        assert (await chat.ask("huỷ liên kết"))["key"] == "link.undo_sure"
        assert (await chat.ask("1"))["key"] == "link.undone"
        assert (await chat.ask("khoản thu", choice="menu.fees"))["key"] == "link.needed"


async def test_a_suggested_question_can_be_picked_by_number(running: Running, answers: KnownAnswers) -> None:
    async with chatting(running[1]) as chat:
        unsure = await chat.ask("giấy gì đó")
        assert unsure["buttons"][0]["label"] == "Làm mất học bạ thì sao?"
        assert (await chat.ask("1"))["sources"]
        assert answers.asked[-1].text == "Làm mất học bạ thì sao?"


async def test_a_person_is_asked_for_and_the_bot_is_silent_until_sent_back(
    running: Running, answers: KnownAnswers
) -> None:
    async with chatting(running[1]) as chat:
        assert (await chat.ask("cho em gặp cô giáo chủ nhiệm với"))["key"] == "handover.opened"
        desk = running[0].core.handovers
        async with running[0].core.database.transaction(SCHOOL_ID) as tx:
            (opened,) = await desk.list_open(tx)
            await desk.take(tx, opened.id, Answering("Cô Hoa", "staff:hoa"))
        assert "Cô Hoa" in (await chat.reply("handover.taken"))["text"]
        await chat.say("em muốn xin nghỉ cho cháu, làm mất học bạ")
        still = await chat.ask("menu")
        assert still["key"] == "handover.still_open"
        assert answers.asked == []
        assert (await chat.ask("1"))["key"] == "handover.back"
        assert (await chat.ask("học bạ"))["key"] == "ask.answer"


async def test_danger_is_told_at_once_with_the_numbers_to_call(running: Running) -> None:
    async with chatting(running[1]) as chat:
        told = await chat.ask("con tôi mất tích từ chiều chưa thấy về nhà")
        assert told["key"] == "handover.emergency"
        assert "113" in told["text"]
        assert "111" in told["text"]


async def test_guessing_codes_is_stopped(running: Running) -> None:
    async with chatting(running[1]) as chat:
        keys = [(await chat.ask(f"LK AAAA-{number:04}"))["key"] for number in range(6)]
        assert keys[0] == "link.wrong_code"
        assert keys[-1] == "link.wait"
        assert (await chat.ask(link_code=LINK_CODE))["key"] == "link.wait"


async def test_who_comes_back_keeps_the_chat_for_another_half_year(running: Running) -> None:
    async with aiohttp.ClientSession(running[1], cookie_jar=aiohttp.DummyCookieJar()) as http:
        async with http.get("/chat") as first:
            mine = first.cookies["congtruong_chat"]
        kept = {"Cookie": f"congtruong_chat={mine.value}"}
        async with http.get("/chat", headers=kept) as later:
            again = later.cookies["congtruong_chat"]
        assert (again.value, again["max-age"]) == (mine.value, str(180 * 24 * 3600))
        async with http.get("/chat", headers={"Cookie": "congtruong_chat=made-up"}) as forged:
            assert forged.cookies["congtruong_chat"].value not in {mine.value, "made-up"}


async def test_another_browser_sees_nothing_of_this_chat(running: Running) -> None:
    async with chatting(running[1]) as mine, chatting(running[1]) as other:
        await mine.ask("học bạ")
        assert await other.history() == []
        assert other.lines.empty()


async def test_bad_posts_get_a_problem_and_leave_nothing(running: Running) -> None:
    bot, url = running
    async with chatting(url) as chat:
        for body, kind, status in (
            (b"{", "application/json", 400),
            (b'{"id": "x"}', "application/json", 422),
            (b'{"id": "01935f3e-7a10-7000-8000-000000000001"}', "application/json", 400),
            (b"{}", "text/plain", 415),
            (b"x" * 3_000_000, "application/json", 413),
        ):
            async with chat.http.post(
                f"{url}/chat/messages", data=io.BytesIO(body), headers={"Content-Type": kind}
            ) as answer:
                assert answer.status == status
                assert answer.content_type == "application/problem+json"
        async with aiohttp.ClientSession() as stranger, stranger.get(f"{url}/chat/lines/all") as answer:
            assert answer.status == 403
        assert await chat.history() == []
    async with bot.core.database.transaction(SCHOOL_ID) as tx:
        assert await bot.core.inbox.list_parked(tx) == ()


async def test_emoji_right_to_left_and_very_long_texts_are_answered(running: Running) -> None:
    async with chatting(running[1]) as chat:
        for text in ("😀😀😀", "مرحبا كيف الحال", "a" * 4000, "\u202eabc", "\x00"):
            assert (await chat.ask(text))["key"] in {"ask.answer", "menu.welcome", "menu.end", "menu.unclear"}


async def test_the_answers_api_answers_and_documents_itself(running: Running) -> None:
    async with aiohttp.ClientSession(running[1]) as http:
        async with http.post("/api/v1/answers", json={"question": "mất học bạ"}) as answer:
            body = await answer.json()
        assert body["behaviour"] == "answer"
        assert body["citations"][0]["effective_from"] == "2025-09-01"
        async with http.post("/api/v1/answers", json={"question": ""}) as answer:
            assert answer.status == 422
        async with http.get("/api/v1/openapi.json") as answer:
            assert "/api/v1/answers" in (await answer.json())["paths"]
