"""The import room: good lines go in, bad ones are named, a broken file leaves nothing behind."""

from __future__ import annotations

import io
import json

import aiohttp
import openpyxl
import pytest

from core.console import roll_texts
from core.students.roll.domain import Column, Reason, Severity
from tests.core.console.conftest import Browser

HEADER = [
    "STT",
    "Lớp",
    "Họ và tên",
    "Ngày sinh",
    "Giới tính",
    "Số định danh cá nhân",
    "Họ tên mẹ",
    "Điện thoại mẹ",
]
ROWS = [
    [1, "7B", "Lê Hoàng Nam", "05/09/2014", "Nam", "001214000001", "Phạm Thị Hồng", "0912345678"],
    [2, "7B", "Đỗ Khánh Vy", "31/02/2014", "Nữ", "001314000002", "", ""],
    [3, "7B", "Vũ Gia Bảo", "11/10/2014", "Nam", "12", "", ""],
]


def xlsx(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


async def upload(browser: Browser, data: bytes, name: str = "danh-sach.xlsx", **headers: str) -> None:
    form = aiohttp.FormData()
    form.add_field("csrf", await browser.csrf())
    form.add_field("roll", data, filename=name, content_type="application/octet-stream")
    await browser.send("/console/import", form, **headers)


async def pupils(browser: Browser) -> list[str]:
    gate = browser.gate
    async with gate.core.database.transaction(gate.school_id) as tx:
        return [one.full_name for one in await gate.core.students.list_students(tx)]


async def test_good_lines_go_in_and_bad_ones_are_named_with_line_column_and_reason(browser: Browser) -> None:
    await browser.sign_in()
    await upload(browser, xlsx([HEADER, *ROWS]))
    assert browser.status == 200
    assert "Lê Hoàng Nam" in await pupils(browser)
    assert "Đỗ Khánh Vy" not in await pupils(browser)
    assert "Ngày sinh (D) " + roll_texts.REASONS[Reason.NOT_A_DATE] in browser.text
    assert roll_texts.REASONS[Reason.NOT_A_CITIZEN_ID] in browser.text
    assert "31/02/2014" not in browser.html


async def test_importing_twice_changes_nothing(browser: Browser) -> None:
    await browser.sign_in()
    await upload(browser, xlsx([HEADER, ROWS[0]]))
    before, audited = await pupils(browser), await browser.gate.audited()
    await upload(browser, xlsx([HEADER, ROWS[0]]))
    assert await pupils(browser) == before
    assert "Học sinh mới 0" in browser.text
    assert (await browser.gate.audited()).count("students.roll_imported") == audited.count(
        "students.roll_imported"
    )


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"PK\x03\x04 not a workbook",
        b"\xd0\xcf\x11\xe0" * 10,
        b"a,b\n1,2\n",
        b"\xff\xfe\x00",
        xlsx([HEADER])[:-50],
    ],
    ids=["empty", "broken zip", "old excel", "no header", "half a letter", "cut off"],
)
async def test_a_broken_file_is_explained_and_leaves_nothing(browser: Browser, broken: bytes) -> None:
    await browser.sign_in()
    before = await pupils(browser)
    await upload(browser, broken)
    assert browser.status == 422
    assert "Chưa có gì được ghi" in browser.text
    await upload(browser, broken, Accept="application/json")
    problem = json.loads(browser.html) if browser.html.startswith("{") else {}
    assert problem["code"].startswith("roll.")
    assert await pupils(browser) == before


async def test_ten_megabytes_and_a_form_without_a_file_are_refused(browser: Browser) -> None:
    await browser.sign_in()
    token = await browser.csrf()
    await browser.send("/console/import", {"csrf": token})
    assert browser.status == 422
    await browser.send("/console/import", {"csrf": token, "roll": "text"})
    assert browser.status == 422
    form = aiohttp.FormData()
    form.add_field("csrf", token)
    form.add_field("roll", io.BytesIO(b" " * 10_000_000), filename="big.xlsx")
    await browser.send("/console/import", form)
    assert (browser.status, "Tệp quá lớn" in browser.text) == (413, True)


def test_everything_that_can_be_wrong_with_a_roll_has_its_words() -> None:
    assert set(roll_texts.REASONS) == set(Reason)
    assert set(roll_texts.COLUMNS) == set(Column)
    assert set(roll_texts.SEVERITIES) == set(Severity)
