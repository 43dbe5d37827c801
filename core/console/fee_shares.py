"""The pupils' shares of one fee, and one of them with all that became of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from aiohttp import web

from core.console import fee_texts
from core.console.desk import Visit
from core.db.transaction import Tx
from core.fees.changes.domain import ChangeKind
from core.fees.correcting import Correcting
from core.fees.domain import Invoice, InvoiceNotFoundError
from core.students.domain import Student
from core.students.names import class_order, sort_key
from core.values.clock import school_date
from core.values.ids import InvoiceId, StudentId


@dataclass(frozen=True, slots=True)
class Shares:
    """Some shares with their pupils, in the order of class lists."""

    invoices: tuple[Invoice, ...]
    pupils: Mapping[StudentId, Student]

    def class_of(self, invoice: Invoice) -> tuple[str, str]:
        """Id and name of the pupil's class; empty when the pupil cannot be read."""
        pupil = self.pupils.get(invoice.student_id)
        return (str(pupil.class_id), pupil.class_name) if pupil else ("", "")

    @property
    def classes(self) -> tuple[tuple[str, str, int], ...]:
        """Id and name of each class, and how many shares it has."""
        of = [self.class_of(one) for one in self.invoices]
        return tuple((*one, of.count(one)) for one in dict.fromkeys(of))


async def load(visit: Visit, tx: Tx, invoices: Collection[Invoice]) -> Shares:
    """These shares with their pupils."""
    pupils = await visit.desk.students.get_many(tx, {one.student_id for one in invoices})

    def place(invoice: Invoice) -> tuple[object, ...]:
        pupil = pupils.get(invoice.student_id)
        return (class_order(pupil.class_name), sort_key(pupil.full_name)) if pupil else (class_order(""), "")

    return Shares(tuple(sorted(invoices, key=place)), pupils)


async def of_fee(visit: Visit) -> web.StreamResponse:
    """GET: every share of one fee, or only who still owes, by class."""
    query = visit.request.query
    title, only_unpaid = query.get("title", ""), query.get("show") == "unpaid"
    try:
        due_on = date.fromisoformat(query.get("due", ""))
    except ValueError:
        raise web.HTTPNotFound from None
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        every = await visit.desk.fees.list_of(tx, title, due_on)
        shares = await load(visit, tx, [one for one in every if one.outstanding or not only_unpaid])
    return visit.page(
        "fees_shares.html",
        fees=fee_texts,
        title=title,
        due_on=due_on,
        shares=shares,
        only_unpaid=only_unpaid,
        standing=sum(one.withdrawn_at is None for one in every),
        withdrawn=sum(one.withdrawn_at is not None for one in every),
        today=school_date(visit.desk.clock.now()),
        done=done(visit),
    )


async def one(visit: Visit) -> web.StreamResponse:
    """GET: one pupil's share: how it stands, and what was changed of it, by whom and why."""
    invoice_id, desk = visit.id("invoice_id"), visit.desk
    if invoice_id is None:
        raise InvoiceNotFoundError
    async with desk.database.transaction(visit.staff.school_id) as tx:
        invoice = await desk.fees.get(tx, InvoiceId(invoice_id))
        shares = await load(visit, tx, (invoice,))
        history = await Correcting(desk.collecting).changes.history(tx, (invoice.id,))
        names = {each.staff.actor: each.staff.display_name for each in await desk.staff.list_accounts(tx)}
    return visit.page(
        "fees_share.html",
        fees=fee_texts,
        one=invoice,
        pupil=shares.pupils.get(invoice.student_id),
        history=history,
        names=names,
        today=school_date(desk.clock.now()),
        done=done(visit),
    )


def done(visit: Visit) -> str:
    """What was just done, in words; nothing for what is no change."""
    kind = visit.request.query.get("done", "")
    return fee_texts.DONE[ChangeKind(kind)] if kind in set(ChangeKind) else ""
