"""Which days have no school anywhere: Sundays and public holidays on fixed days. Pure.

The product has no calendar of a school's own: a Saturday, a day off of one school, and Tết, which follows the moon, are
not known here, so nothing is said of them, nor of when lessons go on. On a day on which a pupil has come to school
nothing is said either: the caller looks.
"""

from __future__ import annotations

from datetime import date

_SUNDAY = 6
_FIXED = frozenset({(1, 1), (4, 30), (5, 1), (9, 2)})
"""Labour Code 2019, article 112: New Year, Reunification, Labour Day, National Day."""


def is_day_off(on: date) -> bool:
    """Whether there is no school on a day.

    >>> is_day_off(date(2026, 11, 22)), is_day_off(date(2026, 11, 21)), is_day_off(date(2026, 9, 2))
    (True, False, True)
    """
    return on.weekday() == _SUNDAY or (on.month, on.day) in _FIXED
