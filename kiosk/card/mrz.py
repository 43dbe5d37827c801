"""The machine readable zone of a card (TD1, ICAO 9303-5): three lines of thirty, with check digits.

It parses and builds; it does not decide what a person may do. Errors never repeat the text they complain of.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from typing_extensions import override

from kiosk.card.errors import MalformedDataError

LINE = 30
NO_EXPIRY = "991231"
_WEIGHTS = (7, 3, 1)
_VALUES = {character: value for value, character in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")} | {
    "<": 0
}
_CENTURY = 100


def check_digit(text: str) -> str:
    """The check digit over a field (ICAO 9303-3, 4.9).

    Raises:
        MalformedDataError: when a character does not occur in a machine readable zone.

    >>> check_digit("520727")
    '3'
    """
    try:
        return str(sum(_VALUES[c] * _WEIGHTS[i % 3] for i, c in enumerate(text)) % 10)
    except KeyError as error:
        raise MalformedDataError("mrz character") from error


@dataclass(frozen=True, slots=True, repr=False)
class Mrz:
    """The fields of a TD1 zone (vùng đọc máy), dates still as YYMMDD."""

    document_code: str
    issuer: str
    document_number: str
    optional_1: str
    born: str
    sex: str
    expires: str
    nationality: str
    optional_2: str
    surname: str
    given_names: str

    @property
    def full_name(self) -> str:
        """The name without marks, surname first, as Vietnamese write it."""
        return " ".join(part for part in (self.surname, self.given_names) if part)

    @property
    def no_expiry(self) -> bool:
        """Whether the card says "Không thời hạn"."""
        return self.expires == NO_EXPIRY

    @override
    def __repr__(self) -> str:
        return f"Mrz({self.issuer})"


def parse_td1(text: str) -> Mrz:
    """Read a TD1 zone and check all four ICAO check digits.

    Raises:
        MalformedDataError: when the length, a character or a check digit is wrong.

    >>> first, second = "IDVNM3150123452001315012345<<3", "1502039F2902038VNM<<<<<<<<<<<8"
    >>> parse_td1(first + second + "NGUYEN<<THI<AN".ljust(30, "<")).full_name
    'NGUYEN THI AN'
    """
    text = "".join(text.split())
    if len(text) != 3 * LINE or any(c not in _VALUES for c in text):
        raise MalformedDataError("mrz form")
    first, second, third = text[:LINE], text[LINE : 2 * LINE], text[2 * LINE :]
    _require(first[5:14], first[14], "document number")
    _require(second[0:6], second[6], "birth")
    _require(second[8:14], second[14], "expiry")
    _require(first[5:] + second[0:7] + second[8:15] + second[18:29], second[29], "composite")
    surname, _, given = third.rstrip("<").partition("<<")
    return Mrz(
        document_code=first[0:2].rstrip("<"),
        issuer=first[2:5].rstrip("<"),
        document_number=first[5:14].rstrip("<"),
        optional_1=first[15:30].rstrip("<"),
        born=second[0:6],
        sex=second[7],
        expires=second[8:14],
        nationality=second[15:18].rstrip("<"),
        optional_2=second[18:29].rstrip("<"),
        surname=surname.replace("<", " ").strip(),
        given_names=" ".join(given.replace("<", " ").split()),
    )


def _require(field: str, digit: str, name: str) -> None:
    if check_digit(field) != ("0" if digit == "<" else digit):
        raise MalformedDataError(f"mrz check digit: {name}")


def citizen_number(mrz: Mrz) -> str:
    """The twelve digits of a Vietnamese card, from the optional data of the first line.

    The field is the number, two fillers and a national check digit over those fourteen (facts: four of four
    published samples); the document number is the last nine digits of the same number.

    Raises:
        MalformedDataError: when the card is not Vietnamese or the two numbers contradict each other.
    """
    number = mrz.optional_1[:12]
    if mrz.issuer != "VNM" or len(number) != 12 or not number.isdigit() or number[3:] != mrz.document_number:
        raise MalformedDataError("citizen number")
    return number


def format_td1(number: str, born: str, sex: str, expires: str, name: str) -> str:
    """The ninety characters of a Vietnamese card.

    `number` is twelve digits, dates are YYMMDD, `sex` is M or F, `name` is SURNAME<<GIVEN<NAMES in Latin
    capitals.

    >>> format_td1("001315012345", "150203", "F", "290203", "NGUYEN<<THI<AN")[:30]
    'IDVNM3150123452001315012345<<3'
    """
    optional = f"{number}<<"
    first = f"IDVNM{number[3:]}{check_digit(number[3:])}{optional}{check_digit(optional)}"
    head = f"{born}{check_digit(born)}{sex}{expires}{check_digit(expires)}VNM"
    filler = "<" * 11
    composite = check_digit(first[5:] + head[0:7] + head[8:15] + filler)
    return first + head + filler + composite + name[:LINE].ljust(LINE, "<")


def parse_date(text: str, century: int) -> date | None:
    """A YYMMDD date in a century (1900, 2000); None where day or month are unknown or impossible.

    >>> parse_date("150203", 2000)
    datetime.date(2015, 2, 3)
    """
    if len(text) != 6 or not text.isdigit():
        return None
    try:
        return date(century + int(text[:2]), int(text[2:4]), int(text[4:]))
    except ValueError:
        return None


def birth_date(mrz: Mrz, birth_year: int) -> date | None:
    """The date of birth, its century taken from the year that the citizen number encodes when both agree.

    Where they do not, the card's own two digits win and the century stays that of the number.
    """
    return parse_date(mrz.born, birth_year - birth_year % _CENTURY)
