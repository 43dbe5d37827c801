"""The card page in a real Chromium whose camera is a film made here, and its HTTP with everything that goes wrong."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Page, async_playwright, expect
from sqlalchemy import text

from bot.app import Bot
from bot.verify_page.frames import FrameError, read_frame
from core.contracts.citizen_card import CitizenCard
from core.contracts.citizen_id import CitizenId
from core.guardians.domain import Level
from core.guardians.evidence import Identity
from core.sample.people import SIBLINGS, pupils
from core.sample.school import SCHOOL_ID
from tests.bot.support import ChatClient, chatting
from tests.support.chromium import EXECUTABLE, INSTALLED, QUIET
from tests.support.fake_camera import FLAGS, card_picture, jpeg_of, write_y4m

CHILD = pupils()[SIBLINGS[0]]
MOTHER = CHILD.parents[1]
NUMBER = CitizenId("099184000777")
CARD = CitizenCard(NUMBER, MOTHER.full_name.upper(), date(1984, 5, 6), "female", "Xã Mẫu", date(2022, 5, 1))
browser_needed = [
    pytest.mark.browser,
    pytest.mark.skipif(not INSTALLED, reason="needs Debian's chromium (.ci/run installs it)"),
]


@asynccontextmanager
async def phone(film: Path | None, script: str = "") -> AsyncIterator[Page]:
    """A phone-sized browser; `film` is what its camera sees."""
    flags = [*QUIET, *FLAGS, *([f"--use-file-for-fake-video-capture={film}"] if film else [])]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(EXECUTABLE), args=flags)
        context = await browser.new_context(viewport={"width": 390, "height": 844}, locale="vi-VN")
        if script:
            await context.add_init_script(script)
        try:
            yield await context.new_page()
        finally:
            await browser.close()


async def link_from_chat(chat: ChatClient) -> str:
    """The one-time link, as the chat gives it."""
    reply = await chat.ask("Quét mã QR trên thẻ", choice="verify.page")
    found = re.search(r"/verify#[\w-]+", reply["text"])
    assert found, reply
    return found.group()


async def type_child(page: Page, pictures: Path | None = None) -> None:
    """The second step: the child's number, name and date, typed."""
    assert CHILD.new.citizen_id
    await page.get_by_role("button", name="Nhập thông tin của con").click()
    await page.get_by_label("Họ và tên").fill(CHILD.new.full_name)
    await page.get_by_label("Số định danh").fill(CHILD.new.citizen_id.value)
    await page.get_by_label("Ngày sinh").fill(f"{CHILD.new.born_on:%d/%m/%Y}")
    if pictures:
        await page.screenshot(path=pictures / "verify-3-child.png")
    await page.get_by_role("button", name="Tiếp tục").click()


