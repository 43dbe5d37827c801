"""Correcting a fee, taking it back, asking for it again: for classes or for one pupil, seen first and then confirmed.

A preview draws the id of its change and remembers how the shares stood: confirmed twice it is made once, and it is
refused when anything moved meanwhile.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from aiohttp import web

from core.console import fee_texts
from core.console.desk import Visit
from core.console.fee_shares import Shares, load
from core.console.fee_typed import FaultError, read_amount
from core.console.fees import HOME
from core.console.typed_days import read_day, write_day
from core.db.transaction import Tx
from core.fees.changes.domain import (
    MAX_NOTE,
    Change,
    ChangeKind,
    Correction,
    Effect,
    Reason,
    StaleChangeError,
    effects,
    seen,
)
from core.fees.correcting import Correcting
from core.fees.domain import MAX_TITLE, Invoice
from core.values.clock import school_date
from core.values.ids import InvoiceId, new_id
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


async def form(visit: Visit) -> web.StreamResponse:
    """GET: what is to be changed, filled in as it is now."""
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        scope = await _scope(visit, tx, dict(visit.request.query))
    every = frozenset(id_ for id_, _, _ in scope.shares.classes)
    typed = Typed(scope.title, f"{scope.amount:,}".replace(",", "."), write_day(scope.due_on), classes=every)
    return _form(visit, scope, typed)


async def change(visit: Visit) -> web.StreamResponse:
    """POST: first what it would come to, then, confirmed, the change itself; confirmed twice it is one change."""
    desk, is_final = visit.desk, visit.text("then") == "confirm"
    correcting = Correcting(desk.collecting)
    async with desk.database.transaction(visit.staff.school_id) as tx:
        id_ = _id(visit.text("change")) if is_final else UUID(int=0)
        if is_final and await correcting.changes.is_made(tx, id_):
            raise web.HTTPSeeOther(HOME)
        scope = await _scope(visit, tx, visit.form)
    typed = _typed(visit)
    try:
        planned = _change(scope, typed, id_ if is_final else new_id(), school_date(desk.clock.now()))
    except FaultError as fault:
        return _form(visit, scope, typed, str(fault))
    picked = scope.picked(typed.classes)
    made = effects(picked, planned, desk.clock.now())
    if not made or visit.text("then") == "edit":
        return _form(visit, scope, typed, "" if visit.text("then") == "edit" else "nothing")
    if not is_final:
        return _preview(visit, scope, typed, planned, made)
    ids = [one.id for one in picked]
    try:
        async with desk.database.transaction(visit.staff.school_id) as tx:
            await correcting.change(tx, ids, planned, visit.staff.actor, visit.text("seen"))
    except StaleChangeError as error:
        return await _again(visit, typed, error.code)
    raise web.HTTPSeeOther(_after(scope, made[0].after))


def _typed(visit: Visit) -> Typed:
    title, amount, due_on, reason, note = (
        visit.text(name).strip() for name in ("title", "amount", "due_on", "reason", "note")
    )
    picked = frozenset(key.partition(":")[2] for key in visit.form if key.startswith("class:"))
    return Typed(title, amount, due_on, reason, note, picked)


async def _again(visit: Visit, typed: Typed, problem: str) -> web.StreamResponse:
    """The same change looked at anew, because what it is about moved."""
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        scope = await _scope(visit, tx, visit.form)
    planned = _change(scope, typed, new_id(), school_date(visit.desk.clock.now()))
    made = effects(scope.picked(typed.classes), planned, visit.desk.clock.now())
    return (
        _preview(visit, scope, typed, planned, made, problem) if made else _form(visit, scope, typed, problem)
    )


async def _scope(visit: Visit, tx: Tx, given: dict[str, Any]) -> Scope:
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


def _change(scope: Scope, typed: Typed, id_: UUID, today: date) -> Change:
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


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise web.HTTPNotFound from None


def _after(scope: Scope, now: Invoice) -> str:
    """Where to go when it is done: to the share, or to the fee under the name that it has now."""
    if scope.share:
        return f"{HOME}/shares/{scope.share}?done={scope.kind}"
    return f"{HOME}/shares?{urlencode({'title': now.title, 'due': now.due_on, 'done': scope.kind})}"


def _form(visit: Visit, scope: Scope, typed: Typed, problem: str = "") -> web.StreamResponse:
    return visit.page(
        "fees_change.html",
        422 if problem else 200,
        fees=fee_texts,
        scope=scope,
        typed=typed,
        problem=problem,
        most=MAX_NOTE,
    )


def _preview(
    visit: Visit, scope: Scope, typed: Typed, planned: Change, made: tuple[Effect, ...], problem: str = ""
) -> web.StreamResponse:
    picked = scope.picked(typed.classes)
    own = [one for one in picked if one.withdrawn_at is None and one.amount != scope.amount]
    return visit.page(
        "fees_change_preview.html",
        409 if problem else 200,
        fees=fee_texts,
        scope=scope,
        typed=typed,
        change=planned,
        reason=fee_texts.REASONS[planned.reason],
        outlook=Outlook(made, len(own) if planned.correction.amount is not None else 0),
        seen=seen(picked),
        problem=problem,
    )
