"""A phone number, parsed once, shown masked.

Parsing is Google's libphonenumber; we add only the region and the mask.
"""

from __future__ import annotations

from dataclasses import dataclass

import phonenumbers
from typing_extensions import override


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone number in E.164 (số điện thoại)."""

    e164: str

    @classmethod
    def parse(cls, text: str) -> Phone:
        """Read a number as people type it; without a country code it is Vietnamese.

        Raises:
            ValueError: when it cannot be a phone number.

        >>> Phone.parse("091 234 56 78").e164
        '+84912345678'
        """
        try:
            number = phonenumbers.parse(text, "VN")
        except phonenumbers.NumberParseException as error:
            raise ValueError("not a phone number") from error
        if not phonenumbers.is_valid_number(number):
            raise ValueError("not a phone number in use")
        return cls(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))

    @property
    def national(self) -> str:
        """As people at home dial and read it.

        >>> Phone.parse("+84912345678").national
        '0912 345 678'
        """
        parsed = phonenumbers.parse(self.e164)
        home = phonenumbers.PhoneNumberFormat.NATIONAL
        abroad = phonenumbers.PhoneNumberFormat.INTERNATIONAL
        return phonenumbers.format_number(parsed, home if self.e164.startswith("+84") else abroad)

    @property
    def masked(self) -> str:
        """What may be shown: the last three digits.

        >>> Phone.parse("0912345678").masked
        '•••••••678'
        """
        return "•" * 7 + self.e164[-3:]

    @override
    def __repr__(self) -> str:
        return f"Phone({self.masked})"

    @override
    def __str__(self) -> str:
        return self.masked
