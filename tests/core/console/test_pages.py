"""The rooms in a real Chromium at 1024×768: they look right, work by keyboard, and change by themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from unicodedata import combining, normalize

import aiohttp
import pytest
from playwright.async_api import Page, ViewportSize, async_playwright, expect

from core.app import Core
from core.contracts.commands import StaffAnswer
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
OLD_SCREEN_TWICE, PHONE = ViewportSize(width=512, height=384), ViewportSize(width=360, height=640)
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


async def test_the_rooms_fit_the_old_screen_also_magnified_and_a_phone_and_change_by_themselves(
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
        for screen in PHONE, OLD_SCREEN_TWICE, OLD_SCREEN_MAGNIFIED, OLD_SCREEN:
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
    await as_many_tabs_as_somebody_opens_all_load(page, sample)


async def as_many_tabs_as_somebody_opens_all_load(page: Page, sample: Gate) -> None:
    """A browser opens six connections to one address; a page in sight holds two."""
    await page.context.add_init_script("Object.defineProperty(document, 'hidden', {get: () => true})")
    for _ in range(7):
        tab = await page.context.new_page()
        await tab.goto(f"{sample.url}/console/classes", timeout=15_000)
    await tab.get_by_role("heading", name="Lớp và học sinh").wait_for()


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
    await nobody_is_let_in_by_a_press_that_a_change_has_moved(page, sample)


async def nobody_is_let_in_by_a_press_that_a_change_has_moved(page: Page, sample: Gate) -> None:
    """A colleague decides about the first of the list just before a press on it: the next child stands there then."""
    for pupil in pupils()[63:66]:
        await sample.send(citizen_id=pupil.citizen_id.value, face="mismatch", face_score=0.12)
    before = (await sample.day()).needs_staff
    first = page.get_by_role("button", name="Cho vào").first
    await expect(page.get_by_role("button", name="Cho vào")).to_have_count(len(before), timeout=20_000)
    await first.hover()
    presses = """() => {
      const under = () => document.elementFromPoint(window.at.x, window.at.y).closest('button')
      const before = under().getAttribute('aria-label')
      new MutationObserver((_, watching) => {
        if (under().getAttribute('aria-label') === before) return
        watching.disconnect()
        const press = new MouseEvent('click', {detail: 1, bubbles: true, cancelable: true})
        under().dispatchEvent(press)
        document.body.dataset.pressed = press.defaultPrevented ? 'nothing' : 'somebody else'
      }).observe(document.getElementById('today'), {childList: true})
    }"""
    place = await first.bounding_box()
    assert place
    middle = {"x": place["x"] + place["width"] / 2, "y": place["y"] + place["height"] / 2}
    await page.evaluate("at => { window.at = at }", middle)
    await page.evaluate(presses)
    async with sample.core.database.transaction(sample.school_id) as tx:
        await sample.core.gate.answer(tx, before[0].id, StaffAnswer.REFUSED, actor="staff:colleague")
    await expect(page.locator("body")).to_have_attribute("data-pressed", "nothing", timeout=20_000)
    assert [one.id for one in (await sample.day()).needs_staff] == [one.id for one in before[1:]]


async def test_on_a_phone_who_waits_comes_first_and_every_decision_is_on_the_screen(
    page: Page, sample: Gate, tmp_path: Path
) -> None:
    await page.set_viewport_size(PHONE)
    await sign_in(page, sample)
    await page.screenshot(path=tmp_path / "console-today-phone.png")
    await page.get_by_role("button", name="Tôi đang tới:").first.wait_for()
    figures, *buttons = await page.evaluate(  # at once: the page changes by itself
        """() => ['dl.figures', ...['approve', 'refuse', 'coming'].map(one => `section.first button[value=${one}]`)]
          .map(one => document.querySelector(one).getBoundingClientRect().toJSON())"""
    )
    for box in buttons:
        assert box["left"] >= 0
        assert box["right"] <= PHONE["width"]
        assert box["bottom"] <= PHONE["height"]
        assert box["bottom"] <= figures["top"]


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


async def test_a_pupil_is_found_without_marks_by_keyboard_alone_and_again_after_going_back(
    page: Page, sample: Gate
) -> None:
    await sign_in(page, sample)
    wanted = pupils()[34].new
    await page.goto(f"{sample.url}/console/pupils")
    *_, last = (
        "".join(one for one in normalize("NFD", wanted.full_name.lower()) if not combining(one))
        .replace("đ", "d")
        .split()
    )
    await page.keyboard.type(f"{last} {wanted.class_name.lower()}")
    rows = page.locator("tbody tr:visible")
    found = await rows.all_inner_texts()
    assert 0 < len(found) < 31
    assert any(wanted.full_name in one for one in found)
    assert await page.locator(".find [role=status]").inner_text() == f"{len(found)} dòng"
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert last not in page.url
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/guardians/pupils/**")
    await page.go_back()
    await page.locator("#find").wait_for()
    assert await rows.all_inner_texts() == found
    await page.locator("#find").fill("khong ai ten nhu vay")
    assert (await rows.count(), await page.locator(".find [role=status]").inner_text()) == (
        0,
        "Không có dòng nào như vậy.",
    )
