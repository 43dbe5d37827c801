"""The QR text on a citizen card: seven fields since 2021, eleven since 2024.

2021 (thẻ CCCD gắn chip): number | old number | full name | ddmmyyyy | Nam or Nữ | residence |
ddmmyyyy of issue.
2024 (thẻ căn cước, Circular 16/2024/TT-BCA): four more: 7, father, mother, 10. Fields 7 and 10 were empty in
every published sample; one of them is a cancelled number and which is not known, so they are kept as they
are. A QR code proves nothing about who made it: whoever reads one treats it as a claim.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from core.contracts.citizen_id import CitizenId, Sex

MAX_TEXT = 2000
FIELDS_2021 = 7
FIELDS_2024 = 11

_SEX: dict[str, Sex] = {"nam": "male", "nữ": "female"}
_SEX_TEXT: dict[Sex, str] = {"male": "Nam", "female": "Nữ"}
_OLD_NUMBER = re.compile(r"[0-9]{9}(?:[0-9]{3})?")
_DATE = re.compile(r"[0-9]{8}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class CardProblem(StrEnum):
    """Why a text is not that of a citizen card."""

    TOO_LONG = "too_long"
    CONTROL_CHARACTER = "control_character"
    FIELD_COUNT = "field_count"
    NUMBER = "number"
    OLD_NUMBER = "old_number"
    NAME = "name"
    BORN_ON = "born_on"
    SEX = "sex"
    ISSUED_ON = "issued_on"


class CitizenCardError(ValueError):
    """The text is not that of a citizen card; it names the problem and repeats nothing of the text."""

    def __init__(self, problem: CardProblem) -> None:
        super().__init__(f"not a citizen card: {problem}")
        self.problem = problem


@dataclass(frozen=True, slots=True)
class CitizenCard:
    """What the QR code of a citizen card says (thẻ CCCD / thẻ căn cước). No repr shows it.

    `layout_2024` keeps which of the two forms it had; parents stand only on a child's card of 2024.
    """

    number: CitizenId
    full_name: str = field(repr=False)
    born_on: date = field(repr=False)
    sex: Sex = field(repr=False)
    residence: str = field(repr=False)
    issued_on: date = field(repr=False)
    old_number: str = field(default="", repr=False)
    father: str = field(default="", repr=False)
    mother: str = field(default="", repr=False)
    other: tuple[str, str] = field(default=("", ""), repr=False)
    layout_2024: bool = False

    def to_qr(self) -> str:
        """The text as the card carries it, for emulated cards.

        >>> number, born_on, issued_on = CitizenId("001315012345"), date(2015, 2, 3), date(2022, 5, 1)
        >>> CitizenCard(number, "Nguyễn Thị An", born_on, "female", "Hà Nội", issued_on).to_qr()
        '001315012345||Nguyễn Thị An|03022015|Nữ|Hà Nội|01052022'
        """
        parts = [
            self.number.value,
            self.old_number,
            self.full_name,
            f"{self.born_on:%d%m%Y}",
            _SEX_TEXT[self.sex],
            self.residence,
            f"{self.issued_on:%d%m%Y}",
        ]
        if self.layout_2024:
            parts += [self.other[0], self.father, self.mother, self.other[1]]
        return "|".join(parts)


def parse_qr(text: str) -> CitizenCard:
    """Read the text of a citizen card's QR code, in composed letters (NFC) with single spaces.

    Raises:
        CitizenCardError: with the problem, when it is anything else.

    >>> parse_qr("001315012345||NGUYỄN THỊ AN|03022015|Nữ|Hà Nội|01052022").born_on.isoformat()
    '2015-02-03'
    """
    if len(text) > MAX_TEXT:
        raise CitizenCardError(CardProblem.TOO_LONG)
    text = text.strip("\r\n \ufeff")
    if _CONTROL.search(text):
        raise CitizenCardError(CardProblem.CONTROL_CHARACTER)
    parts = [" ".join(unicodedata.normalize("NFC", part).split()) for part in text.split("|")]
    if len(parts) not in {FIELDS_2021, FIELDS_2024}:
        raise CitizenCardError(CardProblem.FIELD_COUNT)
    number, old_number, full_name, born, sex, residence, issued = parts[:FIELDS_2021]
    more = parts[FIELDS_2021:] or ["", "", "", ""]
    if old_number and not _OLD_NUMBER.fullmatch(old_number):
        raise CitizenCardError(CardProblem.OLD_NUMBER)
    if not any(sign.isalpha() for sign in full_name) or any(sign.isdigit() for sign in full_name):
        raise CitizenCardError(CardProblem.NAME)
    return CitizenCard(
        number=_number(number),
        full_name=full_name,
        born_on=_date(born, CardProblem.BORN_ON),
        sex=_sex(sex),
        residence=residence,
        issued_on=_date(issued, CardProblem.ISSUED_ON),
        old_number=old_number,
        father=more[1],
        mother=more[2],
        other=(more[0], more[3]),
        layout_2024=len(parts) == FIELDS_2024,
    )


def _number(text: str) -> CitizenId:
    try:
        return CitizenId(text)
    except ValueError:
        raise CitizenCardError(CardProblem.NUMBER) from None


def _sex(text: str) -> Sex:
    try:
        return _SEX[text.casefold()]
    except KeyError:
        raise CitizenCardError(CardProblem.SEX) from None


def _date(text: str, problem: CardProblem) -> date:
    if not _DATE.fullmatch(text):
        raise CitizenCardError(problem)
    try:
        return date(int(text[4:]), int(text[2:4]), int(text[:2]))
    except ValueError:
        raise CitizenCardError(problem) from None
