"""The rooms of consents and requests over real HTTP: what is entered counts, and stops what it must stop."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser

from core.consents.domain import Purpose, Standing
from core.rights.domain import Status
from tests.core.console.conftest import Browser


async def _post(browser: Browser, path: str, **fields: str) -> None:
    page = await browser.open("/console/account")
    token = page.css_first("input[name=csrf]").attributes["value"] or ""
    await browser.send(path, {"csrf": token, **fields})


async def _standing(browser: Browser, purpose: Purpose) -> Standing:
    gate = browser.gate
    async with gate.core.database.transaction(gate.school_id) as tx:
        return (await gate.core.consents.standings(tx, (gate.student_id,)))[gate.student_id][purpose]


async def test_what_was_signed_on_paper_is_entered_and_taking_it_back_stops_the_messages(
    browser: Browser,
) -> None:
    await browser.sign_in("teacher")
    path = f"/console/consents/students/{browser.gate.student_id}"
    await _post(browser, path, purpose="face_enrolment", given="yes")
    assert (browser.status, "Đồng ý" in browser.text) == (200, True)
    assert await _standing(browser, Purpose.FACE_ENROLMENT) is Standing.GIVEN
    await _post(browser, path, purpose="photos", given="yes")
    assert (browser.status, "Từ 7 tuổi" in browser.text) == (422, True)
    await _post(browser, path, purpose="photos", given="yes", child_agreed="yes")
    assert await _standing(browser, Purpose.PHOTOS) is Standing.GIVEN
    await _post(browser, path, purpose="attendance_messages", given="no")
    assert await _standing(browser, Purpose.ATTENDANCE_MESSAGES) is Standing.WITHDRAWN
    gate = browser.gate
    await gate.send()
    assert "checkin.arrived" not in [one.key for one in await gate.messages()]


async def test_a_paper_request_gets_a_receipt_and_an_answer_with_its_reason(browser: Browser) -> None:
    await browser.sign_in()
    pupil = str(browser.gate.student_id)
    await _post(browser, "/console/requests", kind="delete", student_id=pupil, text="Xóa hết giúp tôi")
    assert (browser.status, "Đã nhận yêu cầu YC-" in browser.text) == (200, True)
    form = LexborHTMLParser(browser.html).css_first("form[action^='/console/requests/']")
    erase = form.css_first("button[value=done]")
    assert (erase.text(), "không lấy lại được" in (erase.attributes["data-ask"] or "")) == ("Xoá ngay", True)
    path = form.attributes["action"] or ""
    await _post(browser, path, outcome="refused")
    assert (browser.status, "ghi rõ lý do" in browser.text) == (422, True)
    await _post(browser, path, outcome="refused", answer="Học bạ phải giữ theo luật.")
    assert "Học bạ phải giữ theo luật." in browser.text
    await _post(browser, path, outcome="done", answer="lần hai")
    assert (browser.status, "đã được trả lời" in browser.text) == (409, True)
    gate = browser.gate
    async with gate.core.database.transaction(gate.school_id) as tx:
        (answered,) = await gate.core.rights.list_answered(tx)
    assert answered.status is Status.REFUSED
    await _post(browser, "/console/requests", kind="view", student_id="x")
    assert browser.status == 422
