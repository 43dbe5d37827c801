"""Reads days in what people type, and knows a question about the days of lessons. Pure; folded text, no calendar.

Only a sentence that asks nothing else is taken for such a question: what is left over goes to those who think about it.
"""

# ruff: noqa: E501 - a list of phrases is easier to mend when it is not broken into pieces
from __future__ import annotations

import re
from datetime import date, timedelta

from bot.folding import fold

ON, AGAIN, OFF = "on", "again", "off"
"""Are there lessons on a day; when do they go on; which days are off."""
_LONGEST = 90
_NEARBY = 60
"""So many days from now leave is asked for; a date further off was no date."""
_WEEKDAYS = {"hai": 0, "2": 0, "ba": 1, "3": 1, "tu": 2, "4": 2, "nam": 3, "5": 3, "sau": 4, "6": 4, "bay": 5, "7": 5,
             "monday": 0, "tuesday": 1, "wednesday": 2, "thursday": 3, "friday": 4, "saturday": 5, "sunday": 6}  # fmt: skip
_AHEAD = {"today": 0, "hom nay": 0, "nay": 0, "tomorrow": 1, "mai": 1, "mot": 2, "kia": 2}
_WEEKDAY = r"(?:thu (?:hai|ba|tu|nam|sau|bay|[2-7])|t[2-7]|chu nhat|(?:on )?(?:mon|tues|wednes|thurs|fri|satur|sun)day)(?: (?:tuan )?(?:nay|sau|toi))?"
_DATE = r"(?:ngay |mung |on )?[0-9]{1,2}(?:[-.]| thang | )[0-9]{1,2}(?:[-. ](?:nam )?20[0-9]{2})?"
_NEAR = r"(?:hom nay|(?:sang|trua|chieu|ngay|hom) (?:nay|mai|mot|kia)|mai|mot|today|tomorrow)"
_DAY = rf"(?:{_NEAR}|{_WEEKDAY}|{_DATE})"
_FIND = re.compile(
    rf"\b(?:(?P<near>hom nay|(?:sang|trua|chieu|ngay|hom) (?:nay|mai|mot|kia)|today|tomorrow)|(?P<weekday>{_WEEKDAY})"
    r"|(?<!lop )(?:ngay |mung )?(?P<day>[0-9]{1,2})(?:[-.]| thang | )(?P<month>[0-9]{1,2})(?:[-. ](?:nam )?(?P<year>20[0-9]{2}))?)\b"
)
_BARE = re.compile(
    r"^(?:da |em |xin phep |xin |thua co |thua thay |co oi |thay oi )*mai\b(?! (?:bi|sot|om|dau|ho|met|non) )|\bnghi(?: hoc| phep)? mai\b|\bhom nay va mai\b"
)
"""Without a word before it "mai" may be a name; here it is none: nobody knows today that they will be ill tomorrow."""
_CALLED_MAI = re.compile(r"\b((?:[Cc]on|[Bb]é|[Bb]e|[Cc]háu|[Cc]hau|[Ee]m|[Bb]ạn)(?: tên| ten)?) Mai\b")
_MAI = re.compile(r"\bMai\b(?! (?:con|cháu|bé|em|nó|chau|be|no)\b)")
_TO = re.compile(r"\btu\b.*\b(?:den|toi)\b")
_POLITE = r"(?:(?:da|vang|a|alo|oi|cho|em|e|chi|anh|minh|toi|hoi|xin|co|thay|ad|bot|nha|truong|thua|the|vay|voi|biet|khong biet|please|pls) )*"
_END = r"(?: (?:a|ah|vay|the|nhi|nhe|nha|co|thay|oi|em|ad|bot|ha|day|gi|khong biet|please))*$"
_WHO = r"(?:(?:cac |tui |ca )?(?:con|be|chau|em|hoc sinh|lop|truong|nha truong|truong minh|nha minh|tre) )*"
_WILL = r"(?:(?:co|phai|duoc|van|con|se|thi|la|moi|bi|bat dau) )*"
_LESSONS = r"(?:(?:di |den truong |vao )?hoc(?: bu)?|nghi(?: hoc| lam| le)?)(?: hay (?:la )?(?:nghi|hoc|di hoc|khong))?(?: binh thuong)?"
_ASKS = r"(?: (?:khong|hay khong|phai khong|a|ha|dung khong|co khong))+"
_WHEN = r"(?:(?:thi )?(?:khi nao|bao gio|hom nao|ngay nao|luc nao|thu may|ngay may|mung may|den bao gio|den khi nao|toi khi nao))"
_WHAT = r"(?P<what>(?: [a-z0-9]+){0,6})"
_ON = re.compile(
    rf"^{_POLITE}(?P<first>{_DAY}) {_WHO}{_WILL}{_LESSONS}(?:{_ASKS}|(?<=hay nghi)|(?<=hay hoc)|(?<=hay di hoc)){_END}"
    rf"|^{_POLITE}{_WHO}{_WILL}{_LESSONS} (?P<last>{_DAY}){_ASKS}{_END}"
    rf"|^is there (?:any )?(?:school|class(?:es)?|lessons?) {_DAY}$|^(?:is )?(?:the )?school (?:is )?(?:open|closed|off) {_DAY}$"
)
_AGAIN = re.compile(
    rf"^{_POLITE}{_WHO}{_WHEN} {_WHO}{_WILL}(?:di |vao |den truong )?hoc (?:tro )?lai{_END}"
    rf"|^{_POLITE}{_WHO}(?:di |vao )?hoc (?:tro )?lai {_WHEN}{_END}"
    r"|^when does school (?:start|begin|open|resume)(?: again)?$"
)
_OFF = re.compile(
    rf"^{_POLITE}(?:xem |gui |xin )?lich nghi{_WHAT}$"
    rf"|^{_POLITE}{_WHO}{_WHEN} {_WHO}{_WILL}nghi(?P<when>(?: (?!viec|luon|phep|om|thai)[a-z0-9]+){{1,4}})$"
    rf"|^{_POLITE}{_WHO}(?:nghi )?(?P<holiday>tet[a-z0-9 ]{{0,20}}?|noel|giang sinh|he|bao) {_WHO}{_WILL}(?:nghi )?(?:may (?:ngay|hom|tuan)|bao nhieu (?:ngay|hom)|tu (?:ngay|hom) nao|den (?:ngay|hom) nao|{_WHEN}){_END}"
)
_GENERIC = frozenset(
    [
        "le",
        "hoc",
        "cua",
        "truong",
        "minh",
        "nam",
        "nay",
        "cac",
        "con",
        "be",
        "chau",
        "em",
        "hoc",
        "sinh",
        "nguyen",
        "dan",
        "am",
        "lich",
        "duong",
        "a",
        "ah",
        "vay",
        "the",
        "nhe",
        "nha",
        "co",
        "thay",
        "oi",
        "ad",
        "bot",
        "ha",
        "gi",
        "khong",
        "la",
        "bao",
        "gio",
        "khi",
        "nao",
        "nghi",
        "sap",
        "toi",
        "thi",
        "cho",
        "xin",
        "voi",
        "duoc",
        "di",
    ]
)


