"""The second step of signing in, kept in the database: the app's secret, codes used, recovery codes left."""

from __future__ import annotations

from dataclasses import dataclass

from core.audit.domain import AuditEntry
from core.audit.service import Audit
from core.db.transaction import Tx
from core.staff import repository
from core.staff.domain import Staff, StaffNotFoundError, WrongCodeError
from core.staff.tables import StaffRow
from core.staff.two_step import fresh_recovery_codes, fresh_secret, recovery_hash, step_of
from core.values.clock import Clock
from core.values.ids import StaffId
from core.vault.keyring import Keyring

TOTP_LABEL = "staff.totp"


@dataclass(frozen=True, slots=True)
class SecondStep:
    """Six-digit codes of an app (xác minh hai bước)."""

    keyring: Keyring
    clock: Clock
    audit: Audit

    async def start(self, tx: Tx, staff: Staff) -> str:
        """A new secret to scan; nothing is asked for until a first code confirms it.

        Raises:
            WrongCodeError: when it is on already: turn it off first.
        """
        row = await self._row(tx, staff.id)
        if row.totp_since is not None:
            raise WrongCodeError
        secret = fresh_secret()
        sealed = self.keyring.for_school(tx.school_id).seal(secret, TOTP_LABEL)
        await repository.change_account(tx, staff.id, sealed_totp=sealed, totp_step=None)
        return secret

    async def confirm(self, tx: Tx, staff: Staff, code: str) -> tuple[str, ...]:
        """Turn it on with a first code; returns the recovery codes, shown once.

        Raises:
            WrongCodeError: when the code is not of the secret.
        """
        row = await self._row(tx, staff.id)
        step = self._step(tx, row, code)
        if step is None or row.totp_since is not None:
            raise WrongCodeError
        codes = fresh_recovery_codes()
        await repository.change_account(
            tx,
            staff.id,
            totp_since=self.clock.now(),
            totp_step=step,
            recovery=[recovery_hash(one) for one in codes],
        )
        await self._note(tx, staff.actor, "staff.two_step_on", staff.id)
        return codes

    async def use(self, tx: Tx, staff: Staff, code: str) -> bool:
        """Whether a code opens the door; a code of the app and a recovery code are good once each."""
        row = await self._row(tx, staff.id)
        if row.totp_since is None:
            return False
        step = self._step(tx, row, code)
        if step is not None:
            await repository.change_account(tx, staff.id, totp_step=step)
            return True
        used = recovery_hash(code)
        if used not in row.recovery:
            return False
        left = [one for one in row.recovery if one != used]
        await repository.change_account(tx, staff.id, recovery=left)
        await self._note(tx, staff.actor, "staff.recovery_code_used", staff.id, left=len(left))
        return True

    async def turn_off(self, tx: Tx, staff_id: StaffId, actor: str) -> None:
        """Forget the secret: the phone is lost, or a new one is to be enrolled; sessions end."""
        await self._row(tx, staff_id)
        await repository.change_account(
            tx, staff_id, sealed_totp=None, totp_since=None, totp_step=None, recovery=[]
        )
        await repository.delete_sessions(tx, staff_id)
        await self._note(tx, actor, "staff.two_step_off", staff_id)

    async def _row(self, tx: Tx, staff_id: StaffId) -> StaffRow:
        row = await repository.lock_account(tx, staff_id)
        if row is None:
            raise StaffNotFoundError
        return row

    def _step(self, tx: Tx, row: StaffRow, code: str) -> int | None:
        if row.sealed_totp is None:
            return None
        secret = self.keyring.for_school(tx.school_id).open(row.sealed_totp, TOTP_LABEL)
        return step_of(secret, code, self.clock.now(), row.totp_step)

    async def _note(self, tx: Tx, actor: str, action: str, staff_id: StaffId, **details: str | int) -> None:
        await self.audit.record(tx, AuditEntry(actor, action, f"staff:{staff_id}", details))
