"""Opens, changes and closes staff accounts, and keeps their sessions. Comparing passwords is the caller's."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from core.audit.domain import AuditEntry
from core.audit.service import Audit
from core.contracts.citizen_id import CitizenId
from core.db.transaction import PlatformTx, Tx
from core.staff import repository
from core.staff.domain import (
    CODE_LIFE,
    SEEN_STEP,
    SESSION_IDLE,
    SESSION_LIFE,
    Account,
    LastHeadError,
    Method,
    NewStaff,
    Role,
    Session,
    Staff,
    StaffNotFoundError,
    Stage,
    UsernameTakenError,
    tidy_username,
)
from core.staff.tables import SessionRow, StaffRow
from core.values.clock import Clock
from core.values.ids import ClassId, SchoolId, StaffId, new_id
from core.vault.keyring import PLATFORM, Keyring

NAME_LABEL = "staff.name"
CITIZEN_LABEL = "staff.citizen_id"
_AGENT_MAX = 60


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
        return self._account(row) if row else None

    async def find_by_citizen_id(self, tx: PlatformTx, citizen_id: CitizenId) -> Account | None:
        """The open account of the person with this proven citizen number, of whichever school."""
        row = await repository.find_by_citizen(tx, self._citizen_index(citizen_id))
        return self._account(row) if row else None

    async def get(self, tx: Tx, staff_id: StaffId) -> Account:
        """One account, locked until the transaction ends.

        Raises:
            StaffNotFoundError: when the school has no such account.
        """
        row = await repository.lock_account(tx, staff_id)
        if row is None:
            raise StaffNotFoundError
        return self._account(row)

    async def list_accounts(self, tx: Tx) -> tuple[Account, ...]:
        """Every account of the school, closed ones last."""
        return tuple(self._account(row) for row in await repository.list_accounts(tx))

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

    async def open_session(
        self,
        tx: Tx,
        staff: Staff,
        method: Method = Method.PASSWORD,
        stage: Stage = Stage.OPEN,
        agent: str = "",
    ) -> str:
        """Sign somebody in; returns the token for the cookie. Only its hash is kept."""
        now, token = self.clock.now(), secrets.token_urlsafe(32)
        await repository.forget_sessions(tx, now)
        life = SESSION_LIFE if stage is Stage.OPEN else CODE_LIFE
        values = {
            "id": new_id(),
            "staff_id": staff.id,
            "token_hash": token_hash(token),
            "stage": stage.value,
            "method": method.value,
            "agent": agent[:_AGENT_MAX],
            "created_at": now,
            "seen_at": now,
            "expires_at": now + life,
        }
        await repository.insert_session(tx, values)
        if stage is Stage.OPEN:
            await self._note(tx, staff.actor, "staff.signed_in", staff.id, method=method.value)
        return token

    async def session_of(self, tx: PlatformTx, token: str) -> Session | None:
        """The session with this token; none after two idle hours or twelve in all."""
        now, hashed = self.clock.now(), token_hash(token)
        found = await repository.find_session(tx, hashed, now)
        if found is None or now - found[0].seen_at > SESSION_IDLE:
            return None
        if now - found[0].seen_at > SEEN_STEP:
            await repository.touch_session(tx, hashed, now)
        return _session(found[0], self._account(found[1]))

    async def staff_of(self, tx: PlatformTx, token: str) -> Staff | None:
        """Who is signed in with this token, all steps done."""
        session = await self.session_of(tx, token)
        return session.staff if session and session.stage is Stage.OPEN else None

    async def list_sessions(self, tx: Tx, account: Account) -> tuple[Session, ...]:
        """The open sessions of an account, the last used first."""
        rows = await repository.list_sessions(tx, account.staff.id, self.clock.now())
        return tuple(_session(row, account) for row in rows if row.stage == Stage.OPEN)

    async def end_sessions(
        self, tx: Tx, staff: Staff, only: UUID | None = None, but_token: str | None = None
    ) -> int:
        """End one session of somebody, or all but the one with a token; how many that were."""
        but = token_hash(but_token) if but_token else None
        ended = await repository.delete_sessions(tx, staff.id, only, but)
        await self._note(tx, staff.actor, "staff.sessions_ended", staff.id, ended=ended)
        return ended

    async def close_session(self, tx: PlatformTx, token: str) -> None:
        """Sign out."""
        await repository.delete_session(tx, token_hash(token))

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

    def _account(self, row: StaffRow) -> Account:
        school_id = SchoolId(row.school_id)
        name = self.keyring.for_school(school_id).open(row.sealed_name, NAME_LABEL)
        class_id = ClassId(row.class_id) if row.class_id else None
        return Account(
            staff=Staff(StaffId(row.id), school_id, row.username, name, Role(row.role), class_id),
            password_hash=row.password_hash,
            two_step=row.totp_since is not None,
            must_change=row.must_change,
            closed=row.closed_at is not None,
            has_citizen_id=row.citizen_index is not None,
        )


def token_hash(token: str) -> bytes:
    """What is stored of a session token; it is random enough for a plain hash."""
    return hashlib.sha256(token.encode()).digest()


def _session(row: SessionRow, account: Account) -> Session:
    return Session(
        id=row.id,
        account=account,
        stage=Stage(row.stage),
        method=Method(row.method),
        agent=row.agent,
        created_at=row.created_at,
        seen_at=row.seen_at,
    )
