"""Reads single cells. Pure. What Excel did to a number is put right only where one answer fits."""

from __future__ import annotations

import re
from datetime import date, timedelta

from core.contracts.citizen_id import CitizenId, Sex
from core.students.names import plain_name, tidy_name, title_name
from core.students.roll.domain import Reason
from core.students.roll.readers import Cell
from core.values.phone import Phone

MAX_CLASS = 40
_EXCEL_EPOCH = date(1899, 12, 30)
_SERIALS = range(10_000, 80_000)
_SERIAL_LENGTH = 5
_OLDEST = 1930
_DATES = (
    (re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})"), (3, 2, 1)),
    (re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?"), (1, 2, 3)),
)
_SEXES: dict[str, Sex] = {"nam": "male", "nu": "female", "m": "male", "f": "female"}
_NUMBER_LENGTH, _OLD_LENGTH = 12, 9
_SHORT_LENGTHS = (10, 11)
_PHONE_WITHOUT_ZERO = re.compile("[35789][0-9]{8}")


class CellError(Exception):
    """A cell cannot be read; only the reason is told."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


def text_of(cell: Cell) -> str:
    """A cell as text: what Excel keeps as a number is written without a fraction of zero.

    >>> text_of(79315012345.0), text_of("  a  b ")
    ('79315012345', 'a b')
    """
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    # Excel users force text with a leading apostrophe; exports keep it.
    return " ".join(str(cell).split()).removeprefix("'") if cell is not None else ""


def read_class(cell: Cell) -> str:
    """A class name in capitals: "3a" and "3 A" are one class."""
    text = text_of(cell).upper()
    name = re.sub(r"(?<=\d) (?=\w)", "", text.removeprefix("LỚP ").strip())
    if not name:
        raise CellError(Reason.MISSING)
    if len(name) > MAX_CLASS:
        raise CellError(Reason.TOO_LONG)
    return name


def read_name(cell: Cell) -> str:
    """A full name of at least one word; all capitals become the usual case."""
    text = text_of(cell)
    if not text:
        raise CellError(Reason.MISSING)
    try:
        return title_name(tidy_name(text))
    except ValueError:
        raise CellError(Reason.NOT_A_NAME) from None


def read_date(cell: Cell, today: date) -> date:
    """A date of birth: a date of Excel, its serial number, or dd/mm/yyyy and its kin."""
    found = cell if isinstance(cell, date) else date_of(text_of(cell))
    if found.year < _OLDEST or found >= today:
        raise CellError(Reason.IMPLAUSIBLE_DATE)
    return found


def date_of(text: str) -> date:
    """A date as text: dd/mm/yyyy, yyyy-mm-dd, or the serial number of Excel.

    Raises:
        CellError: when it is none.

    >>> date_of("5/9/2026").isoformat()
    '2026-09-05'
    """
    if not text:
        raise CellError(Reason.MISSING)
    if text.isascii() and text.isdigit() and len(text) == _SERIAL_LENGTH and int(text) in _SERIALS:
        return _EXCEL_EPOCH + timedelta(days=int(text))
    for pattern, (year, month, day) in _DATES:
        found = pattern.fullmatch(text)
        if found:
            try:
                return date(int(found[year]), int(found[month]), int(found[day]))
            except ValueError:
                break
    raise CellError(Reason.NOT_A_DATE)


def read_sex(cell: Cell) -> Sex:
    """`Nam` or `Nữ`, in any spelling."""
    text = text_of(cell)
    if not text:
        raise CellError(Reason.MISSING)
    try:
        return _SEXES[plain_name(text)]
    except KeyError:
        raise CellError(Reason.NOT_A_SEX) from None


def read_citizen_id(cell: Cell, born_on: date) -> tuple[CitizenId | None, Reason | None]:
    """A citizen number and what was done to it; an empty cell is no number.

    Every number begins with a zero, which Excel drops from numbers. Ten or eleven digits are filled up when
    the year of birth in the result is the pupil's.
    """
    text = re.sub(r"[\s.\-]", "", text_of(cell))
    if not text:
        return None, None
    if re.fullmatch(r"\d+([.,]\d+)?[eE]\+?\d+", text_of(cell)):
        raise CellError(Reason.ROUNDED_NUMBER)
    if not (text.isascii() and text.isdigit()):
        raise CellError(Reason.NOT_A_CITIZEN_ID)
    if len(text) == _OLD_LENGTH:
        raise CellError(Reason.OLD_NUMBER)
    if len(text) != _NUMBER_LENGTH and len(text) not in _SHORT_LENGTHS:
        raise CellError(Reason.NOT_A_CITIZEN_ID)
    number = CitizenId(text.zfill(_NUMBER_LENGTH))
    fits = number.birth_year == born_on.year
    if len(text) == _NUMBER_LENGTH:
        return number, None if fits else Reason.CONTRADICTS_CITIZEN_ID
    if not fits:
        raise CellError(Reason.NOT_A_CITIZEN_ID)
    return number, Reason.LEADING_ZEROS_LOST


def read_guardian_number(cell: Cell) -> tuple[CitizenId | None, Reason | None]:
    """A guardian's citizen number; the zero that Excel drops is put back, for every number begins with one."""
    text = re.sub(r"[\s.\-]", "", text_of(cell))
    if not text:
        return None, None
    if not (text.isascii() and text.isdigit()):
        raise CellError(Reason.NOT_A_CITIZEN_ID)
    if len(text) == _OLD_LENGTH:
        raise CellError(Reason.OLD_NUMBER)
    if len(text) not in {_NUMBER_LENGTH, _NUMBER_LENGTH - 1}:
        raise CellError(Reason.NOT_A_CITIZEN_ID)
    full = len(text) == _NUMBER_LENGTH
    return CitizenId(text.zfill(_NUMBER_LENGTH)), None if full else Reason.LEADING_ZEROS_LOST


def read_phone(cell: Cell) -> tuple[Phone | None, Reason | None]:
    """A phone and what was done to it; of several the first, and the zero that Excel drops is put back."""
    text = text_of(cell)
    if not text:
        return None, None
    first, *others = [part for part in re.split(r"[/;,]| - |hoặc", text) if part.strip()] or [""]
    digits = re.sub(r"[\s.\-]", "", first)
    repaired = bool(_PHONE_WITHOUT_ZERO.fullmatch(digits))
    try:
        phone = Phone.parse("0" + digits if repaired else digits)
    except ValueError:
        raise CellError(Reason.NOT_A_PHONE) from None
    if repaired:
        return phone, Reason.LEADING_ZEROS_LOST
    return phone, Reason.FIRST_OF_SEVERAL_PHONES if others else None
