"""The rooms of accounts, staff, consents and requests in a real Chromium: they fit, and every field has a name."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page

from core.consents.domain import NewConsent, Purpose
from core.contracts.citizen_id import CitizenId
from core.rights.domain import TERM, Kind, NewRequest
from core.sample.people import STAFF, pupils
from core.sample.school import SCHOOL_ID
from core.staff.domain import NewStaff, Role
from tests.core.checkins.conftest import Gate
from tests.core.console.conftest import PASSWORD
from tests.core.console.test_pages import CHROMIUM, page, sample, sign_in

__all__ = ["page", "sample"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium (.ci/run installs it)"),
]
_NAMELESS = """() => [...document.querySelectorAll('input:not([type=hidden]), select, button')]
  .filter(one => !(one.labels && one.labels.length) && !one.getAttribute('aria-label')
    && !one.textContent.trim()).map(one => one.outerHTML)"""


async def _fill(sample: Gate) -> str:
    """Staff, consents and requests to look at; returns the first class's id."""
    core = sample.core
    async with core.database.transaction(SCHOOL_ID) as tx:
        classes = {one.name: one.id for one in await core.students.list_classes(tx)}
        for number, one in enumerate(STAFF):
            username = f"{one.username}.x"
            citizen_id = CitizenId(f"09918000000{number}") if number % 2 else None
            new = NewStaff(
                username, one.full_name, Role(one.role), PASSWORD, classes.get(one.class_name), citizen_id
            )
            await core.staff.add(tx, new, "no")
        students = [await core.students.by_citizen_id(tx, pupils()[n].citizen_id) for n in range(6)]
        for number, student_id in enumerate(students):
            assert student_id
            for purpose in list(Purpose)[: number % 3]:
                await core.consents.record(
                    tx, NewConsent(student_id, purpose, given=number % 4 != 2, actor="staff:x")
                )
        assert students[0]
        assert students[1]
        old = NewRequest(Kind.CORRECT, students[0], "chat:x", text="Ngày sinh đúng là 09/06/2015 ạ")
        await core.rights.open(tx, old)
    sample.clock.advance(TERM - timedelta(days=1))
    async with core.database.transaction(SCHOOL_ID) as tx:
        await core.rights.open(tx, NewRequest(Kind.DELETE, students[1], "chat:x"))
    sample.clock.advance(timedelta(days=3))
    return str(classes["3A"])


async def test_the_rooms_of_protection_fit_the_old_screen(page: Page, sample: Gate, pictures: Path) -> None:
    class_id = await _fill(sample)
    await sign_in(page, sample)
    for name, path in (
        ("account", "/console/account"),
        ("staff", "/console/staff"),
        ("consents", f"/console/consents/{class_id}"),
        ("requests", "/console/requests"),
    ):
        await page.goto(f"{sample.url}{path}")
        await page.screenshot(path=pictures / f"console-{name}.png")
        assert await page.evaluate("document.documentElement.scrollWidth") <= 1024, path
        assert await page.evaluate(_NAMELESS) == [], path
        assert await page.locator("h1").count() == 1


async def test_turning_the_second_step_on_shows_what_to_scan(
    page: Page, sample: Gate, pictures: Path
) -> None:
    await sign_in(page, sample)
    await page.goto(f"{sample.url}/console/account")
    await page.get_by_role("button", name="Bật đăng nhập hai bước").click()
    await page.get_by_alt_text("Mã QR để quét bằng ứng dụng tạo mã").wait_for()
    shown = await page.get_by_alt_text("Mã QR để quét bằng ứng dụng tạo mã").evaluate(
        "one => one.naturalWidth"
    )
    assert shown > 100
    await page.screenshot(path=pictures / "console-two-step.png")


async def test_the_pages_around_vneid_and_ones_data_fit_a_phone(
    page: Page, sample: Gate, pictures: Path
) -> None:
    await page.set_viewport_size({"width": 390, "height": 780})
    core = sample.core
    async with core.database.transaction(SCHOOL_ID) as tx:
        turn = await core.conversations.open_turn(tx, "webchat", "chat-phone", "1", "xác minh")
        token = await core.sign_ons.invite(tx, turn.account_id)
    for name, path in (("sign-on", f"/signon/{token}"), ("sign-on-used", "/signon/guessed")):
        await page.goto(f"{sample.url}{path}")
        await page.screenshot(path=pictures / f"phone-{name}.png")
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390, path
