"""Which messages a fee causes. Pure: codes, amounts and a given name; the sentences are the bot's.

Keys: `fees.issued`, `fees.due_soon`, `fees.changed`, `fees.withdrawn`, `fees.reinstated`, `fees.paid`, `fees.part`,
`fees.over`, `fees.late` (for what was taken back), `fees.unmatched` (for staff).
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.fees.changes.domain import ChangeKind, Effect
from core.fees.domain import Invoice, MatchOutcome, PaymentResult
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
    return _each("fees.due_soon", _due_soon(invoice), _open(invoice, child), invoice, people)


def reminder(invoice: Invoice, guardian_id: GuardianId) -> str:
    """The dedupe key of one guardian's reminder; for another last day, another one."""
    return f"{_due_soon(invoice)}:{guardian_id}"


def _due_soon(invoice: Invoice) -> str:
    return f"fees.due_soon:{invoice.id}{f'.{invoice.postponed}' if invoice.postponed else ''}"


def of_invoice(invoice_id: InvoiceId) -> tuple[str, ...]:
    """How the dedupe keys begin of all that says what is owed: what holds no longer when the invoice changes."""
    kinds = ("issued", "due_soon", *ChangeKind)
    return tuple(f"fees.{kind.replace('corrected', 'changed')}:{invoice_id}" for kind in kinds)


def who_knows(dedupe_keys: Iterable[str]) -> frozenset[tuple[str, str]]:
    """(invoice, guardian) of messages that went out.

    >>> sorted(who_knows(["fees.issued:i:g", "fees.changed:i.3:h>sms"]))
    [('i', 'g'), ('i', 'h')]
    """
    parts = (key.partition(">")[0].split(":") for key in dedupe_keys)
    return frozenset((invoice.partition(".")[0], guardian) for _, invoice, guardian in parts)


def changed(
    made: Effect, kind: ChangeKind, child: str, people: People, known: Container[tuple[str, str]]
) -> tuple[NewNotification, ...]:
    """One message per guardian: what became of a fee; who was not told of it yet hears only how it stands now.

    Where something was paid, everybody hears of it. Who has paid, and owes and is owed nothing now, is left in peace.
    """
    before, after = made.before, made.after
    params = _open(after, child)
    params |= {"total": int(after.amount), "paid": int(after.paid), "over": int(made.released)}
    if after.title != before.title:
        params["old_title"] = before.title
    key = f"fees.{'changed' if kind is ChangeKind.CORRECTED else kind}"
    to_know = _each(key, f"{key}:{after.id}.{after.version}", params, after, people)
    if before.paid:
        return to_know if after.outstanding or made.released or after.amount != before.amount else ()
    told = tuple(one for one in to_know if (str(after.id), _guardian(one)) in known)
    if after.withdrawn_at is not None:
        return told
    others = {_guardian(one) for one in to_know} - {_guardian(one) for one in told}
    anew = f"fees.issued:{after.id}.{after.version}"
    first = _each("fees.issued", anew, _open(after, child), after, people)
    return (*told, *(one for one in first if _guardian(one) in others))


def _guardian(one: NewNotification) -> str:
    return one.dedupe_key.rpartition(":")[2]


def received(result: PaymentResult, child: str, people: People, now: datetime) -> tuple[NewNotification, ...]:
    """One message per guardian: the money came, and what it paid; nothing for what staff have to look at first.

    Who pays at 22:00 looks at the phone until the word comes; what a bank tells late waits for the morning.
    """
    invoice, allocation = result.invoice, result.allocation
    dedupe = f"fees.received:{result.payment.id}:{invoice.id if invoice else ''}"
    just_paid = now - result.payment.received.received_at <= JUST_PAID
    urgency = Urgency.NEWS if just_paid else Urgency.NORMAL
    if result.outcome is MatchOutcome.WITHDRAWN and invoice is not None:
        params = {"child": child, "title": invoice.title, "amount": int(result.payment.left)}
        return _each("fees.late", dedupe, params, invoice, people, urgency)
    if result.outcome is not MatchOutcome.APPLIED or invoice is None or allocation is None:
        return ()
    over = allocation.left
    params = {
        "child": child,
        "title": invoice.title,
        "amount": int(allocation.applied),
        "left": int(over or invoice.outstanding),
    }
    return _each(f"fees.{allocation.outcome}", dedupe, params, invoice, people, urgency)


def unmatched(result: PaymentResult, chats: Iterable[Recipient]) -> tuple[NewNotification, ...]:
    """A word to the staff who keep the fees: money that belongs to nothing we know, or to what was taken back."""
    payment = result.payment
    params = {"amount": int(payment.left), "title": result.invoice.title if result.invoice else ""}
    return tuple(
        NewNotification(chat, "fees.unmatched", params, f"fees.unmatched:{payment.id}:{number}")
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
