"""Fictional holders for emulated cards. None of them exists; their numbers keep the rules of real ones."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date

from core.contracts.citizen_id import CitizenId
from kiosk.card.keys import MrzKey, mrz_key
from kiosk.card.mrz import NO_EXPIRY, format_td1


@dataclass(frozen=True, slots=True)
class FictionalPerson:
    """Somebody who does not exist (nhân vật hư cấu); `expires_on` None means without expiry."""

    number: str
    full_name: str
    born_on: date
    issued_on: date
    expires_on: date | None
    father: str | None = None
    mother: str | None = None
    residence: str = "Thôn Mẫu, xã Hư Cấu, tỉnh Ví Dụ"

    @property
    def citizen_id(self) -> CitizenId:
        """The citizen number."""
        return CitizenId(self.number)

    @property
    def female(self) -> bool:
        """By the digit that the number has for it."""
        return self.citizen_id.sex == "female"

    @property
    def mrz(self) -> str:
        """The ninety characters of the machine readable zone."""
        expires = NO_EXPIRY if self.expires_on is None else self.expires_on.strftime("%y%m%d")
        born = self.born_on.strftime("%y%m%d")
        return format_td1(self.number, born, "F" if self.female else "M", expires, latin(self.full_name))

    @property
    def mrz_key(self) -> MrzKey:
        """The key printed in the zone."""
        return mrz_key(self.citizen_id, self.born_on, self.expires_on)

    @property
    def printed(self) -> str:
        """The text of the printed code, in the eleven fields of 2024."""
        sex = "Nữ" if self.female else "Nam"
        born, issued = (day.strftime("%d%m%Y") for day in (self.born_on, self.issued_on))
        parents = f"{self.father or ''}|{self.mother or ''}"
        return f"{self.number}||{self.full_name}|{born}|{sex}|{self.residence}|{issued}||{parents}|"


def latin(full_name: str) -> str:
    """A Vietnamese name as the zone writes it.

    >>> latin("Nguyễn Thị Ân")
    'NGUYEN<<THI<AN'
    """
    bare = unicodedata.normalize("NFD", full_name.upper().replace("Đ", "D"))
    letters = "".join(c for c in bare if "A" <= c <= "Z" or c == " ")
    surname, _, given = letters.partition(" ")
    return f"{surname}<<{given.replace(' ', '<')}"


PUPIL = FictionalPerson(
    number="001315012345",
    full_name="Nguyễn Thị Ân",
    born_on=date(2015, 2, 3),
    issued_on=date(2024, 8, 1),
    expires_on=date(2029, 2, 3),
    father="Nguyễn Văn Giả",
    mother="Trần Thị Tưởng",
)
STUDENT = FictionalPerson(
    number="079205067891",
    full_name="Trần Quốc Bảo Khánh",
    born_on=date(2005, 9, 14),
    issued_on=date(2021, 6, 1),
    expires_on=date(2030, 9, 14),
)
ELDER = FictionalPerson(
    number="001065012345",
    full_name="Lê Văn Mẫu",
    born_on=date(1965, 6, 17),
    issued_on=date(2024, 1, 5),
    expires_on=None,
)