class TestInChromium:
    pytestmark = browser_needed

    async def test_a_mother_scans_her_card_and_reads_the_result_in_the_chat(
        self, running: tuple[Bot, str], tmp_path: Path, pictures: Path
    ) -> None:
        bot, url = running
        film = write_y4m(card_picture(CARD.to_qr()), tmp_path / "card.y4m")
        complaints: list[str] = []
        async with chatting(url) as chat, phone(film) as page:
            page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            link = await link_from_chat(chat)
            await page.goto(url + link)
            assert page.url == f"{url}/verify"  # the ticket has left the address bar
            await page.screenshot(path=pictures / "verify-1-start.png")
            await page.get_by_role("button", name="Mở máy ảnh").click()
            await page.get_by_text("Đưa mã QR trên thẻ của anh/chị").wait_for()
            await page.get_by_text("số định danh kết thúc bằng 777").wait_for()
            await type_child(page, pictures)
            await page.get_by_text("Gửi cho nhà trường?").wait_for()
            await page.screenshot(path=pictures / "verify-4-confirm.png")
            await page.get_by_role("button", name="Gửi").click()
            await page.get_by_role("heading", name="Đã nhận").wait_for()
            await page.screenshot(path=pictures / "verify-5-done.png")
            told = await chat.reply("verify.proven")
            assert CHILD.new.full_name in told["text"]
            assert await page.evaluate("document.documentElement.scrollWidth") <= 390
            await page.goto(url + link)  # once is once
            await page.reload()
        assert complaints == []
        assert await levels(bot) == [Level.MATCHED]

    async def test_a_browser_that_reads_codes_itself_sends_no_picture(
        self, running: tuple[Bot, str], tmp_path: Path
    ) -> None:
        _, url = running
        film = write_y4m(card_picture("x"), tmp_path / "card.y4m")
        script = f"""window.BarcodeDetector = class {{
            static async getSupportedFormats() {{ return ["qr_code"]; }}
            async detect() {{ return [{{ rawValue: {CARD.to_qr()!r} }}]; }} }};"""
        sent: list[str] = []
        async with chatting(url) as chat, phone(film, script) as page:
            page.on("request", lambda request: sent.append(request.url))
            await page.goto(url + await link_from_chat(chat))
            await page.get_by_role("button", name="Mở máy ảnh").click()
            await page.get_by_text("số định danh kết thúc bằng 777").wait_for()
        assert not [one for one in sent if one.endswith("/verify/frame")]

    async def test_without_a_camera_everything_can_be_typed_and_is_for_staff(
        self, running: tuple[Bot, str], pictures: Path
    ) -> None:
        bot, url = running
        async with chatting(url) as chat, phone(None) as page:
            await page.goto(url + await link_from_chat(chat))
            await page.get_by_role("button", name="Mở máy ảnh").click()
            await expect(page.locator("video")).not_to_have_js_property("videoWidth", 0)
            await page.screenshot(path=pictures / "verify-2-camera.png")
            await page.get_by_role("button", name="Dừng, nhập bằng tay").click()
            await page.get_by_label("Họ và tên").fill(MOTHER.full_name)
            await page.get_by_label("Số định danh").fill("12")
            await page.get_by_role("button", name="Tiếp tục").click()
            await page.get_by_role("alert").wait_for()
            await page.screenshot(path=pictures / "verify-6-wrong.png")
            await page.get_by_label("Số định danh").fill(NUMBER.value)
            await page.get_by_label("Ngày sinh").fill("06/05/1984")
            await page.get_by_role("button", name="Tiếp tục").click()
            await type_child(page)
            await page.get_by_role("button", name="Gửi").click()
            await page.get_by_role("heading", name="Đã nhận").wait_for()
            await chat.reply("verify.for_staff")
        assert await levels(bot) == []
        async with bot.core.database.transaction(SCHOOL_ID) as tx:
            (case,) = await bot.core.guardians.cases.list_open(tx)
            place = await bot.core.guardians.cases.obvious_place(tx, case)
        assert case.identity == Identity(NUMBER, MOTHER.full_name, date(1984, 5, 6))
        assert place is not None


async def levels(bot: Bot) -> list[Level]:
    """What the chats of the test may see of the child."""
    async with bot.core.database.transaction(SCHOOL_ID) as tx:
        ids = (await tx.session.execute(text("SELECT id FROM chat_accounts"))).scalars().all()
        found = [await bot.core.guardians.children_of(tx, one) for one in ids]
    return [child.level for children in found for child in children]


@dataclass
class Http:
    """The page's own requests."""

    url: str
    http: aiohttp.ClientSession

    async def submit(self, **body: Any) -> int:
        async with self.http.post(f"{self.url}/verify/submit", json=body) as answer:
            self.body = await answer.json()
            return answer.status

    async def frame(self, ticket: str, body: bytes, kind: str = "image/jpeg") -> tuple[int, Any]:
        headers = {"X-Verify-Ticket": ticket, "Content-Type": kind}
        async with self.http.post(
            f"{self.url}/verify/frame", data=io.BytesIO(body), headers=headers
        ) as answer:
            return answer.status, await answer.json()


