"""The chat page in a real Chromium, phone-sized; the pictures are for people to look at."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.app import Bot
from tests.bot.support import LINK_CODE
from tests.support.chromium import chromium


@pytest.mark.browser
async def test_a_parent_links_asks_and_reads_on_a_phone_with_the_keyboard_alone(
    running: tuple[Bot, str], pictures: Path
) -> None:
    async with chromium() as browser:
        page = await browser.new_page(
            viewport={"width": 390, "height": 844}, device_scale_factor=2, locale="vi-VN"
        )
        problems: list[str] = []
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        await page.goto(f"{running[1]}/chat")
        await expect(page.get_by_role("heading", name="Anh/chị cần giúp gì ạ?")).to_be_visible()
        await page.screenshot(path=str(pictures / "chat-empty.png"))
        await page.goto(f"{running[1]}/chat?lk={LINK_CODE}")
        await expect(page.get_by_text("Liên kết thành công")).to_be_visible()
        assert "lk=" not in page.url
        await page.get_by_label("Câu hỏi của anh/chị").focus()
        await page.keyboard.type("Làm mất học bạ thì phải làm gì ạ?")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("Gửi đơn về trường.")).to_be_visible()
        await expect(page.locator("#typing")).to_be_hidden()
        await page.locator("summary").last.press("Enter")
        await expect(page.get_by_text("Hiệu lực từ 01/09/2025")).to_be_visible()
        await page.screenshot(path=str(pictures / "chat-answer.png"))
        await page.get_by_role("navigation").get_by_role("button", name="Khoản thu").press("Enter")
        await expect(page.get_by_text("Các khoản cần nộp")).to_be_visible()
        await page.screenshot(path=str(pictures / "chat-fees.png"))
        said = await page.get_by_role("log").inner_text()
        await page.reload()
        await expect(page.get_by_text("Các khoản cần nộp")).to_be_visible()
        assert (await page.get_by_role("log").inner_text()).count("Gửi đơn về trường.") == said.count(
            "Gửi đơn về trường."
        )
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert problems == []
