"""Issues, revokes and counts API keys. Only a hash of a secret is kept; the quota's counters are rows.

A key's row is locked while a request of it is counted, so processes that share the database share the quota.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from core.answers.keys import repository
from core.answers.keys.domain import (
    Admission,
    ApiKey,
    ApiKeyError,
    ApiKeyId,
    ApiKeyNotFoundError,
    IssuedKey,
    NewApiKey,
    QuotaExceededError,
    Scope,
)
from core.answers.keys.quota import Counters, Quota, Verdict, consider, minute_of
from core.answers.tables import ApiKeyDayRow, ApiKeyRow
from core.audit.domain import AuditEntry
from core.audit.service import Audit
from core.db.transaction import Tx
from core.values.clock import Clock, school_date
from core.values.ids import new_id

PREFIX = "ctk_"
_HINT_LETTERS = 8
_MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class ApiKeys:
    """The keys of every school (khoá API)."""

    clock: Clock
    audit: Audit

    async def issue(self, tx: Tx, new: NewApiKey, actor: str) -> IssuedKey:
        """Make a key; its secret (256 random bits) is in the result and nowhere else."""
        secret, now = PREFIX + secrets.token_urlsafe(32), self.clock.now()
        key_id = ApiKeyId(new_id())
        name, hint = new.name.strip(), secret[:_HINT_LETTERS]
        values = {
            "id": key_id,
            "name": name,
            "hint": hint,
            "secret_hash": secret_hash(secret),
            "scopes": ",".join(sorted(new.scopes)),
            "per_minute": new.quota.per_minute,
            "per_day": new.quota.per_day,
            "minute_at": minute_of(now),
            "created_by": actor,
            "created_at": now,
        }
        await repository.insert_key(tx, values)
        details = {"per_minute": new.quota.per_minute, "per_day": new.quota.per_day}
        private = {"name": name}
        await self.audit.record(
            tx, AuditEntry(actor, "answers.api_key_issued", f"api_key:{key_id}", details, private)
        )
        key = ApiKey(key_id, name, hint, new.scopes, new.quota, now, None, None)
        return IssuedKey(key, secret)

    async def revoke(self, tx: Tx, key_id: ApiKeyId, actor: str) -> None:
        """Take a key back; doing it again changes nothing.

        Raises:
            ApiKeyNotFoundError: when the school has no such key.
        """
        row = await repository.lock_key(tx, key_id)
        if row is None:
            raise ApiKeyNotFoundError
        if row.revoked_at is None:
            await repository.change_key(tx, key_id, revoked_at=self.clock.now())
            await self.audit.record(tx, AuditEntry(actor, "answers.api_key_revoked", f"api_key:{key_id}"))

    async def list_keys(self, tx: Tx) -> tuple[ApiKey, ...]:
        """Every key, newest first, with what it used today and in thirty days."""
        today = school_date(self.clock.now())
        days = await repository.days_since(tx, today - _MONTH)
        rows = await repository.list_keys(tx)
        return tuple(_key(row, [one for one in days if one.key_id == row.id], today) for row in rows)

    async def admit(
        self, tx: Tx, secret: str, scope: Scope = Scope.ANSWERS
    ) -> Admission | QuotaExceededError:
        """Count one request of the key with this secret.

        A refusal by quota is returned, not raised, so that the caller's transaction also keeps the refusal's count.

        Raises:
            ApiKeyError: when the secret opens nothing here.
        """
        now = self.clock.now()
        row = await repository.lock_key_by_secret(tx, secret_hash(secret))
        if row is None or scope not in row.scopes.split(","):
            raise ApiKeyError
        quota = Quota(row.per_minute, row.per_day)
        day = await repository.newest_day(tx, row.id) or (school_date(now), 0)
        verdict = consider(quota, Counters(row.minute_at, row.minute_used, *day), now)
        await self._keep(tx, row, verdict)
        return (
            Admission(ApiKeyId(row.id), quota, verdict)
            if verdict.allowed
            else QuotaExceededError(quota, verdict)
        )

    async def _keep(self, tx: Tx, row: ApiKeyRow, verdict: Verdict) -> None:
        counters, used = verdict.counters, int(verdict.allowed)
        minute = {"minute_at": counters.minute, "minute_used": counters.minute_used}
        day = (counters.day, used, 1 - used)
        await repository.count(tx, row.id, day, last_used_at=self.clock.now(), **minute)


def secret_hash(secret: str) -> bytes:
    """What is stored of a secret; it is random enough for a plain hash."""
    return hashlib.sha256(secret.encode()).digest()


def _key(row: ApiKeyRow, days: Iterable[ApiKeyDayRow], today: date) -> ApiKey:
    counted = list(days)
    now = [one for one in counted if one.day == today]
    return ApiKey(
        id=ApiKeyId(row.id),
        name=row.name,
        hint=row.hint,
        scopes=frozenset(Scope(one) for one in row.scopes.split(",")),
        quota=Quota(row.per_minute, row.per_day),
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
        used_today=sum(one.used for one in now),
        refused_today=sum(one.refused for one in now),
        used_month=sum(one.used for one in counted),
    )
