"""Counts wrong tries to sign in, per username and per address, in the database: every process sees the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.db.transaction import PlatformTx
from core.staff import repository
from core.staff.domain import BY_ACCOUNT, BY_ADDRESS, Limit, SignInLockedError, tidy_username
from core.values.clock import Clock
from core.vault.keyring import PLATFORM, Keyring


@dataclass(frozen=True, slots=True)
class SignInAttempts:
    """The wrong tries of a while (lần đăng nhập sai)."""

    keyring: Keyring
    clock: Clock

    async def check(self, tx: PlatformTx, username: str, address: str) -> None:
        """Let a try pass, or not.

        Raises:
            SignInLockedError: while username or address has to wait.
        """
        now = self.clock.now()
        rows = await repository.list_attempts(tx, (self._account(username), self._address(address)))
        until = max((row.locked_until for row in rows if row.locked_until), default=now)
        if until > now:
            raise SignInLockedError(retry_after=max(1, round((until - now).total_seconds())))

    async def failed(self, tx: PlatformTx, username: str, address: str) -> datetime | None:
        """Count a wrong try; until when the username has to wait now, if it has."""
        counted = ((self._account(username), BY_ACCOUNT), (self._address(address), BY_ADDRESS))
        locks = {}
        for id_, limit in sorted(counted, key=lambda one: one[0]):
            locks[limit] = await self._count(tx, id_, limit)
        return locks[BY_ACCOUNT]

    async def succeeded(self, tx: PlatformTx, username: str) -> None:
        """Forget the wrong tries of a username; those of the address stay."""
        await repository.forget_attempts(tx, self._account(username))

    async def _count(self, tx: PlatformTx, id_: UUID, limit: Limit) -> datetime | None:
        now = self.clock.now()
        row = await repository.lock_attempts(tx, id_, now)
        failures = 1 if now - row.last_at > limit.forget_after else row.failures + 1
        until = limit.lock_after(failures, now)
        await repository.save_attempts(tx, id_, failures, until, now)
        return until

    def _account(self, username: str) -> UUID:
        return self._id("account", tidy_username(username))

    def _address(self, address: str) -> UUID:
        return self._id("address", address)

    def _id(self, kind: str, value: str) -> UUID:
        index = self.keyring.for_school(PLATFORM).blind_index(f"{kind}\x00{value}", "staff.attempts")
        return UUID(bytes=index[:16])
