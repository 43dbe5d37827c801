"""The text in the QR code of a card: seven fields on cards of 2021, eleven on cards of 2024 (facts, B).

    num|oldCMND|Họ tên|ddmmyyyy|Nam/Nữ|địa chỉ|ddmmyyyy
    num|oldCMND|Họ tên|ddmmyyyy|Nam/Nữ|địa chỉ|ddmmyyyy||father|mother|

It says what the plastic says and proves nothing. Oddities between number, year, sex and province are
warnings: the law guarantees no more than twelve digits.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from typing_extensions import override

from core.contracts.citizen_id import CitizenId
from kiosk.card.errors import MalformedDataError
from kiosk.card.expiry import lawful_expiries
from kiosk.card.keys import AccessKey, access_keys
from kiosk.card.provinces import PROVINCES
from kiosk.card.values import CardHolder

_FIELDS_2021, _FIELDS_2024 = 7, 11
_MAX_TEXT = 1000
_FATHER, _MOTHER = 8, 9


class Oddity(StrEnum):
    """Something that does not fit the number, or the chip; for staff, never a refusal."""

    BIRTH_YEAR = "birth_year"
    SEX = "sex"
    PROVINCE = "province"
    ISSUED_BEFORE_BIRTH = "issued_before_birth"
    EXPIRY = "expiry"
    OTHER_PERSON = "other_person"


@dataclass(frozen=True, slots=True, repr=False)
class PrintedCard:
    """What the code of a card says (thông tin trên mã QR)."""

    citizen_id: CitizenId
    old_number: str | None
    full_name: str
    born_on: date | None
    sex: str
    residence: str
    issued_on: date | None
    father: str | None = None
    mother: str | None = None

    @property
    def keys(self) -> tuple[AccessKey, ...]:
        """The keys that may open the chip of this card."""
        return access_keys(self.citizen_id, born_on=self.born_on, issued_on=self.issued_on)

    def oddities(self) -> tuple[Oddity, ...]:
        """What does not fit within the text."""
        found = oddities_of(self.citizen_id, self.born_on, female=self.sex == "Nữ")
        if self.born_on and self.issued_on and self.issued_on < self.born_on:
            found.append(Oddity.ISSUED_BEFORE_BIRTH)
        return tuple(found)

    @override
    def __repr__(self) -> str:
        return f"PrintedCard({self.citizen_id.masked})"


def oddities_of(number: CitizenId, born_on: date | None, *, female: bool) -> list[Oddity]:
    """What does not fit between a number and the birth, sex and province that its digits stand for."""
    found = []
    if born_on is not None and born_on.year != number.birth_year:
        found.append(Oddity.BIRTH_YEAR)
    if female != (number.sex == "female"):
        found.append(Oddity.SEX)
    if number.value[:3] not in PROVINCES:
        found.append(Oddity.PROVINCE)
    return found


def compare(holder: CardHolder, printed: PrintedCard | None) -> tuple[Oddity, ...]:
    """What does not fit in a chip's holder, and between the holder and the plastic where its code was seen."""
    found = oddities_of(holder.citizen_id, holder.born_on, female=holder.sex == "F")
    if printed is not None:
        found += printed.oddities()
        if printed.citizen_id != holder.citizen_id or printed.born_on not in {None, holder.born_on}:
            found.append(Oddity.OTHER_PERSON)
        if not _lawful(holder, printed.issued_on):
            found.append(Oddity.EXPIRY)
    return tuple(dict.fromkeys(found))


def _lawful(holder: CardHolder, issued_on: date | None) -> bool:
    """Whether the expiry is one that the law gives; what is not known breaks no rule."""
    if holder.born_on is None or issued_on is None:
        return True
    return holder.expires_on in lawful_expiries(holder.born_on, issued_on)


def parse_printed(text: str) -> PrintedCard:
    """Read the text of a card's code.

    Raises:
        MalformedDataError: when it is another code; the text is not repeated.

    >>> parse_printed("001315012345||Nguyễn Thị Ân|03022015|Nữ|Thôn Mẫu|01082024").born_on
    datetime.date(2015, 2, 3)
    """
    parts = [part.strip() for part in unicodedata.normalize("NFC", text[: _MAX_TEXT + 1]).split("|")]
    if len(text) > _MAX_TEXT or len(parts) not in {_FIELDS_2021, _FIELDS_2024}:
        raise MalformedDataError("printed code")
    try:
        citizen_id = CitizenId(parts[0])
    except ValueError as error:
        raise MalformedDataError("printed number") from error
    if not parts[2]:
        raise MalformedDataError("printed name")
    newer = len(parts) == _FIELDS_2024
    return PrintedCard(
        citizen_id=citizen_id,
        old_number=parts[1] or None,
        full_name=" ".join(parts[2].split()),
        born_on=_day(parts[3]),
        sex=parts[4].capitalize(),
        residence=parts[5],
        issued_on=_day(parts[6]),
        father=(parts[_FATHER] or None) if newer else None,
        mother=(parts[_MOTHER] or None) if newer else None,
    )


def _day(text: str) -> date | None:
    """A date as ddmmyyyy; None where a part is unknown or impossible."""
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        return None
    try:
        return date(int(text[4:]), int(text[2:4]), int(text[:2]))
    except ValueError:
        return None
