"""The devices room: staff order a kiosk to do something and read what became of it."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page

from tests.core.checkins.conftest import Gate
from tests.core.console.test_pages import page, pytestmark, sample, sign_in

__all__ = ["page", "pytestmark", "sample"]


async def test_an_order_is_given_fetched_and_its_result_read(
    page: Page,
    sample: Gate,
    tmp_path: Path,
) -> None:
    await sign_in(page, sample)
    await page.goto(f"{sample.url}/console/devices")
    await page.get_by_text("Điều khiển").click()
    await page.screenshot(path=tmp_path / "console-devices-open.png", full_page=True)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 1024
    await page.get_by_role("button", name="Khoá máy: Cổng chính").click()
    await page.get_by_text("Đang chờ máy").wait_for()
    (order,) = (await sample.kiosk.get("/api/v1/devices/commands?wait=0")).body["commands"]
    assert order["order"] == {"kind": "lock"}
    state = {"screen": "locked", "mode": "exam", "locked": "staff", "queued": 2}
    result = {"outcome": "done", "state": state}
    await sample.kiosk.post(f"/api/v1/devices/commands/{order['id']}/result", result)
    await page.reload()
    await page.get_by_text("Máy đã làm").wait_for()
    await page.get_by_text("vào thi, đang khoá, 2 lượt chờ gửi").wait_for()
    await page.get_by_text("Điều khiển").click()
    await page.get_by_label("Phiên bản").fill("not a version")
    await page.get_by_role("button", name="Cập nhật").click()
    await page.get_by_text("Phiên bản ghi dạng 1.2.3").wait_for()
    await page.screenshot(path=tmp_path / "console-devices.png", full_page=True)


async def test_a_waiting_pupil_is_told_from_the_console_that_somebody_is_coming(
    page: Page,
    sample: Gate,
) -> None:
    await sign_in(page, sample)
    waiting = len((await sample.day()).needs_staff)
    await page.get_by_role("button", name="Tôi đang tới").first.click()
    await page.get_by_role("heading", name="Điểm danh hôm nay").wait_for()
    assert len((await sample.day()).needs_staff) == waiting
    commands = (await sample.kiosk.get("/api/v1/devices/commands?wait=0")).body["commands"]
    assert [one["order"]["answer"] for one in commands] == ["coming"]
