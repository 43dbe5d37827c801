"""Turns a file into lines of cells: XLSX by its first bytes, anything else as CSV. Bounded everywhere.

It understands no column. An XLSX is a ZIP archive, so what it unpacks to is bounded before it is opened.
"""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, cast

from core.students.roll.domain import (
    OldExcelError,
    Place,
    RollEncodingError,
    RollFileError,
    RollTooLargeError,
)

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet
    from openpyxl.worksheet.worksheet import Worksheet

MAX_BYTES = 5 * 1024 * 1024
MAX_UNPACKED = 60 * 1024 * 1024
MAX_RATIO, FREE_OF_RATIO = 100, 4 * 1024 * 1024
"""How often its own size a file of more than a few MiB may unpack to: a full sheet does some 10 to 30 times."""
MAX_MEMBERS = 500
MAX_LINES = 6000
MAX_COLUMNS = 60

Cell = str | int | float | date | None

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a sheet."""

    place: Place
    cells: tuple[Cell, ...]


Sheets = tuple[tuple[Line, ...], ...]


def read(data: bytes) -> tuple[Sheets, ...]:
    """The possible readings of a file, each as its sheets of lines; CSV has one for each delimiter.

    Raises:
        RollFileError: or one of its kinds, when the file as a whole cannot be read.
    """
    if len(data) > MAX_BYTES:
        raise RollTooLargeError(limit="bytes")
    if data.startswith(_OLE):
        raise OldExcelError
    if data.startswith(_ZIP):
        return (_read_xlsx(data),)
    text = _decode(data)
    return tuple((_read_csv(text, delimiter),) for delimiter in _DELIMITERS)


def _decode(data: bytes) -> str:
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise RollEncodingError from None
    if "\0" in text:
        raise RollEncodingError
    return text


def _read_csv(text: str, delimiter: str) -> tuple[Line, ...]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    lines: list[Line] = []
    begins = 1
    try:
        for cells in reader:
            _add(lines, Line(Place("", begins), tuple(cells[:MAX_COLUMNS])), len(lines))
            begins = reader.line_num + 1
    except csv.Error:
        raise RollFileError(kind="csv") from None
    return tuple(lines)


def _read_xlsx(data: bytes) -> Sheets:
    try:
        _bound_unpacked(data)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions that mean nothing here
            return tuple(_sheets(data))
    except RollFileError:
        raise
    # openpyxl raises anything on a broken file, and its message may hold a cell: only the kind is kept.
    except Exception as error:  # noqa: BLE001 - see above
        raise RollFileError(kind=type(error).__name__) from None


def _bound_unpacked(data: bytes) -> None:
    """Refuse a ZIP bomb by what it declares; `zipfile` never unpacks a member beyond that."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    most = min(MAX_UNPACKED, max(FREE_OF_RATIO, MAX_RATIO * len(data)))
    if len(members) > MAX_MEMBERS or unpacked > most:
        raise RollTooLargeError(limit="unpacked")


def _sheets(data: bytes) -> Iterator[tuple[Line, ...]]:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    try:
        total = 0
        for sheet in book.worksheets:
            if sheet.sheet_state == "visible":
                lines = _sheet(sheet, total)
                total += len(lines)
                yield lines
    finally:
        book.close()


def _sheet(sheet: Worksheet, before: int) -> tuple[Line, ...]:
    cast("ReadOnlyWorksheet", sheet).reset_dimensions()  # what the file says of its size may be wrong
    lines: list[Line] = []
    for number, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True), 1):
        cells = tuple(_cell(value) for value in row)
        if number > 10 * MAX_LINES:
            raise RollTooLargeError(limit="lines")
        if any(cell not in {None, ""} for cell in cells):
            _add(lines, Line(Place(str(sheet.title), number), cells), before + len(lines))
    return tuple(lines)


def _add(lines: list[Line], line: Line, so_far: int) -> None:
    if so_far >= MAX_LINES:
        raise RollTooLargeError(limit="lines")
    lines.append(line)


def _cell(value: object) -> Cell:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return value if isinstance(value, str | int | float | date) else None
