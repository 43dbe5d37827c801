"""The room of the monthly report over real HTTP: page and table, a month that cannot be told, nobody's name."""

from __future__ import annotations

import csv
import io
from datetime import datetime

from core.values.clock import SCHOOL_TIME
from tests.core.console.conftest import Browser


async def test_a_month_is_shown_and_taken_along_without_a_name_and_others_are_refused_kindly(
    browser: Browser,
) -> None:
    gate = browser.gate
    await gate.send()
    gate.clock.instant = datetime(2026, 12, 2, 9, tzinfo=SCHOOL_TIME)
    await browser.sign_in()
    page = await browser.open("/console/reports")
    assert (browser.status, page.css_first("h1").text()) == (200, "Báo cáo tháng 11/2026")
    assert "từ 01/11/2026 đến hết 30/11/2026" in browser.text
    assert "7/11, 14/11, 21/11, 28/11" in browser.text, "Saturdays of which nobody said anything"
    assert "Minh An" not in browser.html
    assert "6A" not in browser.text, "a class of one pupil is not told by itself"
    await browser.open("/console/reports?month=2026-12")
    assert "Tháng chưa hết: số liệu đến hết hôm qua, 01/12/2026" in browser.text
    for month, said in (("2027-01", "Tháng đó chưa đến"), ("tháng 11", "Tháng chưa đúng")):
        for path in ("/console/reports", "/console/reports.csv"):
            page = await browser.open(f"{path}?month={month}")
            assert browser.status == 422
            assert page.css_first("[role=alert]").text().startswith(said)
    await browser.open("/console/reports.csv?month=2026-11")
    assert browser.headers["Content-Disposition"] == 'attachment; filename="bao-cao-2026-11.csv"'
    rows = list(csv.reader(io.StringIO(browser.html.lstrip("\ufeff"))))
    assert rows[0] == ["Báo cáo tháng", "11/2026", "Số liệu đến hết 30/11/2026"]
    assert ["Cổng và ki-ốt", "Lượt quét ở ki-ốt", "1"] in rows
    assert rows[-1][:2] == ["Toàn trường", "1"]
    assert not any("Minh An" in cell for row in rows for cell in row)
