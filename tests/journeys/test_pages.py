"""The three pages side by side in a real browser: a tap at the kiosk shows in the console and in the chat."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from core.sample.school import DEMO_LINK_CODE
from tests.journeys.conftest import Village
from tests.journeys.taps import tap
from tests.journeys.test_check_in import CHILD, OTHER_CHILD
from tests.support.chromium import chromium

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def test_staff_and_guardian_see_a_tap_on_their_pages_without_reloading(
    village: Village, pictures: Path
) -> None:
    core, bot = await village.core(), await village.bot()
    kiosk = await village.kiosk(core.url)
    async with chromium() as browser:
        phone = await browser.new_page(viewport={"width": 390, "height": 844}, device_scale_factor=2)
        await phone.goto(f"{bot.url}/chat?lk={DEMO_LINK_CODE.shown}")
        await expect(phone.locator("#lines")).to_contain_text("Liên kết thành công", timeout=20_000)
        await expect(phone.locator("#lines")).to_contain_text("Từ nay em báo")
        await phone.fill(
            "#box", "làm thẻ căn cước cho con mất bao lâu, ở đâu, cần giấy tờ gì, hết bao nhiêu tiền ạ?"
        )
        await phone.press("#box", "Enter")
        await expect(phone.locator("#lines")).to_contain_text("Nguồn", timeout=20_000)

        desk = await browser.new_page(viewport={"width": 1366, "height": 768})
        await desk.goto(f"{core.url}/console")
        await desk.fill("#username", "hieutruong")
        await desk.fill("#password", village.prepared.password)
        await desk.press("#password", "Enter")
        await expect(desk.locator("body")).to_contain_text("Điểm danh hôm nay")

        gate = await browser.new_page(viewport={"width": 1280, "height": 800})
        await gate.goto(kiosk.url)
        await expect(gate.locator("#title")).not_to_be_empty()
        await gate.screenshot(path=pictures / "kiosk-idle.png")
        await tap(kiosk.url, CHILD)
        await expect(gate.locator("#stage")).to_contain_text("Ánh", timeout=20_000)
        await gate.screenshot(path=pictures / "kiosk-done.png")
        await expect(desk.locator("body")).to_contain_text("Nguyễn Thị Ánh", timeout=20_000)
        await expect(phone.locator("#lines")).to_contain_text("Cổng chính", timeout=20_000)
        await tap(kiosk.url, OTHER_CHILD)
        await expect(desk.locator("body")).to_contain_text("Nguyễn Thu Hà", timeout=20_000)
        await desk.screenshot(path=pictures / "console-today.png")
        # What is new stands below a long answer that is still being read.
        await phone.get_by_role("button", name="Tin mới").click()
        await phone.screenshot(path=pictures / "chat.png")
        for room in ("fees", "calendar", "reports", "health", "guardians"):
            await desk.goto(f"{core.url}/console/{room}")
            await expect(desk.locator("h1")).to_be_visible()
            await desk.screenshot(path=pictures / f"console-{room}.png")
