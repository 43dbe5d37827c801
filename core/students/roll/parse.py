"""Reads a whole roll: the good lines, and a remark for everything else. Pure.

A line without a usable class, name, date of birth, sex or citizen number is refused. What is wrong with a
guardian is left out, and the pupil still comes in: a child at the gate must not wait for a parent's phone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

from core.contracts.citizen_id import Sex
from core.students.domain import NewStudent
from core.students.names import fold_name
from core.students.roll import values
from core.students.roll.columns import find_header
from core.students.roll.domain import (
    Column,
    NoHeaderError,
    Reason,
    Remark,
    Roll,
    RollGuardian,
    RollLine,
    Severity,
)
from core.students.roll.readers import Cell, Line, Sheets, read

T = TypeVar("T")

_GUARDIANS = (
    (Column.FATHER_NAME, Column.FATHER_PHONE, Column.FATHER_NUMBER),
    (Column.MOTHER_NAME, Column.MOTHER_PHONE, Column.MOTHER_NUMBER),
    (Column.GUARDIAN_NAME, Column.GUARDIAN_PHONE, Column.GUARDIAN_NUMBER),
)
_SEVERITY = {
    Reason.LEADING_ZEROS_LOST: Severity.REPAIRED,
    Reason.FIRST_OF_SEVERAL_PHONES: Severity.REPAIRED,
    Reason.CONTRADICTS_CITIZEN_ID: Severity.NOTICE,
}
_LEAST_CELLS = 2


def parse_roll(data: bytes, today: date) -> Roll:
    """Read the roll that a school exported; `today` bounds dates of birth.

    Raises:
        RollFileError: or one of its kinds, when the file as a whole cannot be read.
    """
    parser = _Parser(today)
    for lines, (header, columns) in _sheets_with_header(read(data)):
        for line in lines[header + 1 :]:
            _LineParser(parser, line, columns).parse()
    return Roll(tuple(parser.lines), tuple(parser.remarks))


def _sheets_with_header(
    readings: Sequence[Sheets],
) -> Sequence[tuple[Sequence[Line], tuple[int, Mapping[Column, int]]]]:
    """The sheets that have a header, of the first reading that has one; other sheets are notes."""
    closest: NoHeaderError | None = None
    for sheets in readings:
        found = []
        for lines in sheets:
            try:
                found.append((lines, find_header(lines)))
            except NoHeaderError as error:
                missing = str(error.params["missing"])
                if closest is None or len(missing) < len(str(closest.params["missing"])):
                    closest = error
        if found:
            return found
    raise closest or NoHeaderError(missing="")


@dataclass(slots=True)
class _Parser:
    """What the lines have in common: the results, and who was seen before."""

    today: date
    lines: list[RollLine] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    seen: set[object] = field(default_factory=set)


class _RefusedError(Exception):
    """The line is refused; the remark is made."""


@dataclass(slots=True)
class _LineParser:
    """One line."""

    roll: _Parser
    line: Line
    columns: Mapping[Column, int]
    remarks: list[Remark] = field(default_factory=list)

    def parse(self) -> None:
        """Add the line, or say why not."""
        filled = [c for c in self.columns if c is not Column.NUMBER and values.text_of(self._cell(c))]
        if len(filled) < _LEAST_CELLS:
            if any(values.text_of(cell) for cell in self.line.cells):
                self._remark(None, Reason.NOT_A_PUPIL, Severity.NOTICE)
        else:
            try:
                student = self._student()
            except _RefusedError:
                self.remarks = [one for one in self.remarks if one.severity is Severity.REFUSED]
            else:
                self.roll.lines.append(RollLine(self.line.place, student, self._guardians()))
        self.roll.remarks += self.remarks

    def _student(self) -> NewStudent:
        class_name = self._try(Column.CLASS, values.read_class)
        name = self._try(Column.FULL_NAME, values.read_name)
        born_on = self._try(Column.BORN_ON, lambda cell: values.read_date(cell, self.roll.today))
        sex = self._sex()
        number, done = None, None
        if born_on:
            number, done = self._try(
                Column.CITIZEN_ID, lambda cell: values.read_citizen_id(cell, born_on)
            ) or (None, None)
        if class_name is None or name is None or born_on is None or sex is None or self.remarks:
            raise _RefusedError
        if done:
            self._remark(Column.CITIZEN_ID, done, _SEVERITY[done])
        student = NewStudent(class_name, name, born_on, sex, number)
        self._refuse_twice(student)
        return student

    def _sex(self) -> Sex | None:
        if Column.SEX in self.columns:
            return self._try(Column.SEX, values.read_sex)
        return "female" if values.text_of(self._cell(Column.FEMALE)) else "male"

    def _refuse_twice(self, student: NewStudent) -> None:
        person = (student.class_name, fold_name(student.full_name), student.born_on)
        for key, column, reason in (
            (student.citizen_id, Column.CITIZEN_ID, Reason.CITIZEN_ID_TWICE),
            # Two numbers are two namesakes; without a number the second line is the same pupil again.
            (
                person if student.citizen_id is None else ("bare", *person),
                Column.FULL_NAME,
                Reason.PUPIL_TWICE,
            ),
        ):
            if key is not None and key in self.roll.seen:
                self._remark(column, reason, Severity.REFUSED)
                raise _RefusedError
        self.roll.seen |= {student.citizen_id or ("bare", *person), person}

    def _guardians(self) -> tuple[RollGuardian, ...]:
        found = []
        for name_column, phone_column, number_column in _GUARDIANS:
            guardian = self._guardian(name_column, phone_column)
            if guardian:
                number, done = self._try(number_column, values.read_guardian_number, Severity.LEFT_OUT) or (
                    None,
                    None,
                )
                if done:
                    self._remark(number_column, done, _SEVERITY[done])
                found.append(replace(guardian, citizen_id=number))
        return tuple(found)

    def _guardian(self, name_column: Column, phone_column: Column) -> RollGuardian | None:
        left_out = Severity.LEFT_OUT
        phone, done = self._try(phone_column, values.read_phone, left_out) or (None, None)
        if not values.text_of(self._cell(name_column)):
            if phone:
                self._remark(phone_column, Reason.PHONE_WITHOUT_NAME, left_out)
            return None
        name = self._try(name_column, values.read_name, left_out)
        if done:
            self._remark(phone_column, done, _SEVERITY[done])
        return RollGuardian(name_column, name, phone) if name else None

    def _try(
        self, column: Column, reader: Callable[[Cell], T], severity: Severity = Severity.REFUSED
    ) -> T | None:
        try:
            return reader(self._cell(column))
        except values.CellError as error:
            self._remark(column, error.reason, severity)
            return None

    def _cell(self, column: Column) -> Cell:
        place = self.columns.get(column)
        return self.line.cells[place] if place is not None and place < len(self.line.cells) else None

    def _remark(self, column: Column | None, reason: Reason, severity: Severity) -> None:
        from openpyxl.utils import get_column_letter

        place = self.columns.get(column) if column else None
        letter = "" if place is None else get_column_letter(place + 1)
        self.remarks.append(Remark(self.line.place, severity, reason, column, letter))
