"""The two forms of fees: a new fee for classes, in two steps, and money that came by another way than the bank."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from aiohttp import web

from core.console import fee_texts
from core.console.desk import Visit
from core.console.fee_typed import LONGEST_NUMBER, FaultError, read_amount
from core.console.fees import HOME
from core.console.typed_days import read_day
from core.fees.collecting import Charge
from core.fees.domain import MAX_TITLE, MatchOutcome, OtherChargeError, Received
from core.fees.reference import parse_reference
from core.students.domain import SchoolClass
from core.values.clock import school_date
from core.values.ids import new_id

_BY_HAND = "office"


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form of a new fee."""

    title: str = ""
    amount: str = ""
    due_on: str = ""
    classes: frozenset[str] = frozenset()
    batch: str = ""


async def new(visit: Visit) -> web.StreamResponse:
    """GET: an empty form."""
    return await _form(visit, Typed(batch=str(new_id())))


async def create(visit: Visit) -> web.StreamResponse:
    """POST: first what it would come to, then, confirmed, the fee itself; the same form twice is one fee."""
    picked = frozenset(key.partition(":")[2] for key in visit.form if key.startswith("class:"))
    title, amount, due_on = (visit.text(name).strip() for name in ("title", "amount", "due_on"))
    typed = Typed(title, amount, due_on, picked, visit.text("batch"))
    desk = visit.desk
    chosen = [one for one in await _classes(visit) if str(one.id) in typed.classes and one.pupils]
    try:
        charge = _charge(typed, school_date(desk.clock.now()))
    except FaultError as fault:
        return await _form(visit, typed, str(fault))
    if not chosen:
        return await _form(visit, typed, "classes")
    if visit.text("then") == "edit":
        return await _form(visit, typed)
    if visit.text("then") != "issue":
        return visit.page(
            "fees_preview.html",
            fees=fee_texts,
            typed=typed,
            charge=charge,
            classes=chosen,
            pupils=sum(one.pupils for one in chosen),
        )
    try:
        for one in chosen:
            async with desk.database.transaction(visit.staff.school_id) as tx:
                await desk.collecting.charge(tx, charge, one.id, visit.staff.actor)
    except OtherChargeError as error:  # they went back, changed it and sent it again
        return await _form(visit, replace(typed, batch=str(new_id())), error.code)
    raise web.HTTPSeeOther(HOME)


async def by_hand(visit: Visit) -> web.StreamResponse:
    """GET: an empty form for money that no feed tells of."""
    return _received(visit)


async def record(visit: Visit) -> web.StreamResponse:
    """POST: take it into the ledger; the number of the slip makes it count once."""
    try:
        return _received(visit, done=await _recorded(visit))
    except FaultError as fault:
        return _received(visit, str(fault))


async def _recorded(visit: Visit) -> str:
    """What the money that was typed did.

    Raises:
        FaultError: naming why nothing was taken in.
    """
    number = visit.text("number").strip()
    amount = read_amount(visit.text("amount"))
    try:
        reference = parse_reference(visit.text("reference"))
    except ValueError:
        raise FaultError("reference") from None
    if not 0 < len(number) <= LONGEST_NUMBER:
        raise FaultError("number")
    money = Received(_BY_HAND, number, amount, visit.desk.clock.now(), reference)
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        invoice = await visit.desk.fees.find_by_reference(tx, reference)
        if invoice is None:
            raise FaultError("fees.invoice_not_found")
        if invoice.withdrawn_at is not None:  # said while the money is still on the desk
            raise FaultError("withdrawn")
        result = await visit.desk.collecting.take(tx, money, visit.staff.actor)
    if result.outcome is MatchOutcome.DUPLICATE:
        raise FaultError("duplicate")
    return result.allocation.outcome.value if result.allocation else result.outcome.value


def _received(visit: Visit, problem: str = "", done: str = "") -> web.StreamResponse:
    names = ("amount", "number", "reference")
    typed = {name: "" if done else visit.text(name) for name in names}
    return visit.page(
        "fees_received.html", 422 if problem else 200, fees=fee_texts, problem=problem, done=done, typed=typed
    )


def _charge(typed: Typed, today: date) -> Charge:
    """The fee that was typed.

    Raises:
        FaultError: naming the field that makes no sense.
    """
    try:
        batch, due_on = UUID(typed.batch), read_day(typed.due_on)
    except ValueError:
        raise FaultError("due_on") from None
    if due_on < today:
        raise FaultError("due_on")
    amount = read_amount(typed.amount)
    if not 0 < len(typed.title) <= MAX_TITLE:
        raise FaultError("title")
    return Charge(batch, typed.title, amount, due_on)


async def _form(visit: Visit, typed: Typed, problem: str = "") -> web.StreamResponse:
    return visit.page(
        "fees_new.html",
        422 if problem else 200,
        fees=fee_texts,
        problem=problem,
        typed=typed,
        classes=await _classes(visit),
    )


async def _classes(visit: Visit) -> tuple[SchoolClass, ...]:
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        return await visit.desk.students.list_classes(tx)
