"""From the provider's claims to a person. Pure; the names of the claims are a setting.

Public documents name `SoDinhDanh`, `HoVaTen`, `NgayThangNamSinh` (facts: single-sign-on, certainty M to L), so
nothing here relies on them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core.contracts.citizen_id import CitizenId
from core.signon.domain import Person, SignOnPersonError

_NAME_MAX = 120
_DATES = (
    re.compile(r"(?P<y>\d{4})-?(?P<m>\d{2})-?(?P<d>\d{2})", re.ASCII),
    re.compile(r"(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4})", re.ASCII),
)


@dataclass(frozen=True, slots=True)
class ClaimNames:
    """What the provider calls things; `required` are claims that must have one of the given values."""

    citizen_id: str = "SoDinhDanh"
    full_name: str = "HoVaTen"
    born_on: str = "NgayThangNamSinh"
    required: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def complete(self, claims: Mapping[str, Any]) -> bool:
        """Whether nothing that is needed is missing."""
        return all(claims.get(name) for name in (self.citizen_id, self.full_name, *self.required))

    def person(self, claims: Mapping[str, Any]) -> Person:
        """The person.

        Raises:
            SignOnPersonError: `claim` names what is missing or not accepted, never what it said.

        >>> ClaimNames().person({"SoDinhDanh": "099201500001", "HoVaTen": "Lê An"}).citizen_id.masked
        '•••••••••001'
        """
        for name, accepted in self.required.items():
            if str(claims.get(name, "")) not in accepted:
                raise SignOnPersonError(claim=name)
        name = " ".join(str(claims.get(self.full_name) or "").split())
        if not 0 < len(name) <= _NAME_MAX:
            raise SignOnPersonError(claim=self.full_name)
        try:
            number = CitizenId.parse(str(claims.get(self.citizen_id) or ""))
        except ValueError:
            raise SignOnPersonError(claim=self.citizen_id) from None
        return Person(number, name, read_date(str(claims.get(self.born_on) or "")))


def read_date(text: str) -> date | None:
    """A date as providers write it; None when it is none: it only supports the number and the name.

    >>> read_date("20150609"), read_date("9/6/2015"), read_date("2015-06-09") == read_date("20150609")
    (datetime.date(2015, 6, 9), datetime.date(2015, 6, 9), True)
    """
    for form in _DATES:
        found = form.fullmatch(text.strip())
        if found:
            with suppress(ValueError):
                return date(int(found["y"]), int(found["m"]), int(found["d"]))
    return None
