"""The rooms of fees: what is owed, new fees, money by hand, and money that belongs to nothing yet.

A transfer with its payment code needs nobody; here a person decides about the rest. No money is given back here.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from aiohttp import web

from core.console import fee_texts
from core.console.desk import Visit
from core.console.fee_typed import LONGEST_NUMBER, FaultError, read_amount
from core.db.transaction import Tx
from core.fees.correcting import Correcting
from core.fees.domain import (
    CollectingAccount,
    Invoice,
    NothingToAllocateError,
    NothingToReturnError,
    PaymentNotFoundError,
)
from core.fees.reference import parse_reference
from core.values.clock import school_date

HOME = "/console/fees"
_BANK = "bank."
_SHOWN = 50
"""So much waiting money is listed at once; each has two forms, and an old machine takes seconds over hundreds."""


async def show(visit: Visit) -> web.StreamResponse:
    """GET: what is owed, and money that waits for a decision."""
    return await _home(visit)


async def settle(visit: Visit) -> web.StreamResponse:
    """POST: set waiting money against the invoice whose code was typed."""
    payment_id = visit.id("payment_id")
    if payment_id is None:
        raise PaymentNotFoundError
    try:
        reference = parse_reference(visit.text("reference"))
    except ValueError:
        return await _home(visit, "reference", payment_id)
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        invoice = await visit.desk.fees.find_by_reference(tx, reference)
        problem = await _settled(visit, tx, payment_id, invoice) if invoice else "fees.invoice_not_found"
    if problem:
        return await _home(visit, problem, payment_id)
    raise web.HTTPSeeOther(_waiting(visit))


async def _settled(visit: Visit, tx: Tx, payment_id: UUID, invoice: Invoice) -> str:
    """Set the money against the invoice; the code of why not, else nothing."""
    try:
        await visit.desk.collecting.allocate(tx, payment_id, invoice.id, visit.staff.actor)
    except NothingToAllocateError as error:
        return error.code
    return ""


async def give_back(visit: Visit) -> web.StreamResponse:
    """POST: keep that waiting money was given back by a person; the slip's number makes it count once."""
    payment_id, number = visit.id("payment_id"), visit.text("number").strip()
    if payment_id is None:
        raise PaymentNotFoundError
    if not 0 < len(number) <= LONGEST_NUMBER:
        return await _home(visit, "number", payment_id)
    try:
        amount = read_amount(visit.text("amount"))
        async with visit.desk.database.transaction(visit.staff.school_id) as tx:
            correcting = Correcting(visit.desk.collecting)
            is_new = await correcting.give_back(tx, payment_id, amount, number, visit.staff.actor)
    except FaultError as fault:
        return await _home(visit, str(fault), payment_id)
    except NothingToReturnError as error:
        return await _home(visit, error.code, payment_id)
    if not is_new:
        return await _home(visit, "duplicate", payment_id)
    raise web.HTTPSeeOther(_waiting(visit))


def _waiting(visit: Visit) -> str:
    """The list that was worked through: the next one stands where this one stood."""
    return f"{HOME}{'?all=yes' if _whole(visit) else ''}#waiting"


def _whole(visit: Visit) -> bool:
    return visit.request.query.get("all") == "yes"


async def account(visit: Visit) -> web.StreamResponse:
    """GET: to which account fees go, and where its feed tells of what came."""
    return await _account(visit)


async def save_account(visit: Visit) -> web.StreamResponse:
    """POST: keep the account; payment codes made from now on name it."""
    bank_bin, number = ("".join(visit.text(name).split()) for name in ("bank_bin", "number"))
    given = CollectingAccount(bank_bin, number, visit.text("holder").strip()[:120])
    try:
        async with visit.desk.database.transaction(visit.staff.school_id) as tx:
            await visit.desk.fees.set_account(tx, given)
    except ValueError:
        return await _account(visit, "account", given)
    raise web.HTTPSeeOther(f"{HOME}/account")


async def _account(
    visit: Visit, problem: str = "", given: CollectingAccount | None = None
) -> web.StreamResponse:
    desk, school_id = visit.desk, visit.staff.school_id
    async with desk.database.transaction(school_id) as tx:
        kept = await desk.fees.find_account(tx)
    address = f"{desk.public_url.rstrip('/')}/api/v1/payments/%s/{school_id}"
    feeds = [(name, address % name, name in desk.feeds.names(school_id)) for name in fee_texts.FEEDS]
    account = given or kept or CollectingAccount("", "", "")
    return visit.page(
        "fees_account.html", 422 if problem else 200, **_words(problem), account=account, feeds=feeds
    )


async def _home(visit: Visit, problem: str = "", at: UUID | None = None) -> web.StreamResponse:
    """The room; a problem with waiting money is told at its row, with what was typed there."""
    desk = visit.desk
    async with desk.database.transaction(visit.staff.school_id) as tx:
        sums = await desk.fees.sums(tx)
        waiting = await desk.fees.list_waiting(tx)
        shown = waiting if _whole(visit) else waiting[:_SHOWN]
        of = {each.student_id for one in shown for each in one.invoices}
        pupils = await desk.students.get_many(tx, of)
        unread = await _unread(visit, tx)
    today = school_date(desk.clock.now())
    page: dict[str, Any] = {
        "sums": sums,
        "owed": sum(one.left for one in sums),
        "paid": sum(one.paid for one in sums),
        "overdue": sum(one.pupils - one.settled for one in sums if one.due_on < today),
        "waiting": len(waiting),
        "shown": shown,
        "whole": _whole(visit),
        "at": at if at in {one.payment.id for one in shown} else None,
        "typed": {name: visit.text(name) for name in ("reference", "amount", "number")} if at else {},
        "pupils": pupils,
        "unread": unread,
        "today": today,
    }
    return visit.page("fees.html", 422 if problem else 200, **_words(problem), **page)


async def _unread(visit: Visit, tx: Tx) -> int:
    """How many notices of a bank could not be handled; none of them is lost."""
    parked = await visit.desk.inbox.list_parked(tx)
    return sum(one.source.startswith(_BANK) for one in parked)


def _words(problem: str) -> dict[str, Any]:
    return {"fees": fee_texts, "problem": problem}
