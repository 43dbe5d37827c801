"""Which messages a fee causes. Pure: codes, amounts and a given name; the sentences are the bot's.

Keys: `fees.issued`, `fees.due_soon`, `fees.paid`, `fees.part`, `fees.over`, `fees.unmatched` (for staff).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.fees.domain import Invoice, MatchOutcome, Payment, PaymentResult
from core.guardians.audience.service import Reached
from core.guardians.levels import Feature
from core.notifications.domain import About, NewNotification, Recipient, Urgency, one_each
from core.values.ids import GuardianId, InvoiceId

People = Sequence[Reached]
JUST_PAID = timedelta(hours=1)
"""So long a payment is news to whoever made it."""


def issued(invoice: Invoice, child: str, people: People) -> tuple[NewNotification, ...]:
    """One message per guardian: there is something new to pay."""
    return _each("fees.issued", f"fees.issued:{invoice.id}", _open(invoice, child), invoice, people)


def due_soon(invoice: Invoice, child: str, people: People) -> tuple[NewNotification, ...]:
    """One message per guardian and invoice, once: the last day is near."""
    return _each("fees.due_soon", _due_soon(invoice.id), _open(invoice, child), invoice, people)


def reminder(invoice_id: InvoiceId, guardian_id: GuardianId) -> str:
    """The dedupe key of one guardian's reminder."""
    return f"{_due_soon(invoice_id)}:{guardian_id}"


def _due_soon(invoice_id: InvoiceId) -> str:
    return f"fees.due_soon:{invoice_id}"


def received(result: PaymentResult, child: str, people: People, now: datetime) -> tuple[NewNotification, ...]:
    """One message per guardian: the money came, and what it paid; nothing for what staff have to look at first.

    Who pays at 22:00 looks at the phone until the word comes; what a bank tells late waits for the morning.
    """
    invoice, allocation = result.invoice, result.allocation
    if result.outcome is not MatchOutcome.APPLIED or invoice is None or allocation is None:
        return ()
    over = allocation.left
    params = {
        "child": child,
        "title": invoice.title,
        "amount": int(allocation.applied),
        "left": int(over or invoice.outstanding),
    }
    dedupe = f"fees.received:{result.payment.id}:{invoice.id}"
    just_paid = now - result.payment.received.received_at <= JUST_PAID
    urgency = Urgency.NEWS if just_paid else Urgency.NORMAL
    return _each(f"fees.{allocation.outcome}", dedupe, params, invoice, people, urgency)


def unmatched(payment: Payment, chats: Iterable[Recipient]) -> tuple[NewNotification, ...]:
    """A word to the staff who keep the fees: money is there that belongs to nothing we know."""
    return tuple(
        NewNotification(
            chat, "fees.unmatched", {"amount": int(payment.left)}, f"fees.unmatched:{payment.id}:{number}"
        )
        for number, chat in enumerate(chats)
    )


def payment_subject(payment_id: UUID) -> str:
    """How the audit trail names a payment."""
    return f"payment:{payment_id}"


def _open(invoice: Invoice, child: str) -> dict[str, Any]:
    return {
        "child": child,
        "title": invoice.title,
        "amount": int(invoice.outstanding),
        "due_on": invoice.due_on.strftime("%d/%m/%Y"),
    }


def _each(
    key: str,
    dedupe: str,
    params: dict[str, Any],
    invoice: Invoice,
    people: People,
    urgency: Urgency = Urgency.NORMAL,
) -> tuple[NewNotification, ...]:
    """Once for each guardian, by who it is: one who comes later is told, and nobody is told for another.

    Guardians who share a chat read it there once, under the id of the first of them.
    """
    about = (About(invoice.student_id, Feature.FEES),)
    by_id = sorted((one for one in people if one.recipients), key=lambda one: one.guardian_id, reverse=True)
    whose = {one.recipients[0]: one.guardian_id for one in by_id}
    return tuple(
        NewNotification(
            first, key, params, f"{dedupe}:{whose[first]}", urgency, fallbacks=tuple(others), about=about
        )
        for first, *others in one_each(one.recipients for one in people)
    )
