"""Opens, changes and closes staff accounts. Comparing passwords is the caller's; who is signed in is `sessions`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from core.audit.domain import AuditEntry
from core.audit.service import Audit
from core.contracts.citizen_id import CitizenId
from core.db.transaction import PlatformTx, Tx
from core.staff import repository
from core.staff.domain import (
    Account,
    LastHeadError,
    NewStaff,
    Role,
    Staff,
    StaffNotFoundError,
    UsernameTakenError,
    tidy_username,
)
from core.staff.tables import StaffRow
from core.values.clock import Clock
from core.values.ids import ClassId, SchoolId, StaffId, new_id
from core.vault.keyring import PLATFORM, Keyring

NAME_LABEL = "staff.name"
CITIZEN_LABEL = "staff.citizen_id"


@dataclass(frozen=True, slots=True)
class StaffAccounts:
    """The staff of every school (nhân viên)."""

    keyring: Keyring
    clock: Clock
    audit: Audit

    async def add(self, tx: Tx, new: NewStaff, password_hash: str, actor: str = "system") -> StaffId:
        """Open an account; `password_hash` is `hash_password(new.password)`, made outside the transaction.

        Raises:
            UsernameTakenError: when the username or the citizen number belongs to somebody.
        """
        staff_id = StaffId(new_id())
        name = " ".join(new.display_name.split())
        values = {
            "id": staff_id,
            "username": new.username,
            "sealed_name": self.keyring.for_school(tx.school_id).seal(name, NAME_LABEL),
            "role": new.role.value,
            "class_id": new.class_id,
            "password_hash": password_hash,
            "must_change": new.must_change,
            "created_at": self.clock.now(),
            **self._citizen(tx, new.citizen_id),
        }
        if not await repository.insert_account(tx, values):
            raise UsernameTakenError
        await self._note(tx, actor, "staff.added", staff_id, role=new.role.value)
        return staff_id

    async def find_account(self, tx: PlatformTx, username: str) -> Account | None:
        """The open account with this username, of whichever school."""
        row = await repository.find_by_username(tx, tidy_username(username))
        return self.account_of(row) if row else None

    async def find_by_citizen_id(self, tx: PlatformTx, citizen_id: CitizenId) -> Account | None:
        """The open account of the person with this proven citizen number, of whichever school."""
        row = await repository.find_by_citizen(tx, self._citizen_index(citizen_id))
        return self.account_of(row) if row else None

    async def get(self, tx: Tx, staff_id: StaffId) -> Account:
        """One account, locked until the transaction ends.

        Raises:
            StaffNotFoundError: when the school has no such account.
        """
        row = await repository.lock_account(tx, staff_id)
        if row is None:
            raise StaffNotFoundError
        return self.account_of(row)

    async def list_accounts(self, tx: Tx) -> tuple[Account, ...]:
        """Every account of the school, closed ones last."""
        return tuple(self.account_of(row) for row in await repository.list_accounts(tx))

    async def homeroom_teachers(
        self, tx: Tx, class_ids: Collection[ClassId]
    ) -> dict[ClassId, tuple[str, ...]]:
        """What the homeroom teachers of these classes are called; a class without one is not in it."""
        names: dict[ClassId, tuple[str, ...]] = {}
        for row in await repository.list_of_classes(tx, Role.HOMEROOM.value, class_ids):
            teacher = self.account_of(row).staff
            if teacher.class_id is not None:
                names[teacher.class_id] = (*names.get(teacher.class_id, ()), teacher.display_name)
        return names

    async def change_role(
        self, tx: Tx, staff_id: StaffId, role: Role, class_id: ClassId | None, actor: str
    ) -> None:
        """Give a member of staff another role or class.

        Raises:
            StaffNotFoundError, LastHeadError: why not.
        """
        before = await self.get(tx, staff_id)
        if role is not Role.HEAD:
            await self._keep_a_head(tx, before)
        await repository.change_account(tx, staff_id, role=role.value, class_id=class_id)
        await self._note(tx, actor, "staff.role_changed", staff_id, role=role.value)

    async def set_citizen_id(
        self, tx: Tx, staff_id: StaffId, citizen_id: CitizenId | None, actor: str
    ) -> None:
        """Tie an account to a citizen number, so that VNeID opens it.

        Raises:
            StaffNotFoundError, UsernameTakenError: the number belongs to another account.
        """
        await self.get(tx, staff_id)
        if not await repository.change_account(tx, staff_id, **self._citizen(tx, citizen_id)):
            raise UsernameTakenError
        await self._note(tx, actor, "staff.number_set", staff_id, given=int(citizen_id is not None))

    async def set_password(
        self, tx: Tx, staff_id: StaffId, password_hash: str, actor: str, *, must_change: bool = False
    ) -> None:
        """Replace a password; every session of the account ends.

        Raises:
            StaffNotFoundError: when the school has no such account.
        """
        await self.get(tx, staff_id)
        await repository.change_account(tx, staff_id, password_hash=password_hash, must_change=must_change)
        await repository.delete_sessions(tx, staff_id)
        await self._note(tx, actor, "staff.password_set", staff_id)

    async def close(self, tx: Tx, staff_id: StaffId, actor: str) -> None:
        """Close an account for good and end its sessions.

        Raises:
            StaffNotFoundError, LastHeadError: why not.
        """
        await self._keep_a_head(tx, await self.get(tx, staff_id))
        await repository.change_account(
            tx, staff_id, closed_at=self.clock.now(), citizen_index=None, sealed_citizen_id=None
        )
        await repository.delete_sessions(tx, staff_id)
        await self._note(tx, actor, "staff.closed", staff_id)

    async def note_lock(self, tx: Tx, staff_id: StaffId) -> None:
        """Write down that wrong tries locked an account."""
        await self._note(tx, "system", "staff.locked", staff_id)

    def account_of(self, row: StaffRow) -> Account:
        """The account that a row keeps."""
        school_id = SchoolId(row.school_id)
        name = self.keyring.for_school(school_id).show(row.sealed_name, NAME_LABEL)
        class_id = ClassId(row.class_id) if row.class_id else None
        return Account(
            staff=Staff(StaffId(row.id), school_id, row.username, name, Role(row.role), class_id),
            password_hash=row.password_hash,
            two_step=row.totp_since is not None,
            must_change=row.must_change,
            closed=row.closed_at is not None,
            has_citizen_id=row.citizen_index is not None,
        )

    async def _keep_a_head(self, tx: Tx, leaving: Account) -> None:
        if leaving.staff.role is Role.HEAD and not leaving.closed:
            heads = await repository.lock_role(tx, Role.HEAD.value)
            if set(heads) <= {leaving.staff.id}:
                raise LastHeadError

    async def _note(self, tx: Tx, actor: str, action: str, staff_id: StaffId, **details: str | int) -> None:
        await self.audit.record(tx, AuditEntry(actor, action, f"staff:{staff_id}", details))

    def _citizen(self, tx: Tx, citizen_id: CitizenId | None) -> dict[str, Any]:
        if citizen_id is None:
            return {"sealed_citizen_id": None, "citizen_index": None}
        sealed = self.keyring.for_school(tx.school_id).seal(citizen_id.value, CITIZEN_LABEL)
        return {"sealed_citizen_id": sealed, "citizen_index": self._citizen_index(citizen_id)}

    def _citizen_index(self, citizen_id: CitizenId) -> bytes:
        return self.keyring.for_school(PLATFORM).blind_index(citizen_id.value, CITIZEN_LABEL)
