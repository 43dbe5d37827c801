"""Finds the header of a candidate list and says what each column is about. Pure.

Headers are compared without marks, case, spaces and signs: "Số báo danh", "SO BAO DANH" and "SBD" are one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum

from core.errors import CoreError
from core.students.names import plain_name
from core.students.roll.readers import Line

HEADER_WITHIN = 30


class NoListHeaderError(CoreError):
    """No line near the top has the columns of a candidate list; `missing` names what is not there."""

    code = "exams.no_header"
    http_status = 422


class Column(StrEnum):
    """What a column of a candidate list is about (cột)."""

    EXAM = "exam"
    SUBJECT = "subject"
    DAY = "day"
    STARTS = "starts"
    ENDS = "ends"
    ROOM = "room"
    NUMBER = "number"
    FULL_NAME = "full_name"
    CLASS = "class"
    BORN_ON = "born_on"
    CITIZEN_ID = "citizen_id"


_SPELLINGS = {
    spelling: column
    for column, words in {
        Column.EXAM: "kythi tenkythi kithi kykiemtra baithi",
        Column.SUBJECT: "monthi mon tenmon monkiemtra",
        Column.DAY: "ngaythi ngay ngaykiemtra",
        Column.STARTS: "giothi giobatdau batdau gio giolambai tu",
        Column.ENDS: "gioketthuc ketthuc giohet den",
        Column.ROOM: "phongthi phong sophong tenphong phongkiemtra",
        Column.NUMBER: "sobaodanh sbd sobd mathisinh",
        Column.FULL_NAME: "hovaten hoten hotenthisinh hovatenthisinh tenthisinh thisinh hotenhocsinh "
        "hovatenhocsinh hocsinh",
        Column.CLASS: "lop tenlop lophoc malop",
        Column.BORN_ON: "ngaysinh ngaythangnamsinh sinhngay",
        Column.CITIZEN_ID: "sodinhdanh sodinhdanhcanhan madinhdanh madinhdanhcanhan cccd socccd socancuoc "
        "cancuoc sodinhdanhcccd mahocsinh",
    }.items()
    for spelling in words.split()
}


def column_of(header: object) -> Column | None:
    """What a header means, or None.

    >>> [str(column_of(text)) for text in ("SBD", "Phòng thi", "Họ và tên thí sinh", "Ghi chú")]
    ['number', 'room', 'full_name', 'None']
    """
    if not isinstance(header, str):
        return None
    return _SPELLINGS.get(re.sub("[^a-z]", "", plain_name(re.sub(r"\([^)]*\)|\*", " ", header))))


def find_header(lines: Sequence[Line], needed: Collection[Column]) -> tuple[int, Mapping[Column, int]]:
    """The place of the header among the lines, and which cell holds which column; the first of two wins.

    A pupil is named by class and full name, or by the citizen number; `needed` are the other columns.

    Raises:
        NoListHeaderError: when no line near the top is one; `missing` is of the line that came closest.
    """
    closest: list[str] | None = None
    for place, line in enumerate(lines[:HEADER_WITHIN]):
        meant = [(column, cell) for cell, text in enumerate(line.cells) if (column := column_of(text))]
        columns = dict(reversed(meant))
        missing = _missing(columns, needed)
        if not missing:
            return place, columns
        if closest is None or len(missing) < len(closest):
            closest = missing
    raise NoListHeaderError(missing=",".join(closest if closest is not None else _missing({}, needed)))


def _missing(columns: Mapping[Column, int], needed: Collection[Column]) -> list[str]:
    missing = [str(column) for column in Column if column in needed and column not in columns]
    if Column.CITIZEN_ID not in columns:
        missing += [str(one) for one in (Column.FULL_NAME, Column.CLASS) if one not in columns]
    return missing
