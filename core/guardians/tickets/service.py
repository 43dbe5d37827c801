"""Hands out tickets to chat accounts and takes them back, each once. Only fingerprints are kept."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from core.contracts.guardian_report import CODE_LENGTH
from core.db.transaction import Tx
from core.guardians.tickets import repository
from core.values.clock import Clock
from core.values.ids import ChatAccountId
from core.vault.keyring import Keyring

LABEL = "guardian.ticket"
MOST_AN_HOUR = 8
MOST_LOOKS = 400
"""Camera frames that one ticket may have decoded: some minutes of a shaky hand."""
_HOUR = timedelta(hours=1)


class Purpose(StrEnum):
    """What a ticket opens (mục đích)."""

    PAGE = "page"
    KIOSK = "kiosk"


VALID_FOR = {Purpose.PAGE: timedelta(minutes=15), Purpose.KIOSK: timedelta(minutes=10)}


@dataclass(frozen=True, slots=True)
class Tickets:
    """One-time tickets (vé dùng một lần)."""

    keyring: Keyring
    clock: Clock

    async def issue(self, tx: Tx, account_id: ChatAccountId, purpose: Purpose) -> str | None:
        """A fresh ticket for this account, or None when it took too many within the hour."""
        now = self.clock.now()
        if await repository.count_since(tx, account_id, now - _HOUR) >= MOST_AN_HOUR:
            return None
        ends = now + VALID_FOR[purpose]
        for _ in range(20):
            ticket = secrets.token_urlsafe(32) if purpose is Purpose.PAGE else _digits()
            index = self._index(tx, ticket, purpose)
            if await repository.lock(tx, purpose, index, now) is None:  # six digits may be somebody's already
                await repository.add(tx, account_id, purpose, index, (now, ends))
                return ticket
        return None

    async def look(self, tx: Tx, ticket: str, purpose: Purpose) -> bool:
        """Whether a ticket is good for one more picture; counts it."""
        found = await repository.lock(tx, purpose, self._index(tx, ticket, purpose), self.clock.now())
        if found is None or found.looks >= MOST_LOOKS:
            return False
        await repository.change(tx, found.id, looks=found.looks + 1)
        return True

    async def use(self, tx: Tx, ticket: str, purpose: Purpose) -> ChatAccountId | None:
        """Take a ticket back for good: whose it was, or None for an unknown, used or expired one."""
        now = self.clock.now()
        found = await repository.lock(tx, purpose, self._index(tx, ticket, purpose), now)
        if found is None:
            return None
        await repository.change(tx, found.id, used_at=now)
        return found.account_id

    async def forget(self, tx: Tx) -> int:
        """Drop tickets that ended an hour ago and more; says how many."""
        return await repository.forget(tx, self.clock.now() - _HOUR)

    def _index(self, tx: Tx, ticket: str, purpose: Purpose) -> bytes:
        return self.keyring.for_school(tx.school_id).blind_index(f"{purpose}:{ticket[:100]}", LABEL)


def _digits() -> str:
    return f"{secrets.randbelow(10**CODE_LENGTH):0{CODE_LENGTH}}"
