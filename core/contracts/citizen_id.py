"""The personal identification number (số định danh cá nhân), twelve digits.

Structure by Circular 59/2021/TT-BCA (expired 2024-07-01): province of birth registration, century and sex,
year, six random digits. Law 26/2023/QH15, article 12, still guarantees only the twelve digits, so anything
derived from them is a hint for staff and never a reason to refuse. There is no check digit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from typing_extensions import override

_DIGITS = re.compile(r"[0-9]{12}", re.ASCII)

Sex = Literal["male", "female"]


@dataclass(frozen=True, slots=True)
class CitizenId:
    """A citizen number that never shows itself (số định danh cá nhân)."""

    value: str

    def __post_init__(self) -> None:
        if not _DIGITS.fullmatch(self.value):
            # The offending text is not repeated: it may be a real number with a slip.
            raise ValueError("a citizen number is twelve digits")

    @classmethod
    def parse(cls, text: str) -> CitizenId:
        """Read a number as people type it, with spaces, dots or dashes.

        Raises:
            ValueError: when twelve digits do not remain.

        >>> CitizenId.parse("001 315 012 345").masked
        '•••••••••345'
        """
        return cls(re.sub(r"[\s.\-]", "", text, flags=re.ASCII))

    @property
    def masked(self) -> str:
        """What may be shown: the last three digits."""
        return "•" * 9 + self.value[-3:]

    @property
    def can(self) -> str:
        """The Card Access Number of the holder's card: the last six digits (facts: certain)."""
        return self.value[-6:]

    @property
    def birth_year(self) -> int:
        """The year of birth that the number encodes; a hint, see the module.

        >>> CitizenId("001315012345").birth_year
        2015
        """
        return 1900 + 100 * (int(self.value[3]) // 2) + int(self.value[4:6])

    @property
    def sex(self) -> Sex:
        """The sex that the number encodes; a hint, see the module."""
        return "female" if int(self.value[3]) % 2 else "male"

    @override
    def __repr__(self) -> str:
        return f"CitizenId({self.masked})"

    @override
    def __str__(self) -> str:
        return self.masked
