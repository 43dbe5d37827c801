"""The rooms in a real Chromium at 1024×768: they look right, work by keyboard, and change by themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import Page, ViewportSize, async_playwright, expect

from core.app import Core
from core.sample.people import pupils
from core.sample.school import SCHOOL_ID, SampleSchool
from core.staff.domain import NewStaff, Role
from core.staff.passwords import hash_password
from core.values.clock import FixedClock
from core.values.ids import StudentId
from core.web.server import serving
from core.web_app import make_web_app
from tests.core.checkins.conftest import Gate
from tests.core.console.conftest import PASSWORD
from tests.core.devices.support import TestKiosk

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
OLD_SCREEN, OLD_SCREEN_MAGNIFIED = ViewportSize(width=1024, height=768), ViewportSize(width=683, height=512)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium (.ci/run installs it)"),
]


@pytest.fixture
async def sample(core: Core, clock: FixedClock) -> AsyncIterator[Gate]:
    """The sample school on a school morning: most have come, some late, some wait for staff."""
    async with core.database.transaction(SCHOOL_ID) as tx:
        loader = SampleSchool(core.clock, core.schools, core.students, core.guardians, core.exams, core.fees)
        await loader.load(tx)
        new = NewStaff("vanphong", "Võ Thị Thu Hằng", Role.HEAD, PASSWORD)
        await core.staff.add(tx, new, hash_password(PASSWORD))
        code = (await core.devices.issue_enrolment_code(tx, "Cổng chính")).code.shown
    async with serving(make_web_app(core)) as url, aiohttp.ClientSession(url) as http:
        kiosk = TestKiosk(http, clock)
        await kiosk.enrol(code)
        gate = Gate(core, clock, SCHOOL_ID, StudentId(SCHOOL_ID), kiosk, http, url)
        everybody = pupils()
        for pupil in everybody[:40:2]:
            await gate.send(citizen_id=pupil.citizen_id.value)
        clock.advance(timedelta(minutes=31))
        for pupil in everybody[41:50:3]:
            await gate.send(citizen_id=pupil.citizen_id.value)
        await gate.send(citizen_id=everybody[61].citizen_id.value, face="mismatch", face_score=0.12)
        await gate.send(citizen_id="001315099999")
        yield gate


@pytest.fixture
async def page(sample: Gate) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        context = await browser.new_context(viewport=OLD_SCREEN, locale="vi-VN")
        opened = await context.new_page()
        yield opened
        await browser.close()


async def sign_in(page: Page, gate: Gate) -> None:
    await page.goto(f"{gate.url}/")
    await page.get_by_label("Tên đăng nhập").fill("vanphong")
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="Điểm danh hôm nay").wait_for()


async def test_the_rooms_fit_the_old_screen_also_magnified_by_half_and_change_by_themselves(
    page: Page, sample: Gate, tmp_path: Path
) -> None:
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(f"{sample.url}/")
    await page.screenshot(path=tmp_path / "console-sign-in.png")
    await sign_in(page, sample)
    await page.get_by_text("Đang theo dõi trực tiếp").wait_for()

    late = pupils()[70]
    assert await page.get_by_text(late.new.full_name).count() == 0
    await sample.send(citizen_id=late.citizen_id.value)
    await page.get_by_text(late.new.full_name).first.wait_for()
    await page.screenshot(path=tmp_path / "console-today.png")

    for name, path in (
        ("classes", "/console/classes"),
        ("import", "/console/import"),
        ("devices", "/console/devices"),
        ("deliveries", "/console/deliveries"),
        ("fees", "/console/fees"),
        ("fees-new", "/console/fees/new"),
        ("fees-received", "/console/fees/received"),
        ("fees-account", "/console/fees/account"),
        ("exams", "/console/exams"),
        ("exams-new", "/console/exams/new"),
        ("audit", "/console/audit?check=yes"),
        ("staff", "/console/staff"),
    ):
        await page.goto(f"{sample.url}{path}")
        await page.screenshot(path=tmp_path / f"console-{name}.png")
        for screen in OLD_SCREEN_MAGNIFIED, OLD_SCREEN:
            await page.set_viewport_size(screen)
            assert await page.evaluate("document.documentElement.scrollWidth") <= screen["width"], path
    await page.goto(f"{sample.url}/console/fees/new")
    for typed, said in (
        ("1/12/2026", "Thứ Ba"),
        ("12/31/2026", ""),
        ("29/2/2028", "Thứ Ba"),
        ("30/2/2028", ""),
    ):
        await page.get_by_label("Hạn nộp").fill(typed)
        await expect(page.locator(".weekday")).to_have_text(said)
        assert await page.get_by_label("Hạn nộp").evaluate("one => one.validity.valid") is bool(said)
    await page.goto(f"{sample.url}/console/classes")
    await page.locator("tbody a").first.click()
    await page.screenshot(path=tmp_path / "console-class.png")
    assert complaints == []


async def test_staff_let_a_pupil_in_by_keyboard_alone(page: Page, sample: Gate) -> None:
    await sign_in(page, sample)
    button = page.get_by_role("button", name="Cho vào").first
    for _ in range(40):
        await page.keyboard.press("Tab")
        if await button.evaluate("one => one === document.activeElement"):
            break
    waiting = len((await sample.day()).needs_staff)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Cho vào")).to_have_count(waiting - 1)
    assert len((await sample.day()).needs_staff) == waiting - 1


async def test_every_field_has_a_label_and_every_button_a_name(page: Page, sample: Gate) -> None:
    await sign_in(page, sample)
    for path in (
        "/console/",
        "/console/import",
        "/console/devices",
        "/console/fees",
        "/console/fees/new",
        "/console/fees/received",
        "/console/fees/account",
        "/console/exams/new",
        "/console/audit",
        "/console/deliveries",
    ):
        await page.goto(f"{sample.url}{path}")
        nameless = await page.evaluate(
            """() => [...document.querySelectorAll('input:not([type=hidden]), select, button')]
              .filter(one => !(one.labels && one.labels.length) && !one.getAttribute('aria-label')
                && !one.textContent.trim()).map(one => one.outerHTML)"""
        )
        assert nameless == [], path
        assert await page.locator("h1").count() == 1
