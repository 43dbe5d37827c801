"""The chat inside a school's own site, in a real Chromium: one script tag, the keyboard alone, a phone."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from aiohttp import web
from playwright.async_api import Page, expect

from core.settings import CoreSettings
from core.web.server import serving
from tests.bot.support import KnownAnswers, running_bot
from tests.support.chromium import chromium


@pytest.mark.browser
async def test_a_school_embeds_the_chat_with_one_line_and_it_works_by_keyboard_on_a_phone(
    core_settings: CoreSettings, answers: KnownAnswers, pictures: Path
) -> None:
    chat: list[str] = []

    async def page_of_school(request: web.Request) -> web.Response:
        del request
        policy = f"default-src 'none'; script-src {chat[0]}; frame-src {chat[0]}"
        text = (
            "<!doctype html><html lang=vi><meta charset=utf-8><meta name=viewport content='width=device-width'>"
            f"<title>Trường</title><h1>Trường của em</h1><script src='{chat[0]}/chat/widget.js' defer></script>"
        )
        return web.Response(text=text, content_type="text/html", headers={"Content-Security-Policy": policy})

    site, stranger = web.Application(), web.Application()
    for app in (site, stranger):
        app.router.add_get("/", page_of_school)
    async with AsyncExitStack() as stack:
        school = await stack.enter_async_context(serving(site))
        elsewhere = await stack.enter_async_context(serving(stranger))
        browser = await stack.enter_async_context(chromium())
        _, url = await stack.enter_async_context(running_bot(core_settings, answers, embed_in=(school,)))
        chat.append(url)
        page = await browser.new_page(viewport={"width": 390, "height": 844}, device_scale_factor=2)
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        await page.goto(school)
        await _talks(page, pictures)
        assert problems == []
        other = await browser.new_page()
        refused: list[str] = []
        other.on("console", lambda message: refused.append(message.text))
        await other.goto(elsewhere)
        await other.get_by_role("button", name="Hỏi nhà trường").click()
        await expect(other.locator("iframe")).to_be_visible()
        await other.wait_for_timeout(500)
        assert any("frame-ancestors" in text for text in refused)
        desk = await browser.new_page(viewport={"width": 1100, "height": 760})
        await desk.goto(f"{url}/chat/demo.html")
        await desk.get_by_role("button", name="Hỏi nhà trường").click()
        await expect(desk.frame_locator("iframe").get_by_role("heading", level=2)).to_be_visible()
        await desk.screenshot(path=pictures / "widget-demo.png")


async def _talks(page: Page, pictures: Path) -> None:
    button = page.get_by_role("button", name="Hỏi nhà trường")
    await expect(button).to_have_attribute("aria-expanded", "false")
    await button.focus()
    await page.keyboard.press("Enter")
    frame = page.frame_locator("iframe")
    await frame.get_by_label("Câu hỏi của anh/chị").focus()
    await page.keyboard.type("Làm mất học bạ thì phải làm gì ạ?")
    await page.keyboard.press("Enter")
    await expect(frame.get_by_text("Gửi đơn về trường.")).to_be_visible(timeout=20_000)
    await page.screenshot(path=pictures / "widget-phone.png")
    await page.keyboard.press("Escape")
    await expect(page.locator("section")).to_be_hidden()
    await expect(page.get_by_role("button", name="Hỏi nhà trường")).to_be_focused()