def folded(text: str, *, own: bool = False) -> str:
    """The plain form of a message with a child called Mai as a child, so that she is not read as tomorrow.

    With `own` the writer has such a child, and a capital is enough.

    >>> folded("em Mai có đi học không ạ"), folded("em mai có đi học không ạ"), folded("Mai nghỉ học ạ", own=True)
    ('em be co di hoc khong a', 'em mai co di hoc khong a', 'be nghi hoc a')
    """
    if text.isupper():
        return fold(text)
    return fold(_MAI.sub("bé", text) if own else _CALLED_MAI.sub(r"\1 bé", text))


def asked(folded: str) -> str:
    """What is asked about days of lessons: `ON`, `AGAIN`, `OFF`, or nothing.

    Whether a child went to school today is another question: with a child in it, "today" is not taken.

    >>> asked("mai co hoc khong a"), asked("khi nao con di hoc lai"), asked("lich nghi tet"), asked("mai con sot")
    ('on', 'again', 'off', '')
    """
    if len(folded) > _LONGEST:
        return ""
    found = _ON.match(folded)
    if found:
        day = found.group("first") or found.group("last") or ""
        own = day.endswith("nay") and not day.startswith("t") and re.search(r"\b(?:con|be|chau)\b", folded)
        return "" if own else ON
    if _AGAIN.match(folded):
        return AGAIN
    return OFF if _OFF.match(folded) else ""


