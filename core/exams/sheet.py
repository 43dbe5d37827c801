"""Reads a candidate list (CSV or XLSX): who sits what, when, where, under which number. Pure.

It knows no pupil: whom a line means is found by `importer`. Excel in Vietnamese saves plain "CSV" as Windows-1258, so
text that is no Unicode is tried as that; what it lost on the way (a question mark within a name) is said as such.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TypeVar

from core.contracts.citizen_id import CitizenId
from core.exams.cells import (
    Fault,
    FaultError,
    any_day,
    is_number,
    read_day,
    read_name,
    read_number,
    read_text,
    read_time,
)
from core.exams.columns import Column, NoListHeaderError, find_header
from core.exams.domain import MAX_ROOM, MAX_TITLE, BadSessionError, SessionPlan
from core.students.roll import values
from core.students.roll.domain import Reason, RollEncodingError, RollTooLargeError
from core.students.roll.readers import Cell, Line, Sheets, read
from core.values.clock import SCHOOL_TIME

T = TypeVar("T")

MAX_BYTES = 512 * 1024
"""A list of three thousand candidates is a quarter of this."""
_LEAST_CELLS = 3


@dataclass(frozen=True, slots=True)
class Remark:
    """Why a line cannot be taken (ghi chú); it never repeats what a cell held."""

    line: int
    reason: Reason | Fault
    column: Column | None = None


@dataclass(frozen=True, slots=True)
class Who:
    """How a line names a pupil (cách gọi tên thí sinh)."""

    full_name: str = field(repr=False, default="")
    class_name: str = ""
    born_on: date | None = field(repr=False, default=None)
    citizen_id: CitizenId | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A good line: one candidate in one room (dòng thí sinh)."""

    line: int
    plan: SessionPlan
    number: str = field(repr=False)
    who: Who


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds for every line whose own cell says nothing (thông tin chung của kỳ thi)."""

    title: str = ""
    on: date | None = None
    starts: time | None = None
    ends: time | None = None

    @property
    def needed(self) -> tuple[Column, ...]:
        """The columns that the file must have, because nothing holds for all."""
        given = {
            Column.EXAM: bool(self.title),
            Column.DAY: self.on is not None,
            Column.STARTS: self.starts is not None,
            Column.ENDS: self.ends is not None,
        }
        return (*(column for column, is_given in given.items() if not is_given), Column.ROOM, Column.NUMBER)


@dataclass(frozen=True, slots=True)
class ExamSheet:
    """What a file says (danh sách thí sinh)."""

    entries: tuple[Entry, ...]
    remarks: tuple[Remark, ...]


def parse_exam_sheet(data: bytes, defaults: Defaults) -> ExamSheet:
    """Read a candidate list; a line that cannot be taken becomes a remark.

    Raises:
        RollFileError, NoListHeaderError: when the file as a whole cannot be read.
    """
    if len(data) > MAX_BYTES:
        raise RollTooLargeError(limit="bytes")
    closest: NoListHeaderError | None = None
    for sheets in _readings(data):
        for lines in sheets:
            try:
                header, columns = find_header(lines, defaults.needed)
            except NoListHeaderError as error:
                if closest is None or len(str(error.params["missing"])) < len(str(closest.params["missing"])):
                    closest = error
            else:
                return _Reader(defaults, columns).read(lines[header + 1 :])
    raise closest or NoListHeaderError(missing=",".join(defaults.needed))


def _readings(data: bytes) -> tuple[Sheets, ...]:
    try:
        return read(data)
    except RollEncodingError:
        try:
            text = data.decode("cp1258")
        except UnicodeDecodeError:
            raise RollEncodingError from None
        return read(unicodedata.normalize("NFC", text).encode())


class _RefusedError(Exception):
    """The line cannot be taken; the remarks are made."""


@dataclass(slots=True)
class _Reader:
    """The lines of one sheet."""

    defaults: Defaults
    columns: Mapping[Column, int]
    entries: list[Entry] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    line: Line | None = None

    def read(self, lines: Sequence[Line]) -> ExamSheet:
        """Every line; one of one or two cells without a number (a signature, a date) is no candidate."""
        for self.line in lines:
            if self._is_candidate(self.line):
                before = len(self.remarks)
                try:
                    self.entries.append(self._entry(self.line.place.line, before))
                except _RefusedError:
                    continue
        return ExamSheet(tuple(self.entries), tuple(self.remarks))

    def _is_candidate(self, line: Line) -> bool:
        filled = sum(bool(values.text_of(cell)) for cell in line.cells)
        return filled >= _LEAST_CELLS or is_number(self._cell(Column.NUMBER))

    def _entry(self, line: int, before: int) -> Entry:
        number = self._try(Column.NUMBER, read_number)
        who = self._who()
        plan = self._plan()
        if number is None or plan is None or len(self.remarks) > before:
            raise _RefusedError
        return Entry(line, plan, number, who)

    def _who(self) -> Who:
        citizen_id = (self._try(Column.CITIZEN_ID, values.read_guardian_number) or (None, None))[0]
        named = bool(values.text_of(self._cell(Column.FULL_NAME)))
        if not named and citizen_id is not None:
            return Who(citizen_id=citizen_id)
        return Who(
            self._try(Column.FULL_NAME, read_name) or "",
            self._try(Column.CLASS, values.read_class) or "",
            self._try(Column.BORN_ON, lambda cell: any_day(cell) if values.text_of(cell) else None),
            citizen_id,
        )

    def _plan(self) -> SessionPlan | None:
        title = self._title()
        on = self._or(Column.DAY, self.defaults.on, read_day)
        starts = self._or(Column.STARTS, self.defaults.starts, read_time)
        ends = self._or(Column.ENDS, self.defaults.ends, read_time)
        room = self._try(Column.ROOM, lambda cell: read_text(cell, MAX_ROOM))
        if not title or on is None or starts is None or ends is None or room is None:
            return None
        starts_at, ends_at = (datetime.combine(on, at, SCHOOL_TIME) for at in (starts, ends))
        try:
            return SessionPlan(title, room, starts_at, ends_at)
        except BadSessionError:
            self._remark(Column.ENDS, Fault.TIMES_IN_WRONG_ORDER)
            return None

    def _title(self) -> str:
        exam = self._or(Column.EXAM, self.defaults.title or None, lambda cell: read_text(cell, MAX_TITLE))
        subject = values.text_of(self._cell(Column.SUBJECT))
        title = f"{exam}: {subject}" if exam and subject else exam or ""
        if len(title) > MAX_TITLE:
            self._remark(Column.SUBJECT, Reason.TOO_LONG)
            return ""
        return title

    def _or(self, column: Column, default: T | None, reader: Callable[[Cell], T]) -> T | None:
        """The cell, or what holds for all when it is empty."""
        if default is not None and not values.text_of(self._cell(column)):
            return default
        return self._try(column, reader)

    def _try(self, column: Column, reader: Callable[[Cell], T]) -> T | None:
        try:
            return reader(self._cell(column))
        except values.CellError as error:
            self._remark(column, error.reason)
        except FaultError as error:
            self._remark(column, error.fault)
        return None

    def _cell(self, column: Column) -> Cell:
        place = self.columns.get(column)
        cells = self.line.cells if self.line else ()
        return cells[place] if place is not None and place < len(cells) else None

    def _remark(self, column: Column, reason: Reason | Fault) -> None:
        self.remarks.append(Remark(self.line.place.line if self.line else 0, reason, column))
