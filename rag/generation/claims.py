"""The checkable claims of a text: dates, document numbers, amounts with their units, addresses to click or write to.

Numbers are compared by value ("1,5 triệu đồng" is "1.500.000đ", "mười lăm ngày" is "15 ngày") and with their unit
("10 tháng" is not "10 ngày"). What a sentence means beyond that (a "not" left out) is not judged here.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from rag.generation.number_words import UNITS, digits_for_words, unit_of

Day = tuple[int | None, int | None, int | None]  # day, month, year; None where the text names none

_MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september",
           "october", "november", "december"]  # fmt: skip
_MONTH = "|".join(f"{name}|{name[:3]}" for name in _MONTHS)
_DOCUMENT = re.compile(
    r"\b(\d{1,5}(?:/\d{4})?/[a-zđ][a-z0-9đâăêôơư]*(?:[-–][a-z0-9đâăêôơư]+)*)", re.IGNORECASE
)
_DATES = (
    re.compile(r"\b(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})\b"),
    re.compile(r"\b(?P<d>\d{1,2})([/.-])(?P<m>\d{1,2})\2(?P<y>\d{4})\b"),
    re.compile(r"\b(?P<d>\d{1,2})\s+tháng\s+(?P<m>\d{1,2})(?:(?:\s+năm\s+|\s*/\s*)(?P<y>\d{4}))?\b"),
    re.compile(rf"\b(?P<m>{_MONTH})\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(?P<y>\d{{4}}))?\b"),
    re.compile(rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<m>{_MONTH})\.?(?:,?\s+(?P<y>\d{{4}}))?\b"),
    re.compile(rf"\b(?P<m>{_MONTH})\.?\s+(?P<y>\d{{4}})\b"),
    re.compile(r"\btháng\s+(?P<m>\d{1,2})(?:\s*/\s*|\s+năm\s+)(?P<y>\d{4})\b"),
    re.compile(r"\b(?P<m>\d{1,5})/(?P<y>\d{4})\b"),
    re.compile(r"\b(?P<d>\d{1,2})/(?P<m>\d{1,2})\b(?!/)"),
    re.compile(r"\btháng\s+(?P<m>\d{1,2})\b"),
)
_CLOCK = re.compile(r"\b(\d{1,2})(?::|h|g)(\d{2})\b")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\b[\w-]+(?:\.[\w-]+)*\.(?:vn|com|net|org|edu|gov|info|io|me|top|xyz)\b[^\s]*")  # fmt: skip  # noqa: E501 - one pattern
_LIST_MARK = re.compile(r"^\s*\d{1,2}[.)]\s+|\[\d\]", re.MULTILINE)
_SCALES = {"nghìn": 1_000, "ngàn": 1_000, "k": 1_000, "thousand": 1_000, "triệu": 10**6, "tr": 10**6,
           "million": 10**6, "tỷ": 10**9, "tỉ": 10**9, "billion": 10**9}  # fmt: skip
_NUMBER = re.compile(
    r"(?P<n>\d{1,3}(?:[.,]\d{3})+(?!\d)|\d+(?:[.,]\d+)?)"
    rf"(?:\s*(?P<scale>{'|'.join(_SCALES)})\b)?(?:\s*(?P<unit>{UNITS}))?"
)
_RANGE = re.compile(r"\s*(?:đến|tới|-|–|—|hoặc|và|to|or|and)\s*")


@dataclass(frozen=True, slots=True)
class Claims:
    """What a text asserts that can be looked up word for word: điều cần đối chiếu."""

    dates: frozenset[Day] = frozenset()
    documents: frozenset[str] = frozenset()
    amounts: frozenset[tuple[Decimal, str]] = frozenset()
    addresses: frozenset[str] = frozenset()

    def numbers(self) -> frozenset[Decimal]:
        """Give every number these claims hold, whatever its unit, parts of dates and document numbers too."""
        found = {number for number, _ in self.amounts}
        found.update(Decimal(part) for day in self.dates for part in day if part is not None)
        found.update(Decimal(part) for name in self.documents for part in re.findall(r"\d+", name))
        return frozenset(found)


def claims_in(text: str) -> Claims:
    """Read the claims of a text.

    >>> sorted(claims_in("Nộp 1,5 triệu đồng trong mười lăm ngày").amounts)
    [(Decimal('15'), 'ngày'), (Decimal('1500000.0'), 'đồng')]
    """
    rest = _LIST_MARK.sub(" ", unicodedata.normalize("NFKC", text).lower())
    rest, addresses = _cut(rest, _ADDRESS)
    rest, documents = _cut(rest, _DOCUMENT)
    dates: list[Day] = []
    for pattern in _DATES:
        dates.extend(_day(found) for found in pattern.finditer(rest))
        rest = pattern.sub(" ", rest)
    rest = _CLOCK.sub(r"\1 giờ \2 phút", rest)
    return Claims(
        dates=frozenset(dates),
        documents=frozenset(_document(name) for name in documents),
        amounts=frozenset(_amounts(digits_for_words(rest))),
        addresses=frozenset(address.rstrip(".,;:!?)]}”\"'") for address in addresses),
    )


def unsupported(said: Claims, grounds: Claims) -> tuple[str, ...]:
    """Give what is claimed without standing in the grounds, as short words for a log; empty when all is well."""
    numbers = grounds.numbers()
    missing = [f"date {day}" for day in said.dates if not _holds(day, grounds)]
    missing += [f"document {name}" for name in said.documents - grounds.documents]
    missing += [f"address {name}" for name in said.addresses - grounds.addresses]
    for number, unit in said.amounts:
        if not ((number, unit) in grounds.amounts if unit else number in numbers):
            missing.append(f"number {number} {unit}".rstrip())
    return tuple(sorted(missing))


def _cut(text: str, pattern: re.Pattern[str]) -> tuple[str, list[str]]:
    return pattern.sub(" ", text), [found.group() for found in pattern.finditer(text)]


def _day(found: re.Match[str]) -> Day:
    named = found.groupdict()
    month = named.get("m")
    if month is not None and not month.isdigit():
        month = str(next(n for n, name in enumerate(_MONTHS, 1) if name.startswith(month[:3])))
    day, year = named.get("d"), named.get("y")
    return (int(day) if day else None, int(month) if month else None, int(year) if year else None)


def _document(name: str) -> str:
    return name.replace("–", "-").lstrip("0")


def _holds(said: Day, grounds: Claims) -> bool:
    """Tell whether a ground names this date, as exactly or more so; "142/2026" may also begin a document number."""
    if any(all(a is None or a == b for a, b in zip(said, known, strict=True)) for known in grounds.dates):
        return True
    day, number, year = said
    return day is None and any(name.startswith(f"{number}/{year}/") for name in grounds.documents)


def _amounts(text: str) -> Iterator[tuple[Decimal, str]]:
    found = list(_NUMBER.finditer(text))
    units = [unit_of(one["unit"] or "") for one in found]
    for place in range(len(found) - 2, -1, -1):
        between = text[found[place].end() : found[place + 1].start()]
        if not units[place] and _RANGE.fullmatch(between):
            units[place] = units[place + 1]
    for one, unit in zip(found, units, strict=True):
        yield _value(one["n"]) * _SCALES.get(one["scale"] or "", 1), unit


def _value(digits: str) -> Decimal:
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", digits):
        return Decimal(re.sub(r"[.,]", "", digits))
    return Decimal(digits.replace(",", "."))
