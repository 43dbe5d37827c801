"""Appends to a school's audit trail and checks that it is whole.

Every entry carries a MAC over itself and the MAC before it, keyed with the school's key, so that whoever
holds only the database can neither change nor invent one. Cutting off the end is seen against a head noted
elsewhere (`AuditVerdict.head`). What this does not do: protect from someone who also holds the master key.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

import orjson

from core.audit import repository
from core.audit.domain import AuditEntry, AuditHead, AuditVerdict, RecordedEntry, Search, chained_text
from core.audit.tables import AuditHeadRow, AuditRow
from core.db.transaction import Tx
from core.values.clock import Clock
from core.values.ids import new_id
from core.vault.keyring import Keyring
from core.vault.unreadable import UNREADABLE

_CHAIN_LABEL = "audit.chain"
_PRIVATE_LABEL = "audit.private"


@dataclass(frozen=True, slots=True)
class Audit:
    """The audit trail of every school (nhật ký kiểm toán)."""

    keyring: Keyring
    clock: Clock

    async def record(self, tx: Tx, entry: AuditEntry) -> int:
        """Append an entry; returns its number, which has no gaps.

        The school's trail stays locked until the transaction ends, so call this last in it.
        """
        head = await repository.lock_head(tx)
        at = self.clock.now()
        private = orjson.dumps(dict(entry.private)).decode() if entry.private else None
        sealed = self.keyring.for_school(tx.school_id).seal(private, _PRIVATE_LABEL) if private else None
        number = head.number + 1
        text = chained_text(head.mac, number, at, entry, sealed)
        values = {
            "id": new_id(),
            "number": number,
            "at": at,
            "actor": entry.actor,
            "action": entry.action,
            "subject": entry.subject,
            "details": dict(entry.details),
            "private": sealed,
            "key_id": self.keyring.for_school(tx.school_id).held.indexing.key_id,
            "mac": self.keyring.for_school(tx.school_id).blind_index(text, _CHAIN_LABEL),
        }
        await repository.append(tx, values)
        return number

    async def verify(self, tx: Tx, noted: AuditHead | None = None) -> AuditVerdict:
        """Walk the whole trail of the school; `noted` is a head written down earlier, to show a cut end."""
        previous, expected = b"", 1
        noted_seen = noted is None
        async for row in repository.in_order(tx):
            if row.number != expected or not self._holds(tx, row, previous):
                return AuditVerdict(expected - 1, expected, None)
            if noted is not None and row.number == noted.number:
                if not hmac.compare_digest(row.mac, noted.mac):
                    return AuditVerdict(expected - 1, expected, None)
                noted_seen = True
            previous, expected = row.mac, expected + 1
        head = await repository.find_head(tx)
        if not noted_seen or not _is_head(head, expected - 1, previous):
            return AuditVerdict(expected - 1, expected, None)
        return AuditVerdict(expected - 1, None, AuditHead(expected - 1, previous) if previous else None)

    async def list_recent(
        self, tx: Tx, limit: int = 100, subject: str | None = None
    ) -> tuple[RecordedEntry, ...]:
        """The newest entries first: of all, or of one subject."""
        return await self.search(tx, Search(subject=subject), limit)

    async def search(self, tx: Tx, wanted: Search, limit: int = 100) -> tuple[RecordedEntry, ...]:
        """The newest entries first, of those that are looked for."""
        return tuple(
            RecordedEntry(
                number=row.number,
                at=row.at,
                actor=row.actor,
                action=row.action,
                subject=row.subject,
                details=row.details,
                private=self._private(tx, row),
            )
            for row in await repository.list_latest(tx, wanted, limit)
        )

    def _private(self, tx: Tx, row: AuditRow) -> dict[str, str]:
        if row.private is None:
            return {}
        text = self.keyring.for_school(tx.school_id).read(row.private, _PRIVATE_LABEL)
        opened: dict[str, str] = {"reason": UNREADABLE} if text is None else orjson.loads(text)
        return opened

    def _holds(self, tx: Tx, row: AuditRow, previous: bytes) -> bool:
        """Whether the entry's MAC is right, under the key that was current when it was written."""
        try:
            entry = AuditEntry(row.actor, row.action, row.subject, row.details)
        except ValueError:
            return False
        text = chained_text(previous, row.number, row.at, entry, row.private)
        expected = self.keyring.for_school(tx.school_id).index_under(row.key_id, text, _CHAIN_LABEL)
        return expected is not None and hmac.compare_digest(expected, row.mac)


def _is_head(head: AuditHeadRow | None, number: int, mac: bytes) -> bool:
    """Whether the trail ends where its head says."""
    return (number == 0) if head is None else (head.number == number and head.mac == mac)
