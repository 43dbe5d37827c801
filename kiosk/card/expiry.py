"""When a citizen card expires, by the law in force on the day it was issued.

Law on citizen identification 2014, art. 21: at 25, 40 and 60. Law 26/2023, art. 21 (from 2024-07-01): at 14,
25, 40 and 60. A card issued within the two years before a milestone runs to the next one; past 60 it has no
expiry. The age of today never enters: it gives a wrong key for every card issued near a milestone. What the
law leaves open (the very day two years before; births on 29 February) yields two candidates instead of a
guess.
"""

from __future__ import annotations

from datetime import date, timedelta

_LAW_2023 = date(2024, 7, 1)
_MILESTONES_2014 = (25, 40, 60)
_MILESTONES_2023 = (14, 25, 40, 60)
_GRACE_YEARS = 2
_LEAP_MONTH, _LEAP_DAY = 2, 29


def birthday(born_on: date, age: int) -> date:
    """The day somebody turns an age; 28 February for those born on the 29th in years without it."""
    try:
        return born_on.replace(year=born_on.year + age)
    except ValueError:
        return date(born_on.year + age, _LEAP_MONTH, _LEAP_DAY - 1)


def expiry_of(born_on: date, issued_on: date) -> date | None:
    """The expiry by the law; None for a card without expiry.

    >>> expiry_of(date(2005, 9, 14), date(2021, 6, 1))
    datetime.date(2030, 9, 14)
    >>> expiry_of(date(1965, 6, 17), date(2024, 1, 5)) is None
    True
    """
    milestones = _MILESTONES_2023 if issued_on >= _LAW_2023 else _MILESTONES_2014
    for age in milestones:
        if issued_on < birthday(born_on, age - _GRACE_YEARS):
            return birthday(born_on, age)
    return None


def lawful_expiries(born_on: date, issued_on: date) -> tuple[date | None, ...]:
    """What the law's text allows, its plain reading first: the day of the two-year line, and the leap day."""
    likely = expiry_of(born_on, issued_on)
    found: list[date | None] = [likely]
    if likely is not None and (born_on.month, born_on.day) == (_LEAP_MONTH, _LEAP_DAY):
        found.append(likely + timedelta(days=1))
    found += [expiry_of(born_on, issued_on + timedelta(days=step)) for step in (1, -1)]
    return tuple(dict.fromkeys(found))


def expiry_candidates(born_on: date, issued_on: date) -> tuple[date | None, ...]:
    """Possible expiries, the most likely first, each once.

    After the law's answers come the later milestones, and no expiry at all.
    """
    later = (birthday(born_on, age) for age in _MILESTONES_2023)
    after = [day for day in later if day > issued_on]
    return tuple(dict.fromkeys((*lawful_expiries(born_on, issued_on), *after, None)))
