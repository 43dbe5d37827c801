"""Rolls as schools export them, made up for the tests."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date

from openpyxl import Workbook

TODAY = date(2026, 11, 21)
HEADER = (
    "STT",
    "Lớp",
    "Họ và tên",
    "Ngày sinh",
    "Giới tính",
    "Số định danh/CCCD",
    "Họ tên cha",
    "SĐT cha",
    "Họ tên mẹ",
    "SĐT mẹ",
)
AN = (1, "3A", "Trần Thị An", "01/05/2017", "Nữ", "099317000001")
AN += ("Trần Văn Ba", "0990000101", "Lê Thị Hoa", "0990000102")
BINH = (2, "3A", "Lê Văn Bình", "13/02/2017", "Nam", "099217000002", "Lê Văn Sáu", "0990000103", "", "")

Cells = Sequence[object]


def as_csv(*rows: Cells, header: Cells = HEADER, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    """The rows under the header."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([header, *rows])
    return text.getvalue().encode(encoding)


def as_xlsx(*rows: Cells, header: Cells = HEADER, title: str = "Danh sách") -> bytes:
    """The rows under a title, an empty line and the header, as exports look."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in (["TRƯỜNG HOA PHƯỢNG"], [], header, *rows):
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