def holiday_of(folded: str) -> frozenset[str]:
    """The words that say which days off are meant; none for all of them.

    >>> sorted(holiday_of("lich nghi tet nguyen dan cua truong a")), sorted(holiday_of("lich nghi a"))
    (['tet'], [])
    """
    found = _OFF.match(folded)
    if not found:
        return frozenset()
    said = next((group for group in found.groupdict().values() if group), "")
    return frozenset(said.split()) - _GENERIC


def read_day(folded: str, today: date, *, is_bare: bool = False) -> date | None:
    """The one day that is spoken of; None for none, several, or none that exists.

    A weekday is the next one, today included; a date without a year the nearest one that is not long past.
    With `is_bare`, "mai" counts wherever it stands: the sentence is known to be about a day.

    >>> read_day("thu 7 tuan nay", date(2026, 11, 23)), read_day("ngay 20-11", date(2026, 11, 23))
    (datetime.date(2026, 11, 28), datetime.date(2026, 11, 20))
    """
    days = _days(folded, today, is_bare=is_bare)
    return days[0] if days and len(days) == 1 else None


def read_days(folded: str, today: date) -> tuple[date, date] | None:
    """The first and the last day of what is plainly one day, or "từ … đến …"; None when it is not certain.

    Nor is it certain on a Monday which Monday is meant, or what lies far away.

    >>> read_days("xin cho chau nghi tu thu 3 den thu 5", date(2026, 11, 23))
    (datetime.date(2026, 11, 24), datetime.date(2026, 11, 26))
    """
    days = _days(folded, today, is_bare=False)
    if (
        days is None
        or not 1 <= len(days) <= 2
        or not all(-_NEARBY <= (day - today).days <= _NEARBY for day in days)
    ):
        return None
    if today in days and (said := _FIND.search(folded)) and said.group("weekday"):
        return None
    if len(days) == 1:
        alone = not re.search(
            r"\b(?:tu|den het|may (?:ngay|hom)|[2-9] (?:ngay|hom|buoi)|(?:hai|ba|bon|nam) (?:ngay|hom))\b",
            _without(folded),
        )
        return (days[0], days[0]) if alone else None
    first, last = days
    in_row = last - first == timedelta(days=1)
    return (first, last) if first < last and (_TO.search(folded) or in_row) else None


def _without(folded: str) -> str:
    return _FIND.sub(" ", folded)


def _days(folded: str, today: date, *, is_bare: bool) -> list[date] | None:
    """Every day that is named, in the order of the text, each once; None when one of them does not exist."""
    found: list[tuple[int, date]] = []
    for one in _FIND.finditer(folded):
        day = _day(one, today)
        if day is None:
            return None
        found.append((one.start(), day))
    bare = re.search(r"\bmai\b", _without(folded)) if is_bare else _BARE.search(folded)
    if bare:
        found.append((bare.start(), today + timedelta(days=1)))
    return list(dict.fromkeys(day for _, day in sorted(found)))


def _day(found: re.Match[str], today: date) -> date | None:
    near, weekday = found.group("near"), found.group("weekday")
    if near:
        return today + timedelta(days=_AHEAD.get(near, _AHEAD.get(near.split()[-1], 0)))
    if weekday:
        return _weekday(weekday, today)
    year = int(found.group("year") or today.year)
    try:
        day = date(year, int(found.group("month")), int(found.group("day")))
        past = not found.group("year") and day < today - timedelta(days=60)
        return day.replace(year=year + 1) if past else day
    except ValueError:
        return None


def _weekday(said: str, today: date) -> date:
    words = said.removeprefix("on ").split()
    if words[0] == "chu":
        number = 6
    elif words[0] == "thu":
        number = _WEEKDAYS[words[1]]
    else:
        number = _WEEKDAYS[words[0].removeprefix("t") if len(words[0]) == 2 else words[0]]
    monday = today - timedelta(days=today.weekday())
    if said.endswith(("sau", "toi")) and not said.endswith("thu sau"):
        return monday + timedelta(days=7 + number)
    return today + timedelta(days=(number - today.weekday()) % 7)
