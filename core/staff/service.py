"""Opens staff accounts, counts wrong passwords, keeps sessions. Comparing passwords is the caller's."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from core.audit.domain import AuditEntry
from core.audit.service import Audit
from core.db.transaction import PlatformTx, Tx
from core.staff import repository
from core.staff.domain import (
    SEEN_STEP,
    SESSION_IDLE,
    SESSION_LIFE,
    Account,
    NewStaff,
    Role,
    Staff,
    UsernameTakenError,
    lock_after,
    tidy_username,
)
from core.staff.tables import StaffRow
from core.values.clock import Clock
from core.values.ids import SchoolId, StaffId, new_id
from core.vault.keyring import Keyring

_NAME_LABEL = "staff.name"


@dataclass(frozen=True, slots=True)
class StaffAccounts:
    """The staff of every school (nhân viên)."""

    keyring: Keyring
    clock: Clock
    audit: Audit

    async def add(self, tx: Tx, new: NewStaff, password_hash: str, actor: str = "system") -> StaffId:
        """Open an account; `password_hash` is `hash_password(new.password)`, made outside the transaction.

        Raises:
            UsernameTakenError: when the username belongs to somebody.
        """
        staff_id = StaffId(new_id())
        name = " ".join(new.display_name.split())
        values = {
            "id": staff_id,
            "username": new.username,
            "sealed_name": self.keyring.for_school(tx.school_id).seal(name, _NAME_LABEL),
            "role": new.role.value,
            "password_hash": password_hash,
            "created_at": self.clock.now(),
        }
        if not await repository.insert_account(tx, values):
            raise UsernameTakenError
        details = {"role": new.role.value}
        await self.audit.record(tx, AuditEntry(actor, "staff.added", f"staff:{staff_id}", details))
        return staff_id

    async def find_account(self, tx: PlatformTx, username: str) -> Account | None:
        """The open account with this username, of whichever school."""
        row = await repository.find_by_username(tx, tidy_username(username))
        return self._account(row) if row else None

    async def failed(self, tx: Tx, staff_id: StaffId) -> None:
        """Count a wrong password; after the fifth in a row the account is locked for a while."""
        row = await repository.lock_account(tx, staff_id)
        if row is not None:
            failures = row.failures + 1
            until = lock_after(failures, self.clock.now())
            await repository.change_account(tx, staff_id, failures=failures, locked_until=until)
            if until is not None:
                entry = AuditEntry("system", "staff.locked", f"staff:{staff_id}", {"failures": failures})
                await self.audit.record(tx, entry)

    async def open_session(self, tx: Tx, staff: Staff) -> str:
        """Sign somebody in; returns the token for the cookie. Only its hash is kept."""
        now, token = self.clock.now(), secrets.token_urlsafe(32)
        await repository.forget_sessions(tx, now)
        await repository.change_account(tx, staff.id, failures=0, locked_until=None)
        values = {"id": new_id(), "staff_id": staff.id, "token_hash": token_hash(token)}
        times = {"created_at": now, "seen_at": now, "expires_at": now + SESSION_LIFE}
        await repository.insert_session(tx, values | times)
        await self.audit.record(tx, AuditEntry(staff.actor, "staff.signed_in", staff.actor))
        return token

    async def staff_of(self, tx: PlatformTx, token: str) -> Staff | None:
        """Who is signed in with this token; nobody after two idle hours or twelve in all."""
        now, hashed = self.clock.now(), token_hash(token)
        found = await repository.find_session(tx, hashed, now)
        if found is None or now - found[0].seen_at > SESSION_IDLE:
            return None
        if now - found[0].seen_at > SEEN_STEP:
            await repository.touch_session(tx, hashed, now)
        return self._account(found[1]).staff

    async def close_session(self, tx: PlatformTx, token: str) -> None:
        """Sign out."""
        await repository.delete_session(tx, token_hash(token))

    def _account(self, row: StaffRow) -> Account:
        school_id = SchoolId(row.school_id)
        name = self.keyring.for_school(school_id).open(row.sealed_name, _NAME_LABEL)
        staff = Staff(StaffId(row.id), school_id, row.username, name, Role(row.role))
        return Account(staff, row.password_hash, row.failures, row.locked_until)


def token_hash(token: str) -> bytes:
    """What is stored of a session token; it is random enough for a plain hash."""
    return hashlib.sha256(token.encode()).digest()
