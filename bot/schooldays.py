"""Which days have no school: weekends as the school's office works, and public holidays on fixed days. Pure.

The product has no calendar of a school's own, so a day off of one school, and Tết, which follows the moon, are not
known here. A day on which a pupil has come to school is a school day whatever stands here: the caller looks.
"""

from __future__ import annotations

from datetime import date, timedelta

_SATURDAY = 5
_FIXED = frozenset({(1, 1), (4, 30), (5, 1), (9, 2)})
"""Labour Code 2019, article 112: New Year, Reunification, Labour Day, National Day."""


def is_day_off(on: date, days: int) -> bool:
    """Whether there is no school on a day; `days` is how many days of a week the school works, from Monday.

    >>> is_day_off(date(2026, 11, 22), 5), is_day_off(date(2026, 11, 23), 5), is_day_off(date(2026, 9, 2), 6)
    (True, False, True)
    """
    return on.weekday() >= max(days, _SATURDAY) or (on.month, on.day) in _FIXED


def next_school_day(after: date, days: int) -> date:
    """The first day with school after a day.

    >>> next_school_day(date(2027, 4, 30), 5).isoformat()
    '2027-05-03'
    """
    on = after + timedelta(days=1)
    return next_school_day(on, days) if is_day_off(on, days) else on
