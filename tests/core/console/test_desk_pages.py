"""The rooms for hand-overs and announcements in a real Chromium: live mark, keyboard, phone numbers masked, fitting."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from core.broadcasts.worker import BroadcastWorker
from core.console.alerts import ConsoleChannel
from core.conversations.domain import HandoverUrgency
from core.notifications.delivery import DeliveryWorker
from tests.core.checkins.conftest import Gate
from tests.core.console.conftest import PASSWORD, Browser
from tests.core.console.test_desk_rooms import guardian_asks, stranger_asks
from tests.support.background import running
from tests.support.chromium import chromium

pytestmark = pytest.mark.browser
NAMELESS = """() => [...document.querySelectorAll('input:not([type=hidden]), select, textarea, button')]
  .filter(one => !(one.labels && one.labels.length) && !one.getAttribute('aria-label')
    && !one.textContent.trim()).map(one => one.outerHTML)"""


async def looks_right(page: Page) -> None:
    assert await page.evaluate("document.documentElement.scrollWidth") <= 1024, page.url
    assert await page.evaluate(NAMELESS) == [], page.url
    assert await page.locator("h1").count() == 1


async def test_staff_see_a_guardian_wait_answer_and_announce_without_reloading(
    gate: Gate, browser: Browser, pictures: Path
) -> None:
    core = gate.core
    bell = DeliveryWorker(
        core.database,
        core.database_url,
        core.notifications,
        core.clock,
        {"console": ConsoleChannel(core.database)},
    )
    async with chromium() as chrome, running(bell.run()):
        page = await chrome.new_page(viewport={"width": 1024, "height": 768}, locale="vi-VN")
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(f"{gate.url}/console/sign-in")
        await page.fill("#username", "admin")
        await page.fill("#password", PASSWORD)
        await page.press("#password", "Enter")
        await page.get_by_role("heading", name="Điểm danh hôm nay").wait_for()
        mark = page.locator("#desk-mark")
        await expect(mark).to_be_hidden()
        await stranger_asks(gate)
        await expect(mark).to_have_text("1", timeout=20_000)
        danger = await guardian_asks(gate, HandoverUrgency.EMERGENCY)
        await expect(mark).to_have_class("mark urgent", timeout=20_000)
        await page.screenshot(path=pictures / "console-mark.png")

        await page.goto(f"{gate.url}/console/handovers")
        await expect(page.locator("tr.urgent")).to_have_count(1)
        await looks_right(page)
        await page.screenshot(path=pictures / "console-handovers.png")
        await page.get_by_role("link", name="Xem và trả lời").first.press("Enter")
        await page.get_by_label("Trả lời phụ huynh").fill("Cô đang ra cổng với cháu, mẹ yên tâm ạ.")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.locator(".talk .us")).to_contain_text("mẹ yên tâm")
        async with core.database.transaction(gate.school_id) as tx:
            opened = await core.handovers.get(tx, danger.id)
            await core.handovers.guardian_said(tx, opened, ("m9", "Em cảm ơn cô, số em 0912345678"))
        await expect(page.locator(".talk .them").last).to_contain_text("…678", timeout=20_000)
        await looks_right(page)
        await page.screenshot(path=pictures / "console-handover.png")

        await set_up(page, gate, pictures)
        await announce(page, gate, pictures)
        assert complaints == []


async def set_up(page: Page, gate: Gate, pictures: Path) -> None:
    """Hours, and a code for a staff chat."""
    await page.goto(f"{gate.url}/console/handovers/settings")
    await page.get_by_label("Tên").fill("Tổ văn phòng")
    await page.get_by_role("button", name="Tạo mã nối").dblclick()
    await page.locator("p.code").wait_for()
    await expect(page.get_by_role("button", name="Gỡ Tổ văn phòng")).to_have_count(1)  # not two
    page.once("dialog", lambda asked: asked.dismiss())
    await page.get_by_role("button", name="Gỡ Tổ văn phòng").click()
    await page.locator("p.code").wait_for()
    await looks_right(page)
    await page.screenshot(path=pictures / "console-handover-settings.png")


async def announce(page: Page, gate: Gate, pictures: Path) -> None:
    """Write, look, confirm, watch."""
    await page.goto(f"{gate.url}/console/broadcasts/new")
    await page.get_by_label("Tiêu đề").fill("Nghỉ ngày Nhà giáo Việt Nam")
    await page.get_by_label("Nội dung").fill(
        "Thứ Sáu 20/11 toàn trường nghỉ.\nThứ Hai 23/11 học bình thường."
    )
    await looks_right(page)
    await page.screenshot(path=pictures / "console-broadcast-new.png")
    await page.get_by_role("button", name="Xem trước").click()
    await page.get_by_role("button", name="Xác nhận gửi cho 1 phụ huynh").wait_for()
    await looks_right(page)
    await page.screenshot(path=pictures / "console-broadcast-preview.png")
    await page.get_by_role("button", name="Xác nhận gửi").click()
    await expect(page.locator("#progress")).to_contain_text("Đã hẹn giờ")
    await BroadcastWorker(gate.core.database, gate.core.database_url, gate.core.broadcasts).once()
    await expect(page.locator("#progress")).to_contain_text("Đang gửi", timeout=20_000)
    await looks_right(page)
    await page.screenshot(path=pictures / "console-broadcast.png")
    for path, name in (("", "list"), ("/preferences", "preferences")):
        await page.goto(f"{gate.url}/console/broadcasts{path}")
        await looks_right(page)
        await page.screenshot(path=pictures / f"console-broadcast-{name}.png")
