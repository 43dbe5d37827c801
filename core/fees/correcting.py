"""Corrects fees, takes them back and asks for them again, and tells guardians in the same transaction, each once.

`core.fees.changes` changes them and knows nobody; here stands who is to hear of it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from core.audit.domain import AuditEntry
from core.db.transaction import Tx
from core.fees import notices
from core.fees.changes.domain import Change, Effect
from core.fees.changes.service import Changes
from core.fees.collecting import Collecting
from core.guardians.levels import Feature
from core.notifications.domain import NewNotification
from core.values.ids import InvoiceId
from core.values.money import Vnd


@dataclass(frozen=True, slots=True)
class Correcting:
    """What the office sets right afterwards (điều chỉnh khoản thu)."""

    office: Collecting

    @property
    def changes(self) -> Changes:
        """The changes themselves, and what was changed before."""
        return Changes(self.office.fees)

    async def change(
        self, tx: Tx, ids: Collection[InvoiceId], change: Change, actor: str, looked_at: str | None = None
    ) -> tuple[Effect, ...]:
        """Change these invoices and tell their guardians; the same change again does and tells nothing.

        What waits to be sent and is no longer so is taken out of the outbox and the digests first: who was told is
        told of the change, who was not hears only how it stands now.

        Raises:
            StaleChangeError: when the invoices no longer stand as they were `looked_at`.
        """
        made = await self.changes.make(tx, ids, change, actor, looked_at)
        if not made:
            return ()
        office = self.office
        begin = [prefix for one in made for prefix in notices.of_invoice(one.after.id)]
        known = notices.who_knows(await office.notifications.take_back(tx, begin))
        whose = {one.after.student_id for one in made}
        pupils = await office.students.get_many(tx, whose)
        people = await office.audience.of_students(tx, whose, Feature.FEES)
        new: list[NewNotification] = []
        for one in made:
            pupil = pupils.get(one.after.student_id)
            child = pupil.given_name if pupil else ""
            new += notices.changed(one, change.kind, child, people[one.after.student_id], known)
        await office.notifications.enqueue(tx, *new)
        details = {"pupils": len(made), "reason": change.reason.value}
        if change.correction.amount is not None:
            details["amount"] = int(change.correction.amount)
        details["released"] = sum(one.released for one in made)
        subject = f"invoice:{made[0].after.id}" if len(made) == 1 else f"fee_change:{change.id}"
        private = {"title": made[0].before.title, "note": change.note}
        await office.audit.record(tx, AuditEntry(actor, f"fees.{change.kind}", subject, details, private))
        return made

    async def give_back(self, tx: Tx, payment_id: UUID, amount: Vnd, number: str, actor: str) -> bool:
        """Keep that a person gave waiting money back; False when the slip of this number is on record already.

        Raises:
            PaymentNotFoundError, NothingToReturnError: as the ledger does.
        """
        is_new = await self.office.fees.give_back(tx, payment_id, amount, number, actor)
        if is_new:
            subject = notices.payment_subject(payment_id)
            await self.office.audit.record(
                tx, AuditEntry(actor, "fees.returned", subject, {"amount": int(amount)})
            )
        return is_new
