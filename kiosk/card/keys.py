"""What opens a chip: the number on the card's face, or three fields of its machine readable zone.

`access_keys` makes the ranked list for a person from what the QR code or a form gives. Nothing here speaks to
a card.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from typing_extensions import override

from core.contracts.citizen_id import CitizenId
from kiosk.card.expiry import expiry_candidates
from kiosk.card.mrz import NO_EXPIRY, check_digit

CAN_LENGTH = 6
MAX_MRZ_KEYS = 3
_DOCUMENT_NUMBER = 9
_DATE = 6


@dataclass(frozen=True, slots=True, repr=False)
class Can:
    """The card access number, six digits (số truy cập thẻ)."""

    value: str

    def __post_init__(self) -> None:
        if len(self.value) != CAN_LENGTH or not (self.value.isascii() and self.value.isdigit()):
            raise ValueError("a card access number is six digits")

    @property
    def secret(self) -> bytes:
        """The password as PACE takes it (ICAO 9303-11, table 4)."""
        return self.value.encode()

    @override
    def __repr__(self) -> str:
        return "Can(••••••)"


@dataclass(frozen=True, slots=True, repr=False)
class MrzKey:
    """Document number, birth and expiry (YYMMDD), the key printed in the zone (khoá MRZ)."""

    document_number: str
    born: str
    expires: str

    def __post_init__(self) -> None:
        if not self.document_number or len(self.born) != _DATE or len(self.expires) != _DATE:
            raise ValueError("an MRZ key is a document number and two dates of six characters")

    @classmethod
    def parse(cls, text: str) -> MrzKey:
        """Read the 24 characters of number, birth and expiry, each with its check digit.

        Raises:
            ValueError: when the length or a check digit is wrong.

        >>> MrzKey.parse("315012345215020392902038").born
        '150203'
        """
        parts = (text[:9], text[9:10]), (text[10:16], text[16:17]), (text[17:23], text[23:24])
        if len(text) != 24 or any(check_digit(field) != digit for field, digit in parts):
            raise ValueError("an MRZ key is 24 characters with three check digits")
        return cls(text[:9].rstrip("<"), text[10:16], text[17:23])

    @property
    def information(self) -> str:
        """The three fields with their check digits (ICAO 9303-11, 9.7.2)."""
        number = self.document_number.ljust(_DOCUMENT_NUMBER, "<")
        return "".join(field + check_digit(field) for field in (number, self.born, self.expires))

    @property
    def secret(self) -> bytes:
        """SHA-1 of the information: the PACE password, and the seed of BAC in its first sixteen bytes."""
        return hashlib.sha1(self.information.encode(), usedforsecurity=False).digest()

    @override
    def __repr__(self) -> str:
        return "MrzKey(•••)"


AccessKey: TypeAlias = "Can | MrzKey"


def mrz_key(citizen_id: CitizenId, born_on: date, expires_on: date | None) -> MrzKey:
    """The MRZ key of a Vietnamese card; `expires_on` None means without expiry."""
    expires = NO_EXPIRY if expires_on is None else expires_on.strftime("%y%m%d")
    return MrzKey(citizen_id.value[-_DOCUMENT_NUMBER:], born_on.strftime("%y%m%d"), expires)


def access_keys(
    citizen_id: CitizenId, *, born_on: date | None = None, issued_on: date | None = None
) -> tuple[AccessKey, ...]:
    """The keys to try, best first: the access number, then at most three MRZ keys by the law's expiry rule.

    >>> access_keys(CitizenId("001315012345"), born_on=date(2015, 2, 3), issued_on=date(2024, 8, 1))
    (Can(••••••), MrzKey(•••), MrzKey(•••), MrzKey(•••))
    """
    can = Can(citizen_id.can)
    if born_on is None or issued_on is None:
        return (can,)
    candidates = expiry_candidates(born_on, issued_on)[:MAX_MRZ_KEYS]
    return (can, *(mrz_key(citizen_id, born_on, expires_on) for expires_on in candidates))