@pytest.fixture
async def opened(running: tuple[Bot, str]) -> AsyncIterator[tuple[Http, str]]:
    _, url = running
    async with aiohttp.ClientSession() as http, chatting(url) as chat:
        yield Http(url, http), (await link_from_chat(chat)).partition("#")[2]


async def test_a_frame_is_read_only_for_a_ticket_and_only_when_it_is_a_jpeg(
    opened: tuple[Http, str],
) -> None:
    page, ticket = opened
    jpeg = jpeg_of(card_picture(CARD.to_qr()))
    assert await page.frame(ticket, jpeg) == (200, {"text": CARD.to_qr()})
    assert (await page.frame("x" * 43, jpeg))[0] == 410
    assert (await page.frame(ticket, b"not a picture"))[0] == 400
    assert (await page.frame(ticket, jpeg, "image/png"))[0] == 415
    assert (await page.frame(ticket, b"\xff" * 1_600_000))[0] == 413


async def test_what_is_no_card_of_an_adult_is_told_and_costs_no_ticket(opened: tuple[Http, str]) -> None:
    page, ticket = opened
    assert await page.submit(ticket=ticket, card="https://example.test/") == 422
    assert page.body["code"] == "verify.not_a_card"
    assert await page.submit(ticket=ticket, card=CHILD.card().to_qr()) == 422
    assert page.body["code"] == "verify.childs_card"
    assert await page.submit(ticket=ticket) == 422
    assert await page.submit(ticket=ticket, card=CARD.to_qr(), secret="x") == 422
    assert await page.submit(ticket=ticket, card=CARD.to_qr()) == 202
    assert await page.submit(ticket=ticket, card=CARD.to_qr()) == 410


async def test_an_error_never_repeats_what_was_typed(opened: tuple[Http, str]) -> None:
    page, ticket = opened
    wrong = {"full_name": "Lê Thị Kín", "number": "12345678901x", "born_on": "1984-05-06"}
    assert await page.submit(ticket=ticket, typed=wrong) == 422
    assert "12345678901" not in str(page.body)
    assert "Kín" not in str(page.body)


async def test_the_page_alone_may_ask_for_the_camera(running: tuple[Bot, str]) -> None:
    _, url = running
    async with aiohttp.ClientSession() as http:
        async with http.get(f"{url}/verify") as page:
            assert page.headers["Permissions-Policy"].startswith("camera=(self)")
            assert "script-src" not in page.headers["Content-Security-Policy"]
        async with http.get(f"{url}/chat") as chat:
            assert chat.headers["Permissions-Policy"].startswith("camera=()")


@pytest.mark.parametrize("junk", [b"", b"\xff\xd8\xff", b"GIF89a", jpeg_of(card_picture("x"))[:400]])
def test_junk_is_refused_and_says_nothing_of_itself(junk: bytes) -> None:
    with pytest.raises(FrameError) as refused:
        read_frame(junk)
    assert refused.value.__cause__ is None


def test_a_small_code_is_read_at_twice_the_size() -> None:
    picture = card_picture(CARD.to_qr())
    small = picture.resize((picture.width // 2, picture.height // 2))
    assert read_frame(jpeg_of(small)) == CARD.to_qr()


async def test_a_picture_in_the_chat_is_answered_with_the_page(running: tuple[Bot, str]) -> None:
    bot, _ = running
    from bot.flows.base import Exchange
    from bot.flows.menu import MenuFlow
    from bot.intents import Intent, Topic
    from bot.messages import InboundMessage

    message = InboundMessage("telegram", "1", "1", attachment="photo")
    async with bot.core.database.transaction(SCHOOL_ID) as tx:
        turn = await bot.core.conversations.open_turn(tx, "telegram", "1", "1", "photo")
        exchange = Exchange(message, turn, Intent(Topic.ATTACHMENT, "photo"), bot.core.clock.now())
        reaction = await MenuFlow().react(tx, exchange)
    assert reaction.replies[0].key == "verify.picture"
    assert "verify.page" in [choice.code for choice in reaction.replies[0].choices]
