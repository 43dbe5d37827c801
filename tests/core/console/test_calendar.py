"""The room of the school's calendar: what is typed is kept, refused with a reason, and read by the other rooms."""

from __future__ import annotations

import re

import pytest

from core.values.clock import school_date
from tests.core.checkins.conftest import Gate
from tests.core.console.conftest import Browser

HOME = "/console/calendar"
TET = {"kind": "off", "name": "Nghỉ  Tết Đinh Mùi", "first": "3/2/2027", "last": "12.2.27"}


async def test_a_day_off_is_written_corrected_and_taken_back_and_each_time_it_is_audited(
    gate: Gate, browser: Browser
) -> None:
    await browser.sign_in()
    csrf = {"csrf": await browser.csrf()}
    await browser.send(HOME, TET | csrf)
    assert "Nghỉ Tết Đinh Mùi" in browser.text
    assert "thứ Tư 03/02/2027 đến hết thứ Sáu 12/02/2027" in browser.text
    found = re.search(rf"{HOME}\?edit=([0-9a-f-]{{36}})", browser.html)
    assert found
    page = await browser.open(f"{HOME}?edit={found.group(1)}")
    field = page.css_first("#last")
    assert field is not None
    assert field.attributes["value"] == "12/02/2027"
    await browser.send(f"{HOME}/{found.group(1)}", TET | {"last": "14/2/2027"} | csrf)
    assert "Chủ Nhật 14/02/2027" in browser.text
    await browser.send(f"{HOME}/{found.group(1)}/remove", csrf)
    assert "Tết Đinh Mùi" not in browser.text
    await browser.send(f"{HOME}/{found.group(1)}/remove", csrf)
    assert (browser.status, "tải lại trang" in browser.text) == (404, True)
    wrote = [one for one in await gate.audited() if one.startswith("schools.")]
    assert wrote == ["schools.day_added", "schools.day_changed", "schools.day_removed"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"first": "31/2/2027"}, "Ngày chưa đúng"),
        ({"last": "1/2/2027"}, "trước ngày đầu"),
        ({"last": "3/2/2028"}, "dài hơn 120 ngày"),
        ({"first": "3/2/2062", "last": ""}, "xem lại năm"),
        ({"name": "  "}, "ghi tên ngắn gọn"),
        ({"first": "25/12/2026", "last": ""}, "Đã có “Giáng sinh”"),
    ],
)
async def test_what_makes_no_sense_comes_back_as_it_was_typed_with_the_reason(
    browser: Browser, typed: dict[str, str], said: str
) -> None:
    await browser.sign_in()
    csrf = {"csrf": await browser.csrf()}
    await browser.send(HOME, {"kind": "off", "name": "Giáng sinh", "first": "25/12/2026", "last": ""} | csrf)
    page = await browser.send(HOME, TET | typed | csrf)
    assert browser.status == 422
    alert, first = page.css_first("p[role=alert]"), page.css_first("#first")
    assert alert is not None
    assert said in alert.text()
    assert first is not None
    assert first.attributes["value"] == (TET | typed)["first"]


async def test_saturdays_and_the_time_of_the_word_are_set_and_a_bad_time_is_refused(browser: Browser) -> None:
    await browser.sign_in()
    csrf = {"csrf": await browser.csrf()}
    page = await browser.send(f"{HOME}/saturdays", {"saturdays": "no"} | csrf)
    chosen = page.css_first("#saturdays option[selected]")
    assert chosen is not None
    assert chosen.text() == "nghỉ"
    for typed, status, shown in (
        ("7h45", 200, "07:45"),
        ("5:00", 422, "5:00"),
        ("x", 422, "x"),
        ("", 200, ""),
    ):
        page = await browser.send(f"{HOME}/absent-after", {"absent_after": typed} | csrf)
        field = page.css_first("#absent_after")
        assert field is not None
        assert (browser.status, field.attributes["value"]) == (status, shown)


async def test_the_room_of_today_says_that_there_are_no_lessons(gate: Gate, browser: Browser) -> None:
    await browser.sign_in()
    csrf = {"csrf": await browser.csrf()}
    today = school_date(gate.clock.now()).strftime("%d/%m/%Y")
    await browser.send(HOME, {"kind": "off", "name": "Nghỉ bão", "first": today, "last": ""} | csrf)
    await browser.open("/console/")
    assert "Hôm nay không có giờ học: Nghỉ bão" in browser.text
    assert "Chưa đến –" in browser.text, "nobody is missed on a day off"
    page = await browser.open("/console/classes")
    assert [cell.text() for cell in page.css("tbody td")] == ["1", "0", "–"]
    address = page.css_first("tbody a").attributes["href"] or ""
    page = await browser.open(address)
    assert page.css("tbody td")[-1].text() == "–"
