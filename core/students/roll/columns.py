"""Finds the header line and says what each column is about. Pure.

Headers are compared without marks, case, spaces and signs, so "Họ và tên", "HO VA TEN" and NFD are one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from core.students.names import plain_name
from core.students.roll.domain import Column, NoHeaderError, TwiceInHeaderError
from core.students.roll.readers import Line

HEADER_WITHIN = 30
REQUIRED = (Column.CLASS, Column.FULL_NAME, Column.BORN_ON)

_PHONE_WORDS = ("sdt", "dienthoai", "sodienthoai", "dt", "sodt", "dtdd", "didong")
_PARENTS = {
    "cha": (Column.FATHER_NAME, Column.FATHER_PHONE),
    "bo": (Column.FATHER_NAME, Column.FATHER_PHONE),
    "me": (Column.MOTHER_NAME, Column.MOTHER_PHONE),
    "nguoigiamho": (Column.GUARDIAN_NAME, Column.GUARDIAN_PHONE),
    "giamho": (Column.GUARDIAN_NAME, Column.GUARDIAN_PHONE),
    "ngh": (Column.GUARDIAN_NAME, Column.GUARDIAN_PHONE),
}
_NUMBERS = {
    Column.FATHER_NAME: Column.FATHER_NUMBER,
    Column.MOTHER_NAME: Column.MOTHER_NUMBER,
    Column.GUARDIAN_NAME: Column.GUARDIAN_NUMBER,
}
_NUMBER_WORDS = (
    *("cccd", "socccd", "sodinhdanh", "sodinhdanhcanhan", "madinhdanh"),
    *("cancuoc", "socancuoc", "socancuoccongdan"),
)
_NAME_WORDS = ("hoten", "hovaten", "ten", "")


def _spellings() -> Mapping[str, Column]:
    known = {
        Column.NUMBER: "stt sott tt sothutu no",
        Column.CLASS: "lop lophoc tenlop malop",
        Column.FULL_NAME: "hovaten hoten hotenhocsinh hovatenhocsinh tenhocsinh hotenhs hovatenhs hocsinh",
        Column.BORN_ON: "ngaysinh ngaythangnamsinh ngaythangsinh sinhngay ns namsinh ngaysinhddmmyyyy",
        Column.SEX: "gioitinh gt phai namnu",
        Column.FEMALE: "nu",
        Column.CITIZEN_ID: "sodinhdanh sodinhdanhcanhan madinhdanh madinhdanhcanhan dinhdanhcanhan cccd "
        "socccd sodinhdanhcccd sodinhdanhcanhancccd sodinhdanhcanhansocccd sodinhdanhcccdhs sodinhdanhcc "
        "madinhdanhcccd cccdsodinhdanh cccdmadinhdanh cccdcmnd socccdcmnd cancuoc socancuoc cancuoccongdan "
        "socancuoccongdan ddcn",
    }
    found = {spelling: column for column, words in known.items() for spelling in words.split()}
    for who, (name, phone) in _PARENTS.items():
        found |= {word + who: name for word in _NAME_WORDS}
        found |= {word + who: phone for word in _PHONE_WORDS}
        found |= {word + who: _NUMBERS[name] for word in _NUMBER_WORDS}
    return found


_SPELLINGS = _spellings()


def column_of(header: object) -> Column | None:
    """What a header means, or None.

    >>> [str(column_of(text)) for text in ("Số ĐDCN/CCCD", "Họ tên mẹ", "ĐT bố", "Ghi chú")]
    ['citizen_id', 'mother_name', 'father_phone', 'None']
    """
    if not isinstance(header, str):
        return None
    plain = re.sub("[^a-z]", "", plain_name(re.sub(r"\([^)]*\)|\*", " ", header)))
    return _SPELLINGS.get(plain) or _SPELLINGS.get(plain.replace("soddcn", "sodinhdanh"))


def find_header(lines: Sequence[Line]) -> tuple[int, Mapping[Column, int]]:
    """The place of the header among the lines, and which cell holds which column.

    Raises:
        NoHeaderError: when no line near the top is one; `missing` is of the line that came closest.
        TwiceInHeaderError: when two columns mean the same thing.
    """
    closest: list[str] = [*REQUIRED, Column.SEX]
    for place, line in enumerate(lines[:HEADER_WITHIN]):
        meant = [(column, cell) for cell, text in enumerate(line.cells) if (column := column_of(text))]
        columns = dict(reversed(meant))
        missing = [str(column) for column in REQUIRED if column not in columns]
        if not {Column.SEX, Column.FEMALE} & columns.keys():
            missing.append(Column.SEX)
        if not missing:
            _refuse_twice([column for column, _ in meant])
            return place, columns
        closest = min(closest, missing, key=len)
    raise NoHeaderError(missing=",".join(closest))


def _refuse_twice(columns: Sequence[Column]) -> None:
    twice = next((column for column in columns if columns.count(column) > 1), None)
    if twice:
        raise TwiceInHeaderError(column=twice)
