"""The chat page in a real Chromium, phone-sized; the pictures are for people to look at."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Route, expect

import bot
from bot.app import Bot
from tests.bot.support import LINK_CODE
from tests.bot.test_handover import always_open
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
        await page.set_viewport_size({"width": 360, "height": 640})
        await page.locator("#lines").get_by_role("button", name="Nguyễn Thị Ánh").press("Enter")
        await page.get_by_role("button", name="QR: ").first.press("Enter")
        await expect(page.locator("img.qr")).to_be_in_viewport(ratio=1)
        await page.screenshot(path=str(pictures / "chat-qr.png"))
        assert problems == []


@pytest.mark.browser
async def test_what_cannot_be_sent_stays_with_a_button_and_the_page_follows_the_language_and_the_person(
    running: tuple[Bot, str], pictures: Path
) -> None:
    await always_open(running[0])
    async with chromium() as browser:
        page = await browser.new_page(viewport={"width": 360, "height": 480}, locale="en-GB")
        await page.goto(f"{running[1]}/chat")
        box = page.locator("#box")

        async def say(text: str) -> None:
            await box.fill(text)
            await box.press("Enter")

        await page.route("**/chat/messages", lambda route: route.fulfill(status=429))
        await say("làm mất học bạ thì sao ạ")
        again = page.get_by_role("button", name="Gửi lại")
        await expect(again).to_be_visible()
        await expect(page.locator("#typing")).to_be_hidden()
        await page.screenshot(path=str(pictures / "chat-unsent.png"))
        await page.unroute("**/chat/messages")
        await again.press("Enter")
        await expect(page.get_by_text("Gửi đơn về trường.")).to_be_visible()
        await expect(page.locator("li.guardian")).to_have_count(1)
        await expect(box).to_be_focused()
        await say("dài " * 1200)
        await expect(page.get_by_role("alert")).to_contain_text("chia thành hai tin")
        await expect(page.locator("li.guardian")).to_have_count(1)
        await say("English")
        await expect(page.get_by_role("button", name="Fees")).to_have_count(2)
        await expect(page.locator("html")).to_have_attribute("lang", "en")
        await say("I want to talk to a human")
        await expect(page.get_by_text("I stay silent meanwhile")).to_be_visible()
        await expect(page.locator("li.guardian").last).to_be_in_viewport()
        await say("are you there")
        await expect(page.locator("li.pending")).to_have_count(0)
        await expect(page.locator("#typing")).to_be_hidden()
        await expect(page.get_by_role("button", name="Back to the assistant")).to_be_visible()


@pytest.mark.browser
async def test_what_was_not_sent_or_only_typed_outlives_a_reload_and_is_sent_once(
    running: tuple[Bot, str],
) -> None:
    async with chromium() as browser:
        page = await browser.new_page(viewport={"width": 360, "height": 640}, locale="vi-VN")
        await page.goto(f"{running[1]}/chat")
        box, own = page.locator("#box"), page.locator("li.guardian")
        network = "loses the answer"

        async def bad_network(route: Route) -> None:
            if network == "works":
                await route.continue_()
                return
            if network == "loses the answer":
                await route.fetch()
            await route.abort()

        await page.route("**/chat/messages", bad_network)
        async with page.expect_event("requestfailed"):
            await box.fill("làm mất học bạ thì sao ạ")
            await box.press("Enter")
        network = "is cut"
        await box.fill("xin rút hồ sơ")
        await box.press("Enter")
        await box.fill("đang gõ dở")
        await expect(own).to_have_count(2)
        await page.reload()
        await expect(box).to_have_value("đang gõ dở")
        await expect(page.get_by_text("Gửi đơn về trường.")).to_be_visible()
        await expect(own.last).to_contain_text("xin rút hồ sơ")
        await expect(own.last).to_have_class(re.compile("pending"))
        network = "works"
        await expect(page.locator("li.pending")).to_have_count(0)
        await page.reload()
        await expect(own).to_have_count(2)
        assert await page.evaluate("sessionStorage.unsent") == "[]"


def test_no_script_for_parents_asks_for_more_than_an_old_iphone_reads() -> None:
    """iOS before 16.4 refuses a whole file for one look behind in a pattern: the chat stayed empty."""
    scripts = [path for path in Path(bot.__file__).parent.rglob("*.js") if "static" in path.parts]
    assert {"chat.js", "words.js", "widget.js"} <= {path.name for path in scripts}
    assert [path.name for path in scripts if re.search(r"\(\?<[=!]", path.read_text("utf-8"))] == []
