"""What staff typed about a passage, kept as typed until it is right, and read into a passage. Pure.

A form that is refused is shown again with every word that was in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.answers.passages.domain import (
    BadPassageError,
    Kind,
    NewPassage,
    Row,
    SchoolPassage,
)
from core.console.answer_texts import FORMS
from core.console.typed_days import read_day, write_day

MOST_ROWS, SPARE_ROWS = 40, 3


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields of the page, as typed (bản đang soạn)."""

    title: str = ""
    answer: str = ""
    questions: str = ""
    starts: str = ""
    ends: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


def typed_of(passage: SchoolPassage | None, kind: Kind = Kind.FREE) -> Typed:
    """What the page shows of a passage that exists; a form gets some empty lines more."""
    spare = (("",) * len(FORMS[kind].columns),) * SPARE_ROWS if kind is not Kind.FREE else ()
    if passage is None:
        return Typed(rows=spare)
    content = passage.content
    return Typed(
        title=content.title,
        answer=content.answer,
        questions="\n".join(content.questions),
        starts=write_day(content.effective_from),
        ends=write_day(content.effective_to),
        rows=tuple(row.cells for row in content.rows) + spare,
    )


def typed_in(form: Mapping[str, Any], kind: Kind = Kind.FREE) -> Typed:
    """What was posted."""

    def text(name: str) -> str:
        value = form.get(name, "")
        return value.replace("\r\n", "\n").strip() if isinstance(value, str) else ""

    width = len(FORMS[kind].columns) if kind is not Kind.FREE else 0
    rows = [tuple(text(f"r{row}c{column}") for column in range(width)) for row in range(MOST_ROWS)]
    while rows and not any(rows[-1]):
        rows.pop()
    return Typed(text("title"), text("answer"), text("questions"), text("starts"), text("ends"), tuple(rows))


def with_spare(typed: Typed, kind: Kind) -> Typed:
    """The same with empty lines at the end."""
    spare = (("",) * len(FORMS[kind].columns),) * SPARE_ROWS
    rows = (*typed.rows, *spare)[:MOST_ROWS]
    return Typed(typed.title, typed.answer, typed.questions, typed.starts, typed.ends, rows)


def passage_from(typed: Typed, kind: Kind = Kind.FREE) -> NewPassage:
    """The passage that was typed.

    Raises:
        BadPassageError: names the field that will not do.
    """
    rows = tuple(_row(cells, kind) for cells in typed.rows if any(cells))
    if kind is not Kind.FREE and not rows:
        raise BadPassageError(field="rows")
    return NewPassage(
        title=FORMS[kind].title if kind is not Kind.FREE else typed.title,
        answer=typed.answer,
        questions=tuple(line.strip() for line in typed.questions.splitlines() if line.strip()),
        effective_from=_day(typed.starts, "effective_from"),
        effective_to=_day(typed.ends, "effective_to"),
        kind=kind,
        rows=rows,
    )


def _row(cells: tuple[str, ...], kind: Kind) -> Row:
    if not cells[0]:
        raise BadPassageError(field="rows")
    if kind is Kind.FEES:
        digits = cells[1].replace(".", "").replace(",", "").replace(" ", "")
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 12):
            raise BadPassageError(field="amount")
        cells = (cells[0], digits, *cells[2:])
    return Row(cells)


def _day(text: str, field: str) -> date | None:
    try:
        return read_day(text) if text else None
    except ValueError:
        raise BadPassageError(field=field) from None
