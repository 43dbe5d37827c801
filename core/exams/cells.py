"""Reads single cells of a candidate list. Pure; what the roll's cells have in common is read as there."""

from __future__ import annotations

import re
from datetime import date, time
from enum import StrEnum

from core.students.roll import values
from core.students.roll.domain import Reason
from core.students.roll.readers import Cell

MAX_NUMBER = 20
YEARS = range(2000, 2200)
_NUMBER = re.compile(r"[0-9A-Z][0-9A-Z./-]*", re.ASCII)
_TIME = re.compile(r"(\d{1,2}) ?(?::|h|g|giờ) ?(\d{2})?(?::00)?", re.ASCII | re.IGNORECASE)
_LOST = "?"


class Fault(StrEnum):
    """What is wrong with a line beyond its cells; texts for people live in the console (lỗi)."""

    NOT_A_TIME = "not_a_time"
    NOT_A_NUMBER = "not_a_number"
    LOST_LETTERS = "lost_letters"
    TIMES_IN_WRONG_ORDER = "times_in_wrong_order"
    NUMBER_TWICE = "number_twice"
    NUMBER_TAKEN = "number_taken"
    PUPIL_TWICE = "pupil_twice"
    OVERLAPS = "overlaps"
    OVER = "over"
    NO_SUCH_PUPIL = "no_such_pupil"
    SEVERAL_PUPILS = "several_pupils"
    ANOTHER_PUPIL = "another_pupil"


class FaultError(Exception):
    """A cell cannot be read; only the fault is told."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


def read_text(cell: Cell, longest: int) -> str:
    """A text that must be there.

    Raises:
        CellError: when it is empty or too long.
    """
    text = values.text_of(cell)
    if not text:
        raise values.CellError(Reason.MISSING)
    if len(text) > longest:
        raise values.CellError(Reason.TOO_LONG)
    return text


def read_name(cell: Cell) -> str:
    """A full name.

    Raises:
        CellError, FaultError: when it is none, or lost letters when the file was saved.
    """
    if _LOST in values.text_of(cell):
        raise FaultError(Fault.LOST_LETTERS)
    return values.read_name(cell)


def is_number(cell: Cell) -> bool:
    """Whether a cell looks like a candidate number, so that its line is no signature ("HP003", not "KT")."""
    text = values.text_of(cell)
    return any(sign.isdigit() for sign in text) and bool(_NUMBER.fullmatch(text.upper()))


def read_number(cell: Cell) -> str:
    """A candidate number in capitals: digits, letters, dots, dashes.

    Raises:
        CellError, FaultError: when it is none.
    """
    number = read_text(cell, MAX_NUMBER).upper()
    if not _NUMBER.fullmatch(number):
        raise FaultError(Fault.NOT_A_NUMBER)
    return number


def read_day(cell: Cell) -> date:
    """The day of an exam: a date of Excel or its text.

    Raises:
        CellError: when it is none, or of no school year that could be meant.
    """
    day = any_day(cell)
    if day.year not in YEARS:
        raise values.CellError(Reason.NOT_A_DATE)
    return day


def any_day(cell: Cell) -> date:
    """A date of Excel or its text.

    Raises:
        CellError: when it is none.
    """
    return cell if isinstance(cell, date) else values.date_of(values.text_of(cell))


def read_time(cell: Cell) -> time:
    """A time of day.

    Raises:
        CellError, FaultError: when it is none.
    """
    text = values.text_of(cell)
    if not text:
        raise values.CellError(Reason.MISSING)
    try:
        return time_of(text)
    except ValueError:
        raise FaultError(Fault.NOT_A_TIME) from None


def time_of(text: str) -> time:
    """A time of day as schools write it.

    Raises:
        ValueError: when it is none.

    >>> [time_of(text).isoformat("minutes") for text in ("7h30", "07:30", "13 giờ")]
    ['07:30', '07:30', '13:00']
    """
    found = _TIME.fullmatch(" ".join(text.split()))
    if not found:
        raise ValueError("not a time")
    return time(int(found[1]), int(found[2] or 0))
