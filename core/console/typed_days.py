"""Days as people in Việt Nam type them: the day first, whatever language the browser speaks.

A browser's own date field follows the browser: in an English one 01/12 is the twelfth of January. Here they type,
and `day.js` says beside the field which weekday was meant.
"""

from __future__ import annotations

import re
from datetime import date

from core.errors import CoreError

PATTERN = r"\s*(0?[1-9]|[12][0-9]|3[01])\s*[\/.\-]\s*(0?[1-9]|1[0-2])\s*[\/.\-]\s*(20)?[0-9]{2}\s*"
"""What a field accepts; the same words stand in the page, so a browser says it before anything is sent."""
_DAY = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(?:20)?(\d{2})", re.ASCII)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class BadDayError(CoreError):
    """What was typed into a field for a day is none."""

    code = "console.bad_day"
    http_status = 422


def read_day(text: str) -> date:
    """The day; as machines write it, too, so that kept addresses still work.

    Raises:
        ValueError: when it is none.

    >>> read_day("1/12/2026"), read_day("01.12.26"), read_day("2026-12-01")
    (datetime.date(2026, 12, 1), datetime.date(2026, 12, 1), datetime.date(2026, 12, 1))
    """
    typed = text.strip()
    if _ISO.fullmatch(typed):
        return date.fromisoformat(typed)
    found = _DAY.fullmatch(typed)
    if found is None:
        raise ValueError("no day")
    day, month, year = (int(part) for part in found.groups())
    return date(2000 + year, month, day)


def read_day_or_none(text: str) -> date | None:
    """The day; None when the field was left empty.

    Raises:
        BadDayError: when it is none.
    """
    try:
        return read_day(text) if text.strip() else None
    except ValueError:
        raise BadDayError from None


def write_day(day: date | None) -> str:
    """As a field shows it; nothing for no day.

    >>> write_day(date(2026, 12, 1)), write_day(None)
    ('01/12/2026', '')
    """
    return day.strftime("%d/%m/%Y") if day else ""
