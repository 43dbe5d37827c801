"""What the form of a change to a fee says: whose shares are meant, what was typed, and what that would come to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from aiohttp import web

from core.console.desk import Visit
from core.console.fee_shares import Shares, load
from core.console.fee_typed import FaultError, read_amount
from core.console.typed_days import read_day
from core.db.transaction import Tx
from core.fees.changes.domain import MAX_NOTE, Change, ChangeKind, Correction, Effect, Reason
from core.fees.domain import MAX_TITLE, Invoice
from core.values.ids import InvoiceId
from core.values.money import Vnd, vnd


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose shares are meant: one pupil's, or all of one fee, from which classes are picked."""

    kind: ChangeKind
    title: str
    due_on: date
    share: str
    shares: Shares

    @property
    def amount(self) -> Vnd:
        """What most of those pay that stand."""
        found = Counter(one.amount for one in self.shares.invoices if one.withdrawn_at is None)
        return found.most_common(1)[0][0] if found else vnd(0)

    @property
    def who(self) -> str:
        """The pupil whose share it is, by name and class."""
        pupil = self.shares.pupils.get(self.shares.invoices[0].student_id)
        return f"{pupil.full_name} ({pupil.class_name})" if pupil else "(chưa đọc được)"

    def picked(self, classes: frozenset[str]) -> tuple[Invoice, ...]:
        """The shares of these classes; the one share whatever its class."""
        every = self.shares.invoices
        return tuple(one for one in every if self.share or self.shares.class_of(one)[0] in classes)


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form."""

    title: str
    amount: str
    due_on: str
    reason: str = ""
    note: str = ""
    classes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a change would do, added up."""

    effects: tuple[Effect, ...]
    own_amount: int
    """So many keep an amount that was set for them alone."""

    @property
    def released(self) -> Vnd:
        """What comes off and waits for a person."""
        return vnd(sum(one.released for one in self.effects))

    @property
    def overpaid(self) -> int:
        """Of how many pupils."""
        return sum(one.released > 0 for one in self.effects)

    @property
    def open_again(self) -> int:
        """How many had paid and owe something now."""
        return sum(
            bool(one.before.paid) and one.after.outstanding > one.before.outstanding for one in self.effects
        )

    @property
    def total(self) -> Vnd:
        """What these shares come to; of what is taken back, what they came to."""
        return vnd(sum(one.after.amount for one in self.effects))


def typed_in(visit: Visit) -> Typed:
    """What was typed, without spare spaces."""
    title, amount, due_on, reason, note = (
        visit.text(name).strip() for name in ("title", "amount", "due_on", "reason", "note")
    )
    picked = frozenset(key.partition(":")[2] for key in visit.form if key.startswith("class:"))
    return Typed(title, amount, due_on, reason, note, picked)


async def scope_of(visit: Visit, tx: Tx, given: dict[str, Any]) -> Scope:
    """The shares that the address or the form names, as they stand.

    Raises:
        HTTPNotFound: when it names none: the fee has another name or day by now, say.
    """
    try:
        kind = ChangeKind(str(given.get("kind", "")))
        if share := str(given.get("share", "")):
            invoices = await visit.desk.fees.list_by_ids(tx, (InvoiceId(UUID(share)),))
        else:
            due_on = date.fromisoformat(str(given.get("of_due", "")))
            invoices = await visit.desk.fees.list_of(tx, str(given.get("of_title", "")), due_on)
    except ValueError:
        raise web.HTTPNotFound from None
    if not invoices:
        raise web.HTTPNotFound
    first = invoices[0]
    return Scope(kind, first.title, first.due_on, share, await load(visit, tx, invoices))


def change_of(scope: Scope, typed: Typed, id_: UUID, today: date) -> Change:
    """The change that was typed.

    Raises:
        FaultError: naming the field that makes no sense.
    """
    correction = _correction(scope, typed, today) if scope.kind is ChangeKind.CORRECTED else Correction()
    if not scope.share and not typed.classes:
        raise FaultError("classes")
    try:
        reason = Reason(typed.reason)
    except ValueError:
        raise FaultError("reason") from None
    if len(typed.note) > MAX_NOTE or (reason is Reason.OTHER_REASON and not typed.note):
        raise FaultError("note")
    return Change(id_, scope.kind, reason, typed.note, correction)


def _correction(scope: Scope, typed: Typed, today: date) -> Correction:
    if not 0 < len(typed.title) <= MAX_TITLE:
        raise FaultError("title")
    amount = read_amount(typed.amount)
    try:
        due_on = read_day(typed.due_on)
    except ValueError:
        raise FaultError("due_on") from None
    if due_on != scope.due_on and due_on < today:
        raise FaultError("due_on")
    return Correction(
        title=typed.title if typed.title != scope.title else None,
        due_on=due_on if due_on != scope.due_on else None,
        amount=amount if amount != scope.amount else None,
        instead_of=None if scope.share else scope.amount,
    )
