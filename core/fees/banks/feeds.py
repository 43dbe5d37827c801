"""Which feeds a school has: those whose secret is set, for all schools of an installation or for one.

`CONGTRUONG_BANK_FEEDS='{"sepay": "…", "casso:<school id>": "…"}'`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import SecretStr

from core.errors import NotFoundError
from core.fees.banks.casso import Casso
from core.fees.banks.feed import BankFeed
from core.fees.banks.sepay import SePay
from core.values.ids import SchoolId

_MAKERS: Mapping[str, type[SePay | Casso]] = {SePay.name: SePay, Casso.name: Casso}
SOURCES = tuple(f"bank.{name}" for name in _MAKERS)


class NoSuchFeedError(NotFoundError):
    """This school has no bank feed of this name."""

    code = "fees.no_such_feed"


@dataclass(frozen=True, slots=True)
class Feeds:
    """The feeds by school (các nguồn báo có)."""

    secrets: Mapping[str, SecretStr] = field(default_factory=dict, repr=False)

    def get(self, school_id: SchoolId, name: str) -> BankFeed:
        """One feed of a school.

        Raises:
            NoSuchFeedError: when it has none of this name.
        """
        secret = self.secrets.get(f"{name}:{school_id}") or self.secrets.get(name)
        if name not in _MAKERS or secret is None or not secret.get_secret_value():
            raise NoSuchFeedError
        return _MAKERS[name](secret.get_secret_value())

    def names(self, school_id: SchoolId) -> tuple[str, ...]:
        """The feeds that are set up for a school."""
        return tuple(
            name for name in _MAKERS if name in self.secrets or f"{name}:{school_id}" in self.secrets
        )
