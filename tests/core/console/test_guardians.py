"""The guardians' rooms: progress, list to call, cases with a reason, restrictions, codes, steps; a class sees itself."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page

from core.contracts.citizen_id import CitizenId
from core.fees.domain import NewInvoice
from core.guardians.domain import CodeStrength, Level, NewGuardian, Relation
from core.guardians.evidence import ChildIdentity, Evidence, Identity, Means
from core.guardians.restrictions.domain import NewRestriction, Person, RestrictionKind
from core.sample.people import SIBLINGS, pupils
from core.sample.school import SCHOOL_ID
from core.students.domain import NewStudent
from core.values.ids import StudentId
from core.values.money import vnd
from tests.core.checkins.conftest import Gate
from tests.core.console.conftest import Browser
from tests.core.console.test_pages import CHROMIUM, page, sample, sign_in

__all__ = ["page", "sample"]
CHILD = pupils()[SIBLINGS[0]]
MOTHER = CHILD.parents[1]
CARD = Identity(CitizenId("099184000777"), MOTHER.full_name, date(1984, 5, 6))
NAMED = ChildIdentity(CHILD.new.full_name, CHILD.new.born_on, CHILD.new.citizen_id, "3A")


async def claim(gate: Gate, *, identity: Identity = CARD, child: ChildIdentity | None = NAMED) -> None:
    """Somebody types in what the page asks for."""
    core = gate.core
    async with core.database.transaction(gate.school_id) as tx:
        account = await core.conversations.meet(tx, "webchat", f"chat-{identity.number}")
        await core.guardians.apply_evidence(tx, Evidence(Means.TYPED, account.id, identity, child))


async def a_pupil(gate: Gate) -> StudentId:
    """One more pupil of the small gate school, with a mother on the roll."""
    async with gate.core.database.transaction(gate.school_id) as tx:
        new = NewStudent("6A", "Lê Văn Mới", date(2014, 4, 4), "male")
        student_id = (await gate.core.students.record(tx, new)).student_id
        await gate.core.guardians.record_all(
            tx, (NewGuardian(student_id, Relation.MOTHER, "Lê Thị Thử", None),)
        )
    return student_id


async def test_progress_is_counted_and_can_be_taken_along(browser: Browser) -> None:
    await a_pupil(browser.gate)
    await browser.sign_in()
    await browser.open("/console/guardians")
    assert browser.status == 200
    await browser.open("/console/guardians/progress.csv")
    assert browser.html.startswith("\ufeffLớp") or browser.html.startswith("Lớp")
    rows = list(csv.reader(io.StringIO(browser.html.lstrip("\ufeff"))))
    assert rows[-1][0] == "Toàn trường"
    assert sum(int(cell) for cell in rows[1][2:6]) == int(rows[1][1])
    await browser.open("/console/guardians/call")
    assert "Lê Thị Thử" in browser.text
    await browser.open("/console/guardians/call.csv")
    assert "Lê Thị Thử" in browser.html


async def test_staff_hand_over_a_code_see_the_steps_and_revoke_with_a_reason(browser: Browser) -> None:
    gate, student_id = browser.gate, await a_pupil(browser.gate)
    await browser.sign_in()
    csrf, path = await browser.csrf(), f"/console/guardians/pupils/{student_id}"
    async with gate.core.database.transaction(gate.school_id) as tx:
        ties = await gate.core.guardians.guardians_of(tx, student_id)
    tie = next(one for one in ties if one.guardian.full_name == "Lê Thị Thử")
    fields = {"csrf": csrf, "tie": str(tie.id)}
    shown = await browser.send(path, fields | {"act": "handed_over"})
    code = shown.css_first(".code").text()
    async with gate.core.database.transaction(gate.school_id) as tx:
        account = await gate.core.conversations.meet(tx, "webchat", "chat")
        await gate.core.guardians.link(tx, account.id, code)
    await browser.open(path)
    assert "Nhập mã trao tận tay" in browser.text
    await browser.send(path, fields | {"act": "revoked", "reason": ""})
    assert "lý do" in browser.text
    await browser.send(path, fields | {"act": "revoked", "reason": "nhập nhầm người"})
    assert "Đã thu hồi" in browser.text
    assert "nhập nhầm người" in browser.text
    async with gate.core.database.transaction(gate.school_id) as tx:
        assert await gate.core.guardians.children_of(tx, account.id) == ()


async def test_who_may_see_fees_finds_those_of_the_pupil_beside_the_guardians(browser: Browser) -> None:
    gate, student_id = browser.gate, await a_pupil(browser.gate)
    async with gate.core.database.transaction(gate.school_id) as tx:
        owed = NewInvoice(student_id, "Tiền ăn tháng 11", vnd(350_000), date(2026, 11, 20))
        invoice = await gate.core.fees.issue(tx, owed)
    path = f"/console/guardians/pupils/{student_id}"
    await browser.sign_in()
    page = await browser.open(path)
    assert "350.000 đ 350.000 đ Chưa nộp Quá hạn" in browser.text
    link = page.css_first("table a").attributes["href"] or ""
    assert str(invoice.id) in link
    await browser.open(link)
    assert browser.status == 200
    await browser.sign_in("teacher")
    await browser.open(path)
    assert (browser.status, "Tiền ăn tháng 11" in browser.text) == (200, False)


async def test_a_guardianship_is_given_until_a_day_and_ends_after_it(browser: Browser) -> None:
    gate, student_id = browser.gate, await a_pupil(browser.gate)
    guardians, path = gate.core.guardians, f"/console/guardians/pupils/{student_id}"
    await browser.sign_in()
    fields = {"csrf": await browser.csrf()}
    foster = fields | {"act": "add", "name": "Phạm Thị Nuôi", "relation": "court_appointed"}
    page = await browser.send(path, foster | {"until": "31/2/2027"})
    assert "Ngày chưa đúng" in browser.text
    assert [page.css_first(f"#{name}").attributes["value"] for name in ("name", "until")] == [
        "Phạm Thị Nuôi",
        "31/2/2027",
    ]
    await browser.send(path, foster | {"until": "31/12/2026"})
    assert "có hiệu lực đến 31/12/2026" in browser.text
    async with gate.core.database.transaction(gate.school_id) as tx:
        ties = {one.guardian.full_name: one for one in await guardians.guardians_of(tx, student_id)}
        tie = ties["Phạm Thị Nuôi"]
        assert (tie.relation, tie.valid_until) == (Relation.COURT_APPOINTED, date(2026, 12, 31))
        account = await gate.core.conversations.meet(tx, "webchat", "foster")
        code = await guardians.issue_link_code(tx, tie.guardian.id, CodeStrength.HANDED_OVER)
        await guardians.link(tx, account.id, code.value)
        assert [one.level for one in await guardians.children_of(tx, account.id)] == [Level.VERIFIED]
    terms = fields | {
        "act": "terms",
        "tie": str(tie.id),
        "relation": "grandparent",
        "reason": "giấy uỷ quyền",
    }
    page = await browser.send(path, terms | {"until": "20/11/2026"})
    assert "Ngày cuối đã qua" in browser.text
    assert page.css_first("details[open] [name=reason]").attributes["value"] == "giấy uỷ quyền"
    await browser.send(path, terms | {"until": "21.11.26"})
    async with gate.core.database.transaction(gate.school_id) as tx:
        assert [one.level for one in await guardians.children_of(tx, account.id)] == [Level.CLAIMED]
        gate.clock.advance(timedelta(days=1))
        assert await guardians.children_of(tx, account.id) == ()
        noted = [one for one in await gate.core.audit.list_recent(tx) if one.action == "guardians.terms_set"]
    assert [one.details["until"] for one in noted] == ["2026-11-21", "2026-12-31"]


async def test_a_restriction_takes_a_number_that_is_never_shown_whole(browser: Browser) -> None:
    student_id = await a_pupil(browser.gate)
    await browser.sign_in()
    path = "/console/guardians/restrictions"
    entered = {
        "csrf": await browser.csrf(),
        "student": str(student_id),
        "person": "Đỗ Văn Cấm",
        "kind": "pick_up",
        "reason": "quyết định số 01 (mẫu)",
        "until": "24/12/2026",
    }
    page = await browser.send(path, entered | {"number": "0010850001"})
    assert "12 chữ số" in browser.text
    kept = {
        name: page.css_first(f"#{name}").attributes["value"] for name in ("person", "number", "why", "until")
    }
    assert kept == {
        "person": "Đỗ Văn Cấm",
        "number": "0010850001",
        "why": "quyết định số 01 (mẫu)",
        "until": "24/12/2026",
    }
    assert page.css_first("#student [selected]").attributes["value"] == str(student_id)
    await browser.send(path, entered | {"number": "001 085 000 123"})
    assert "•••••••••123" in browser.text
    assert "đến hết 24/12/2026" in browser.text
    assert "001085000123" not in browser.html
    await browser.open("/console/")
    assert "Không được đón" in browser.text
    assert "Đỗ Văn Cấm" in browser.text


async def test_what_somebody_typed_cannot_run_in_the_page_or_in_a_spreadsheet(browser: Browser) -> None:
    gate = browser.gate
    await a_pupil(gate)
    await claim(gate, identity=Identity(CARD.number, "<script>alert(1)</script>", None), child=None)
    await browser.sign_in()
    await browser.open("/console/guardians/cases")
    assert "<script>alert" not in browser.html
    assert "&lt;script&gt;" in browser.html


pages = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium (.ci/run installs it)"),
]


class TestInChromium:
    pytestmark = pages

    async def test_the_office_decides_a_case_and_the_chat_hears_it(
        self, page: Page, sample: Gate, pictures: Path
    ) -> None:
        core = sample.core
        await claim(sample)
        await claim(
            sample,
            identity=Identity(CitizenId("099190000111"), "Vũ Thị Lạ Mặt", date(1990, 1, 1)),
            child=ChildIdentity("Trần Văn Không Có", date(2018, 1, 1), None, "3A"),
        )
        async with core.database.transaction(SCHOOL_ID) as tx:
            student = await core.students.by_citizen_id(tx, CHILD.citizen_id)
            assert student
            new = NewRestriction(
                student, RestrictionKind.PICK_UP, Person("Đỗ Văn Cấm"), "quyết định số 01 (mẫu)"
            )
            await core.guardians.restrictions.add(tx, new, "staff:x")
            someone = (await core.guardians.guardians_of(tx, student))[0]
            code = await core.guardians.issue_link_code(tx, someone.guardian.id, CodeStrength.HANDED_OVER)
            account = await core.conversations.meet(tx, "webchat", "father")
            await core.guardians.link(tx, account.id, code.value)
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        await sign_in(page, sample)
        await page.goto(f"{sample.url}/console/guardians/cases")
        await page.screenshot(path=pictures / "console-guardian-cases.png")
        card = page.get_by_role("region", name=MOTHER.full_name)
        await card.get_by_label("Lý do").fill("không phải mẹ cháu")
        await page.keyboard.press("Enter")  # goes to the buttons; it must not press the first of them
        assert await card.get_by_role("button", name="Duyệt").evaluate(
            "one => one === document.activeElement"
        )
        await card.get_by_label("Lý do").fill("đã xem thẻ tại văn phòng")
        await card.get_by_role("button", name="Duyệt").click()
        await page.get_by_text("Vũ Thị Lạ Mặt").wait_for()
        assert await page.get_by_text(MOTHER.full_name).count() == 0
        for name, path in (
            ("progress", ""),
            ("call", "/call"),
            ("restrictions", "/restrictions"),
            ("pupil", f"/pupils/{student}"),
        ):
            await page.goto(f"{sample.url}/console/guardians{path}")
            await page.screenshot(path=pictures / f"console-guardian-{name}.png")
            assert await page.evaluate("document.documentElement.scrollWidth") <= 1024, path
        async with core.database.transaction(SCHOOL_ID) as tx:
            hers = await core.conversations.meet(tx, "webchat", f"chat-{CARD.number}")
            assert len(await core.guardians.children_of(tx, hers.id)) == 1
        assert complaints == []
