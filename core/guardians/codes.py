"""One-time link codes, and how long a guesser has to wait. Pure, but for the random digits.

A code is eight characters without look-alikes (40 bits). Only its keyed fingerprint is stored.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from typing_extensions import override

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
VALID_FOR = timedelta(days=14)
FREE_ATTEMPTS = 5
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=24)

_LOOK_ALIKES = str.maketrans("OIL", "011")
_CODE = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")


@dataclass(frozen=True, slots=True)
class LinkCode:
    """A one-time code that ties a chat account to a guardian (mã liên kết). No repr shows it."""

    value: str = field(repr=False)

    def __post_init__(self) -> None:
        if not _CODE.fullmatch(self.value):
            raise ValueError("a link code is eight characters of its alphabet")

    @classmethod
    def fresh(cls) -> LinkCode:
        """A random code."""
        return cls("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))

    @classmethod
    def parse(cls, text: str) -> LinkCode:
        """Read a code as people type it: any case, spaces, dashes, O for 0, I and L for 1.

        Raises:
            ValueError: when it cannot be a code.

        >>> LinkCode.parse(" k7m4-o2pl").shown
        'K7M4-02P1'
        """
        return cls(re.sub(r"[\s.\-–]", "", text).upper().translate(_LOOK_ALIKES))

    @property
    def shown(self) -> str:
        """The code as it is printed for the guardian."""
        return f"{self.value[:4]}-{self.value[4:]}"

    @override
    def __str__(self) -> str:
        return "LinkCode(…)"


@dataclass(frozen=True, slots=True)
class Attempts:
    """The failed attempts of one chat account, number, address or kiosk (số lần thử)."""

    failures: int = 0
    blocked_until: datetime | None = None

    def is_blocked(self, now: datetime) -> bool:
        """Whether this account has to wait."""
        return self.blocked_until is not None and now < self.blocked_until

    def failed(self, now: datetime, free: int = FREE_ATTEMPTS, longest: timedelta = LONGEST_WAIT) -> Attempts:
        """After one more: the fifth (`free`th) costs a minute, each further one twice as long, `longest` at most.

        >>> Attempts(4).failed(datetime(2026, 1, 1)).blocked_until
        datetime.datetime(2026, 1, 1, 0, 1)
        """
        failures = self.failures + 1
        if failures < free:
            return Attempts(failures)
        doublings = min(failures - free, 20)
        return Attempts(failures, now + min(FIRST_WAIT * 2**doublings, longest))
