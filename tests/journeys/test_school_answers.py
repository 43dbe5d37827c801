"""What a parent asks in vain becomes the school's own answer: chat, secretary's room, chat again, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from bot.app import Bot
from core.sample.school import SCHOOL_ID
from core.settings import CoreSettings
from core.staff.domain import NewStaff, Role
from core.staff.passwords import hash_password
from core.web.server import serving
from core.web_app import make_web_app
from rag.build import build_answerer
from rag.settings import RagSettings
from tests.bot.conftest import core_settings
from tests.bot.support import running_bot
from tests.support.chromium import chromium

__all__ = ["core_settings"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]
PASSWORD = "mot mat khau dai"
ASKED = "Trường có sân cầu lông cho phụ huynh không ạ?"
SECONDS = 60_000


async def test_a_question_asked_in_vain_becomes_the_schools_answer(
    core_settings: CoreSettings, pictures: Path
) -> None:
    answerer = build_answerer(RagSettings())
    async with (
        running_bot(core_settings, answerer) as (bot, chat_url),
        serving(make_web_app(bot.core)) as console_url,
        chromium() as browser,
    ):
        phone = await _phone(browser, chat_url)
        await _ask(phone, ASKED)
        await phone.screenshot(path=pictures / "answers-in-vain.png")
        desk = await _desk(browser, bot, console_url)
        await _look_around(desk, console_url, pictures)
        await _write(desk, console_url, pictures)
        await expect(desk.locator(".title .pill")).to_have_text("Trợ lý đã cập nhật", timeout=SECONDS)
        await _ask(phone, ASKED)
        last = phone.locator("#lines li.school").last
        await expect(last).to_contain_text("thứ Bảy", timeout=SECONDS)
        await expect(last).to_contain_text("Nguồn: Nhà trường, ngày")
        await last.get_by_role("button", name="👍 Đúng ý").click()
        await expect(phone.locator("#lines li.school").last).to_contain_text("cảm ơn", timeout=SECONDS)
        await phone.screenshot(path=pictures / "answers-told.png")


async def _phone(browser: Browser, url: str) -> Page:
    page = await browser.new_page(viewport={"width": 390, "height": 844}, device_scale_factor=2)
    await page.goto(f"{url}/chat")
    return page


async def _ask(phone: Page, text: str) -> None:
    lines = phone.locator("#lines li.school")
    before = await lines.count()
    await phone.fill("#box", text)
    await phone.press("#box", "Enter")
    await expect(lines.nth(before)).to_be_visible(timeout=SECONDS)
    await expect(phone.locator("#typing")).to_be_hidden(timeout=SECONDS)


async def _desk(browser: Browser, bot: Bot, url: str) -> Page:
    async with bot.core.database.transaction(SCHOOL_ID) as tx:
        new = NewStaff("hieutruong", "Cô Lan", Role.HEAD, PASSWORD)
        await bot.core.staff.add(tx, new, hash_password(PASSWORD))
    page = await browser.new_page(viewport={"width": 1024, "height": 768})
    await page.goto(f"{url}/console/sign-in")
    await page.fill("#username", "hieutruong")
    await page.fill("#password", PASSWORD)
    await page.press("#password", "Enter")
    await page.wait_for_url("**/console/")
    return page


async def _look_around(desk: Page, url: str, pictures: Path) -> None:
    await desk.goto(f"{url}/console/questions")
    await desk.get_by_role("button", name="Gom lại ngay").click()
    await expect(desk.locator("tbody th").first).to_contain_text("sân cầu lông", timeout=SECONDS)
    await desk.screenshot(path=pictures / "console-questions.png", full_page=True)
    await desk.goto(f"{url}/console/passages/forms/hours")
    for column, text in enumerate(
        ("Văn phòng", "thứ Hai đến thứ Sáu", "7:00", "16:30", "nghỉ trưa 11:30–13:30")
    ):
        await desk.fill(f"[name=r0c{column}]", text)
    await desk.screenshot(path=pictures / "console-hours.png", full_page=True)
    await desk.get_by_role("button", name="Lưu và đưa vào sử dụng").click()
    await desk.goto(f"{url}/console/api-keys")
    await desk.fill("#name", "Trang web của trường")
    await desk.get_by_role("button", name="Cấp khoá").click()
    await expect(desk.locator(".secret")).to_contain_text("ctk_")
    await desk.screenshot(path=pictures / "console-api-keys.png", full_page=True)


async def _write(desk: Page, url: str, pictures: Path) -> None:
    await desk.goto(f"{url}/console/questions")
    await desk.get_by_role("link", name="Soạn câu trả lời cho").first.click()
    await expect(desk.locator("#questions")).to_contain_text("sân cầu lông")
    await desk.fill("#title", "Sân cầu lông")
    await desk.fill(
        "#answer",
        "Sân cầu lông mở cho phụ huynh từ 17 giờ đến 19 giờ thứ Bảy. Anh/chị đăng ký ở phòng bảo vệ.",
    )
    await desk.screenshot(path=pictures / "console-passage.png", full_page=True)
    await desk.get_by_role("button", name="Lưu nháp và hỏi thử").click()
    await expect(desk.locator(".reply")).to_contain_text("thứ Bảy", timeout=SECONDS)
    await desk.screenshot(path=pictures / "console-tried.png", full_page=True)
    await desk.get_by_role("button", name="Đưa vào sử dụng").click()
    await expect(desk.locator("table")).to_contain_text("Sân cầu lông")
    await desk.screenshot(path=pictures / "console-passages.png", full_page=True)
