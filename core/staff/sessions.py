"""Signs staff in and out: sessions in the database, found by the hash of the token in a browser's cookie."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from uuid import UUID

from core.audit.domain import AuditEntry
from core.db.transaction import PlatformTx, Tx
from core.staff import repository
from core.staff.domain import (
    CODE_LIFE,
    SEEN_STEP,
    SESSION_IDLE,
    SESSION_LIFE,
    Account,
    Method,
    Session,
    Staff,
    Stage,
)
from core.staff.service import StaffAccounts
from core.staff.tables import SessionRow
from core.values.ids import new_id

_AGENT_MAX = 60


@dataclass(frozen=True, slots=True)
class StaffSessions:
    """Who is signed in (phiên làm việc)."""

    accounts: StaffAccounts

    async def open(
        self,
        tx: Tx,
        staff: Staff,
        method: Method = Method.PASSWORD,
        stage: Stage = Stage.OPEN,
        agent: str = "",
    ) -> str:
        """Sign somebody in; returns the token for the cookie. Only its hash is kept."""
        now, token = self.accounts.clock.now(), secrets.token_urlsafe(32)
        await repository.forget_sessions(tx, now)
        life = SESSION_LIFE if stage is Stage.OPEN else CODE_LIFE
        values = {
            "id": new_id(),
            "staff_id": staff.id,
            "token_hash": _hash(token),
            "stage": stage.value,
            "method": method.value,
            "agent": agent[:_AGENT_MAX],
            "created_at": now,
            "seen_at": now,
            "expires_at": now + life,
        }
        await repository.insert_session(tx, values)
        if stage is Stage.OPEN:
            await self._note(tx, staff, "staff.signed_in", method=method.value)
        return token

    async def find(self, tx: PlatformTx, token: str) -> Session | None:
        """The session with this token; none after two idle hours or twelve in all."""
        now, hashed = self.accounts.clock.now(), _hash(token)
        found = await repository.find_session(tx, hashed, now)
        if found is None or now - found[0].seen_at > SESSION_IDLE:
            return None
        if now - found[0].seen_at > SEEN_STEP:
            await repository.touch_session(tx, hashed, now)
        return _session(found[0], self.accounts.account_of(found[1]))

    async def list_open(self, tx: Tx, account: Account) -> tuple[Session, ...]:
        """The open sessions of an account, the last used first."""
        rows = await repository.list_sessions(tx, account.staff.id, self.accounts.clock.now())
        return tuple(_session(row, account) for row in rows if row.stage == Stage.OPEN)

    async def end(self, tx: Tx, staff: Staff, only: UUID | None = None, but_token: str | None = None) -> int:
        """End one session of somebody, or all but the one with a token; how many that were."""
        but = _hash(but_token) if but_token else None
        ended = await repository.delete_sessions(tx, staff.id, only, but)
        await self._note(tx, staff, "staff.sessions_ended", ended=ended)
        return ended

    async def close(self, tx: PlatformTx, token: str) -> None:
        """Sign out."""
        await repository.delete_session(tx, _hash(token))

    async def _note(self, tx: Tx, staff: Staff, action: str, **details: str | int) -> None:
        await self.accounts.audit.record(tx, AuditEntry(staff.actor, action, f"staff:{staff.id}", details))


def _hash(token: str) -> bytes:
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
