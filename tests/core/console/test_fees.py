"""The rooms of fees: an accountant's month, and everything that is typed wrongly."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from selectolax.lexbor import LexborHTMLParser as HTMLParser

from core.fees.domain import Received
from core.values.money import vnd
from tests.core.console.conftest import Browser

HOME = "/console/fees"


async def charged(browser: Browser, **changes: str) -> dict[str, str]:
    """Fill in the form of a new fee for the only class, confirmed; returns what was sent."""
    page = await browser.open(f"{HOME}/new")
    fields = {
        one.attributes["name"]: one.attributes.get("value") or "" for one in page.css("main form input")
    }
    sent = {name: value for name, value in fields.items() if name} | {
        "title": "Tiền ăn tháng 12", "amount": "350.000", "due_on": "5/1/2027", "then": "issue",
    } | changes  # fmt: skip
    await browser.send(f"{HOME}/new", sent)
    return sent


async def reference(browser: Browser) -> str:
    page = await browser.open(f"{HOME}/shares?title=Tiền ăn tháng 12&due=2027-01-05")
    return page.css("tbody td")[-1].text()


async def test_a_fee_is_seen_first_and_made_once_however_often_it_is_confirmed(browser: Browser) -> None:
    await browser.sign_in()
    sent = await charged(browser, then="preview")
    assert "350.000 đ × 1 học sinh = 350.000 đ" in browser.text
    again = await browser.send(f"{HOME}/new", sent | {"then": "edit"})
    assert again.css_first("#title").attributes["value"] == sent["title"]
    assert "checked" in again.css_first("input[type=checkbox]").attributes
    await browser.open(HOME)
    assert "Chưa có khoản thu nào" in browser.text
    for _ in range(2):
        await browser.send(f"{HOME}/new", sent | {"then": "issue"})
    await browser.open(HOME)
    assert "0/1 350.000 đ 350.000 đ" in browser.text
    assert [one.key for one in await browser.gate.messages()] == ["fees.issued"]


async def test_a_fee_changed_after_it_was_issued_is_not_silently_the_old_one(browser: Browser) -> None:
    await browser.sign_in()
    sent = await charged(browser)
    page = await browser.send(f"{HOME}/new", sent | {"then": "issue", "amount": "400.000"})
    assert (browser.status, "đã phát hành một khoản thu khác" in browser.text) == (422, True)
    assert "400.000" in browser.html, "what was typed stays"
    batch = page.css_first("main input[name=batch]").attributes["value"] or ""
    assert [one.key for one in await browser.gate.messages()] == ["fees.issued"]
    await browser.send(f"{HOME}/new", sent | {"then": "issue", "amount": "400.000", "batch": batch})
    assert [one.key for one in await browser.gate.messages()] == ["fees.issued"] * 2


async def test_what_is_typed_wrongly_stays_in_the_form_with_the_reason(browser: Browser) -> None:
    await browser.sign_in()
    for name, value, reason in (
        ("amount", "35.000,5", "Số tiền ghi bằng chữ số"),
        ("amount", "1.5", "Số tiền ghi bằng chữ số"),
        ("amount", "350.00", "Số tiền ghi bằng chữ số"),
        ("amount", "1.000 000", "Số tiền ghi bằng chữ số"),
        ("amount", "0", "Số tiền ghi bằng chữ số"),
        ("amount", "9" * 40, "Số tiền ghi bằng chữ số"),
        ("due_on", "01/01/2020", "Thầy cô ghi hạn nộp"),
        ("due_on", "mai", "Thầy cô ghi hạn nộp"),
        ("title", "", "Tên khoản thu cần"),
        ("batch", "x", "Thầy cô ghi hạn nộp"),
    ):
        sent = await charged(browser, **{name: value})
        assert (browser.status, reason in browser.text) == (422, True), (name, value)
        assert sent["title"] in browser.html
    page = await browser.open(f"{HOME}/new")
    csrf = page.css_first("main input[name=csrf]").attributes["value"] or ""
    batch = page.css_first("main input[name=batch]").attributes["value"] or ""
    alone = {
        "csrf": csrf,
        "batch": batch,
        "title": "x",
        "amount": "1",
        "due_on": "2027-01-05",
        "then": "issue",
    }
    await browser.send(f"{HOME}/new", alone)
    assert (browser.status, "ít nhất một lớp" in browser.text) == (422, True)
    assert await browser.gate.messages() == []


async def test_money_by_hand_counts_once_by_its_number(browser: Browser) -> None:
    await browser.sign_in()
    await charged(browser)
    code = await reference(browser)
    slip = {"csrf": await browser.csrf(), "reference": code.lower(), "amount": "100.000", "number": "PT-0001"}
    await browser.send(f"{HOME}/received", slip)
    assert "số còn thiếu" in browser.text
    await browser.send(f"{HOME}/received", slip)
    assert (browser.status, "đã được ghi trước đó" in browser.text) == (422, True)
    await browser.send(f"{HOME}/received", slip | {"amount": "250 000 đ", "number": "PT-0002"})
    assert "đã nộp đủ" in browser.text
    for changes in ({"reference": "CT12"}, {"number": " "}, {"reference": "CTF3B8E8EYY2", "number": "PT-9"}):
        await browser.send(f"{HOME}/received", slip | changes)
        assert browser.status == 422
    await browser.send(f"{HOME}/received", slip | {"number": "PT\0-0003"})
    assert browser.status == 400, "no text of the database holds a NUL: the caller's fault, not ours"
    keys = [one.key for one in await browser.gate.messages()]
    assert keys == ["fees.issued", "fees.part", "fees.paid"]


async def test_waiting_money_is_set_against_the_code_that_a_person_types(browser: Browser) -> None:
    await browser.sign_in()
    await charged(browser)
    code = await reference(browser)
    core, school_id = browser.gate.core, browser.gate.school_id
    async with core.database.transaction(school_id) as tx:
        came = Received(
            "bank.test", "1", vnd(400_000), datetime(2026, 11, 20, tzinfo=UTC), "me <b>An</b> nop"
        )
        await core.collecting.take(tx, came)
    page = await browser.open(HOME)
    assert "<b>An" not in browser.html
    action = page.css_first("td form").attributes["action"] or ""
    typed = {"csrf": await browser.csrf(), "reference": "CT-sai"}
    await browser.send(action, typed)
    assert (browser.status, "Mã thanh toán chưa đúng" in browser.text) == (422, True)
    await browser.send(action, typed | {"reference": "CTF3B8E8EYY2"})
    assert (browser.status, "Không có khoản thu nào" in browser.text) == (422, True)
    await browser.send(action, typed | {"reference": code})
    assert "1/1" in browser.text
    await browser.send(action, typed | {"reference": code})
    assert (browser.status, "đã nộp đủ" in browser.text) == (422, True)
    assert "fees.allocated" in await browser.gate.audited()


async def test_the_account_is_kept_and_the_address_for_the_bank_is_shown(browser: Browser) -> None:
    await browser.sign_in()
    account = {
        "csrf": await browser.csrf(),
        "bank_bin": "970416",
        "number": "0123 4999 99",
        "holder": "Trường mẫu",
    }
    for changes in ({"bank_bin": "97"}, {"number": ""}, {"number": "x" * 30}):
        await browser.send(f"{HOME}/account", account | changes)
        assert browser.status == 422
    await browser.send(f"{HOME}/account", account)
    assert 'value="0123499999"' in browser.html
    assert f"/api/v1/payments/sepay/{browser.gate.school_id}" in browser.text


async def test_a_homeroom_teacher_does_not_enter(browser: Browser) -> None:
    await browser.sign_in("teacher")
    await browser.open(HOME)
    assert browser.status == 403


def fields_of(page: HTMLParser) -> dict[str, str]:
    """The fields of the form on a page, as a browser would send them."""
    return {
        str(one.attributes["name"]): one.attributes.get("value") or ""
        for one in page.css("main form input")
        if one.attributes.get("type") != "checkbox" or "checked" in one.attributes
    }


async def form_of(browser: Browser, path: str) -> dict[str, str]:
    """What a form asks for at first, to be looked at before it is confirmed."""
    return fields_of(await browser.open(path)) | {"then": "preview"}


async def confirmed(browser: Browser, kind: str, **typed: str) -> dict[str, str]:
    """Change the fee of the only class: filled in, seen, confirmed; returns what was confirmed."""
    of = f"kind={kind}&of_title=Tiền ăn tháng 12&of_due=2027-01-05"
    sent = await form_of(browser, f"{HOME}/change?{of}") | {"reason": "wrong_amount"} | typed
    page = await browser.send(f"{HOME}/change", sent)
    assert browser.status == 200, browser.text
    final = fields_of(page)
    await browser.send(f"{HOME}/change", final | {"then": "confirm"})
    return final | {"then": "confirm"}


async def test_a_wrong_amount_is_seen_corrected_once_and_stays_on_record(browser: Browser) -> None:
    await browser.sign_in()
    await charged(browser)
    final = await confirmed(browser, "corrected", amount="300.000", note="thực đơn đổi")
    assert "Đã sửa khoản thu" in browser.text
    await browser.send(f"{HOME}/change", final)
    assert browser.status == 200, "the second click lands in the room"
    page = await browser.open(f"{HOME}/shares?title=Tiền ăn tháng 12&due=2027-01-05")
    await browser.open(page.css_first("tbody th a").attributes["href"] or "")
    assert "350.000 đ → 300.000 đ" in browser.text
    assert "Nhầm số tiền: thực đơn đổi" in browser.text
    assert "Cô Lan" in browser.text
    assert [one.params["amount"] for one in await browser.gate.messages()] == [350_000, 300_000]
    await browser.open("/console/audit")
    assert "Sửa khoản thu" in browser.text
    assert "lý do: Nhầm số tiền" in browser.text


async def test_a_fee_is_taken_back_with_its_money_asked_for_again_and_the_money_given_back(
    browser: Browser,
) -> None:
    await browser.sign_in()
    await charged(browser)
    slip = {
        "csrf": await browser.csrf(),
        "reference": await reference(browser),
        "amount": "350.000",
        "number": "PT-1",
    }
    await browser.send(f"{HOME}/received", slip)
    await confirmed(browser, "withdrawn", reason="relief")
    assert "Đã thu hồi khoản thu" in browser.text
    await browser.send(f"{HOME}/received", slip | {"number": "PT-2"})
    assert (browser.status, "chưa nhận tiền" in browser.text) == (422, True)
    page = await browser.open(HOME)
    assert "Từ Tiền ăn tháng 12 của Nguyễn Minh An (6A), khoản đã thu hồi" in browser.text
    back = page.css_first("details form").attributes["action"] or ""
    given = {"csrf": slip["csrf"], "amount": "350.000 đ"}
    for wrong in ({"number": ""}, {"number": "PC-1", "amount": "0"}, {"number": "PC-1", "amount": "350.001"}):
        await browser.send(back, given | wrong)
        assert browser.status == 422
    await browser.send(back, given | {"number": "PC-1"})
    assert "chờ xử lý" not in browser.text
    await browser.send(back, given | {"number": "PC-1"})
    assert (browser.status, "đã được ghi trước đó" in browser.text) == (422, True)
    await confirmed(browser, "reinstated")
    assert "thu lại" in browser.text


async def test_a_preview_that_is_late_is_shown_anew_and_changes_nothing(browser: Browser) -> None:
    await browser.sign_in()
    await charged(browser)
    code, csrf = await reference(browser), await browser.csrf()
    of = f"{HOME}/change?kind=withdrawn&of_title=Tiền ăn tháng 12&of_due=2027-01-05"
    sent = await form_of(browser, of) | {"reason": "not_theirs"}
    page = await browser.send(f"{HOME}/change", sent)
    final = fields_of(page)
    paid = {"csrf": csrf, "reference": code, "amount": "100.000", "number": "PT-1"}
    await browser.send(f"{HOME}/received", paid)
    page = await browser.send(f"{HOME}/change", final | {"then": "confirm"})
    assert (browser.status, "Chưa có gì được lưu" in browser.text) == (409, True)
    assert "100.000 đ không mất" in browser.text
    assert "fees.withdrawn" not in await browser.gate.audited()
    anew = fields_of(page)
    await browser.send(f"{HOME}/change", anew | {"then": "confirm"})
    assert (await browser.gate.audited()).count("fees.withdrawn") == 1


async def test_what_makes_no_sense_is_said_and_changes_nothing(browser: Browser) -> None:
    await browser.sign_in()
    await charged(browser)
    of = "of_title=Tiền ăn tháng 12&of_due=2027-01-05"
    sent = await form_of(browser, f"{HOME}/change?kind=corrected&{of}") | {"reason": "wrong_amount"}
    for changes, words in (
        ({}, "Chưa có gì để sửa"),
        ({"amount": "1.5"}, "Số tiền"),
        ({"title": " "}, "Tên khoản thu"),
        ({"due_on": "1/1/2020"}, "hạn nộp"),
        ({"amount": "1", "reason": ""}, "chọn lý do"),
        ({"amount": "1", "reason": "other_reason"}, "ghi rõ"),
    ):
        await browser.send(f"{HOME}/change", sent | changes)
        assert (browser.status, words in browser.text) == (422, True), words
    without = {name: value for name, value in sent.items() if not name.startswith("class:")}
    await browser.send(f"{HOME}/change", without | {"amount": "1"})
    assert (browser.status, "ít nhất một lớp" in browser.text) == (422, True)
    for lost in ("kind=burnt", "kind=corrected&share=x", "kind=corrected&of_title=Khác&of_due=2027-01-05"):
        await browser.open(f"{HOME}/change?{of}&{lost}" if "of_" not in lost else f"{HOME}/change?{lost}")
        assert browser.status == 404
    await browser.send(f"{HOME}/change", sent | {"amount": "1", "then": "confirm", "change": "x"})
    assert browser.status == 404
    assert [one.key for one in await browser.gate.messages()] == ["fees.issued"]


async def test_one_pupil_is_relieved_and_a_correction_of_the_fee_leaves_that_amount(browser: Browser) -> None:
    await browser.sign_in()
    await charged(browser)
    page = await browser.open(f"{HOME}/shares?title=Tiền ăn tháng 12&due=2027-01-05")
    share = (page.css_first("tbody th a").attributes["href"] or "").rpartition("/")[2]
    sent = await form_of(browser, f"{HOME}/change?kind=corrected&share={share}")
    page = await browser.send(f"{HOME}/change", sent | {"amount": "175.000", "reason": "relief"})
    assert "Nguyễn Minh An (6A)" in browser.text
    final = fields_of(page)
    await browser.send(f"{HOME}/change", final | {"then": "confirm"})
    assert "175.000 đ" in browser.text
    assert browser.headers["url"].partition("?")[0].endswith(share)


async def test_a_wrong_code_is_told_beside_its_money_and_long_lists_begin_with_fifty(
    browser: Browser,
) -> None:
    core = browser.gate.core
    async with core.database.transaction(browser.gate.school_id) as tx:
        for number in range(52):
            at = core.clock.now() - timedelta(minutes=number)
            await core.fees.receive(tx, Received("test", str(number), vnd(1000 + number), at, "tien hoc"))
    await browser.sign_in()
    csrf = await browser.csrf()
    page = await browser.open(HOME)
    assert (len(page.css("h2#waiting ~ table tbody tr")), "Còn 2 khoản nữa" in browser.text) == (50, True)
    page = await browser.open(f"{HOME}?all=yes")
    last = page.css("h2#waiting ~ table tbody tr")[-1].css_first("form").attributes["action"] or ""
    page = await browser.send(last, {"csrf": csrf, "reference": "CT nham"})
    row = page.css("h2#waiting ~ table tbody tr")[-1]
    assert (browser.status, len(page.css("[role=alert]"))) == (422, 1)
    assert row.css_first("[role=alert]").text()
    assert row.css_first("input[name=reference]").attributes["value"] == "CT nham"
    returned = last.replace("?", "/returned?")
    typed = {"csrf": csrf, "amount": "999.999.999", "number": "PC 12"}
    row = (await browser.send(returned, typed)).css("h2#waiting ~ table tbody tr")[-1]
    assert "open" in row.css_first("details").attributes
    assert row.css_first("input[name=number]").attributes["value"] == "PC 12"
    await browser.send(returned, typed | {"amount": "1.051"})
    assert browser.headers["url"].endswith("?all=yes")
