"""A guardian and the own data, by chat from beginning to end: seen, corrected, agreed to, taken back, deleted."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from pathlib import Path

import aiohttp
import pytest
from pypdf import PdfReader
from sqlalchemy import text

from bot import privacy
from bot.app import Bot
from bot.folding import fold
from core.consents.domain import NewConsent, Purpose, Standing
from core.conversations.domain import FlowState
from core.guardians.domain import Level
from core.rights.domain import Kind, Status
from core.sample.people import pupils
from core.sample.school import SCHOOL_ID
from core.values.ids import ChatAccountId
from core.web.server import serving
from core.web_app import make_web_app
from tests.bot.support import LINK_CODE, ChatClient, chatting

FIRST = pupils()[0]


async def linked(url_client: ChatClient) -> ChatClient:
    assert (await url_client.ask(LINK_CODE))["key"] == "link.linked"
    return url_client


async def the_account(bot: Bot) -> ChatAccountId:
    async with bot.core.database.transaction(SCHOOL_ID) as tx:
        return ChatAccountId(await tx.session.scalar(text("SELECT chat_account_id FROM guardian_accounts")))


async def test_somebody_without_children_is_led_to_be_verified(running: tuple[Bot, str]) -> None:
    _, url = running
    async with chatting(url) as chat:
        assert (await chat.ask("xem dữ liệu của tôi"))["key"] == "link.needed"
        assert (await chat.ask(choice="menu.rights"))["key"] == "rights.menu"


async def test_a_guardian_sees_everything_that_is_kept_as_pdf_and_json(
    running: tuple[Bot, str], pictures: Path
) -> None:
    bot, url = running
    async with chatting(url) as chat, serving(make_web_app(bot.core)) as core_url:
        await linked(chat)
        async with bot.core.database.transaction(SCHOOL_ID) as tx:
            pupil = await bot.core.students.by_citizen_id(tx, FIRST.citizen_id)
            assert pupil is not None
            await bot.core.leaves.note(tx, [pupil], (date(2026, 11, 24), date(2026, 11, 25)))
        assert (await chat.ask("cho em xem dữ liệu của con em ạ"))["key"] == "rights.which_child"
        ready = await chat.ask(choice="rights.child:1")
        assert ready["key"] == "rights.ready"
        path = re.search(r"/my-data/\S+", ready["text"])
        assert path
        async with aiohttp.ClientSession(core_url) as http:
            async with http.get(path.group(), headers={"Accept": "text/html"}) as page:
                assert (page.status, FIRST.new.full_name in await page.text()) == (200, True)
            async with http.get(f"{path.group()}/du-lieu.json") as answer:
                data = await answer.json()
            async with http.get(f"{path.group()}/du-lieu.pdf") as answer:
                body = await answer.read()
            async with http.get("/my-data/guessed", headers={"Accept": "text/html"}) as page:
                assert (page.status, "hết hạn" in await page.text()) == (410, True)
        (pictures / "du-lieu.pdf").write_bytes(body)
        assert data["pupil"]["full_name"] == FIRST.new.full_name
        assert data["pupil"]["citizen_number"] == FIRST.citizen_id.value
        phones = [one["phone"] for one in data["guardians"]]
        assert phones.count(None) == len(phones) - 1, "another guardian's phone is not shown"
        assert len(data["fees"]) == 2
        assert [one["last_on"] for one in data["leave_notes"]] == ["25/11/2026"]
        assert data["conversation"]
        shown = PdfReader(BytesIO(body))
        said = "\n".join(page.extract_text() for page in shown.pages)
        assert FIRST.new.full_name in said
        assert "Người giám hộ" in said
        assert "Lời xin nghỉ" in said
        fonts = shown.pages[0]["/Resources"]["/Font"]
        assert all(
            "+NotoSans" in str(fonts[one].get_object()["/BaseFont"])
            or "DejaVu" in str(fonts[one].get_object()["/BaseFont"])
            for one in fonts
        )


async def test_a_correction_is_asked_in_ones_own_words_and_gets_a_receipt_and_an_answer(
    running: tuple[Bot, str],
) -> None:
    bot, url = running
    async with chatting(url) as chat:
        await linked(chat)
        await chat.ask("sửa dữ liệu của con")
        assert (await chat.ask(choice="rights.child:2"))["key"] == "rights.what_is_wrong"
        received = await chat.ask("Ngày sinh đúng là 09/06/2015 ạ")
        assert received["key"] == "rights.received"
        number = re.search(r"YC-\w{6}", received["text"])
        assert number
        async with bot.core.database.transaction(SCHOOL_ID) as tx:
            (request,) = await bot.core.rights.list_open(tx)
            assert (request.number, request.kind, request.text) == (
                number.group(),
                Kind.CORRECT,
                "Ngày sinh đúng là 09/06/2015 ạ",
            )
            assert "06/2015" not in repr(request)  # an id of the day may hold "2015"


async def test_each_purpose_is_agreed_to_alone_and_taking_back_stops_everything(
    running: tuple[Bot, str],
) -> None:
    bot, url = running
    async with chatting(url) as chat:
        await linked(chat)
        await chat.ask("sự đồng ý của tôi")
        listed = await chat.ask(choice="rights.child:1")
        assert listed["text"].count("chưa hỏi") == 3
        agreed = await chat.ask(choice="rights.give:1-face_enrolment")
        assert (agreed["text"].count("✅"), agreed["text"].count("chưa hỏi")) == (1, 2)
        assert (await chat.ask(choice="rights.give:1-photos"))["key"] == "rights.child_too"
        await chat.ask("rút lại đồng ý")
        assert (await chat.ask(choice="rights.child:1"))["key"] == "rights.withdraw_sure"
        done = await chat.ask(choice="rights.withdraw.yes")
        assert done["key"] == "rights.withdrawn"
        async with bot.core.database.transaction(SCHOOL_ID) as tx:
            student_id = await bot.core.students.by_citizen_id(tx, FIRST.citizen_id)
            assert student_id
            standings = (await bot.core.consents.standings(tx, (student_id,)))[student_id]
            assert set(standings.values()) == {Standing.WITHDRAWN}
            (answered,) = await bot.core.rights.list_answered(tx)
            assert (answered.kind, answered.status) == (Kind.WITHDRAW, Status.DONE)


async def test_deleting_is_confirmed_then_carried_out_by_the_school(running: tuple[Bot, str]) -> None:
    bot, url = running
    async with chatting(url) as chat:
        await linked(chat)
        await chat.ask("xóa dữ liệu của con")
        assert (await chat.ask(choice="rights.child:1"))["key"] == "rights.delete_sure"
        assert (await chat.ask(choice="rights.delete.yes"))["key"] == "rights.received"
    core, account_id = bot.core, await the_account(bot)
    async with core.database.transaction(SCHOOL_ID) as tx:
        (request,) = await core.rights.list_open(tx)
        await core.consents.record(
            tx, NewConsent(request.student_id, Purpose.FACE_ENROLMENT, True, "staff:x")
        )
        done = await core.rights.answer(tx, request.id, Status.DONE, "Đã xóa.", "staff:x")
    async with core.database.transaction(SCHOOL_ID) as tx:
        for table in ("chat_turns", "chat_lines", "guardian_accounts", "data_exports"):
            column = "chat_account_id" if table == "guardian_accounts" else "account_id"
            counted = f"SELECT count(*) FROM {table} WHERE {column} = :id"
            assert await tx.session.scalar(text(counted), {"id": account_id}) == 0
        assert await core.students.get(tx, request.student_id), "the roll stays: the law asks for it"
        assert done.status is Status.DONE


async def test_a_guardian_known_by_a_paper_code_only_is_asked_to_verify_first(
    running: tuple[Bot, str],
) -> None:
    bot, url = running
    async with chatting(url) as chat:
        await linked(chat)
        async with bot.core.database.transaction(SCHOOL_ID) as tx:
            await tx.session.execute(
                text("UPDATE guardian_accounts SET level = :one"), {"one": int(Level.CLAIMED)}
            )
        assert (await chat.ask("xem dữ liệu của tôi"))["key"] == "rights.verify_first"


async def test_where_there_is_no_agreement_with_vneid_another_way_is_offered(
    running: tuple[Bot, str],
) -> None:
    async with chatting(running[1]) as chat:
        assert (await chat.ask("xác minh bằng VNeID"))["key"] == "vneid.off"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Xem dữ liệu của tôi", "view"),
        ("cho em xem dữ liệu cá nhân của con ạ", "view"),
        ("Tải dữ liệu", "view"),
        ("Sửa thông tin của con em", "correct"),
        ("tôi muốn xóa hết dữ liệu của tôi", "delete"),
        ("rút lại sự đồng ý", "withdraw"),
        ("Quyền riêng tư", ""),
    ],
)
def test_commands_about_ones_data_are_understood(said: str, meant: str) -> None:
    assert privacy.heard(fold(said), said, None) == ("rights", meant)


@pytest.mark.parametrize(
    "said",
    [
        "Nhà trường có được xóa dữ liệu của con tôi không?",
        "Luật bảo vệ dữ liệu cá nhân có hiệu lực từ khi nào?",
        "123456",
        "sửa điểm giúp em",
        "con tôi bị sai ngày sinh trong học bạ thì làm thế nào",
    ],
)
def test_questions_about_the_law_are_not_commands(said: str) -> None:
    assert privacy.heard(fold(said), said, None) is None


def test_six_digits_count_only_while_they_are_waited_for() -> None:
    waiting = FlowState("vneid", "code")
    assert privacy.heard("123 456", "123 456", waiting) == ("vneid", "123456")
    assert privacy.heard("12345", "12345", waiting) is None
