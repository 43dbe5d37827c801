"""Changes issued fees, in one transaction: locked, as they were looked at, each change once. It tells nobody."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from core.db.transaction import Tx
from core.fees.changes import repository
from core.fees.changes.domain import Change, Effect, PastChange, StaleChangeError, effects, seen, taken_off
from core.fees.service import Fees
from core.values.ids import InvoiceId


@dataclass(frozen=True, slots=True)
class Changes:
    """What becomes of fees after they were issued."""

    fees: Fees

    async def make(
        self, tx: Tx, ids: Collection[InvoiceId], change: Change, by: str, looked_at: str | None = None
    ) -> tuple[Effect, ...]:
        """Change these invoices; what the change does not concern stays. Nothing at all when it was made before.

        Locks the invoices alone: setting a payment against one of them waits, and then sees what it has become. Money
        that comes off is appended to the ledger as an allocation below zero.

        Raises:
            StaleChangeError: when the invoices no longer stand as they were `looked_at` (`domain.seen`).
        """
        await repository.lock_invoices(tx, ids)
        if await repository.is_done(tx, change.id):
            return ()
        invoices = await self.fees.list_by_ids(tx, ids)
        if looked_at is not None and seen(invoices) != looked_at:
            raise StaleChangeError
        now = self.fees.clock.now()
        made = effects(invoices, change, now)
        if not made:
            return ()
        await repository.put(tx, made)
        parts = await repository.parts_of(tx, [one.after.id for one in made if one.released])
        off = [
            (one.after.id, payment_id, amount)
            for one in made
            for payment_id, amount in taken_off(parts.get(one.after.id, ()), one.released)
        ]
        if off:
            await repository.take_off(tx, off, (by, now))
        keys = self.fees.keyring.for_school(tx.school_id)
        await repository.note_down(tx, keys, change, made, (by, now))
        return made

    async def is_made(self, tx: Tx, change_id: UUID) -> bool:
        """Whether a change of this id was made."""
        return await repository.is_done(tx, change_id)

    async def history(self, tx: Tx, ids: Collection[InvoiceId]) -> tuple[PastChange, ...]:
        """What was changed of these invoices, the newest first."""
        return await repository.list_changes(tx, self.fees.keyring.for_school(tx.school_id), ids)
