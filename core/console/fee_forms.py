"""The two forms of fees: a new fee for classes, in two steps, and money that came by another way than the bank."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from aiohttp import web

from core.console import fee_texts
from core.console.desk import Visit
from core.console.fees import HOME
from core.console.typed_days import read_day
from core.fees.collecting import Charge
from core.fees.domain import MAX_TITLE, MatchOutcome, OtherChargeError, Received
from core.fees.reference import parse_reference
from core.students.domain import SchoolClass
from core.values.clock import school_date
from core.values.ids import new_id
from core.values.money import MAX_AMOUNT, Vnd, vnd

_BY_HAND = "office"
_LONGEST_NUMBER = 120
_DONG = re.compile(r"[0-9]{1,14}|[0-9]{1,3}(?:\.[0-9]{3}){1,4}|[0-9]{1,3}(?: [0-9]{3}){1,4}", re.ASCII)
"""Dots and spaces stand between thousands only: "1.5" is no fifteen đồng, and "350.00" no thirty-five thousand."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form of a new fee."""

    title: str = ""
    amount: str = ""
    due_on: str = ""
    classes: frozenset[str] = frozenset()
    batch: str = ""


class _FaultError(Exception):
    """A field makes no sense; its name is the argument."""


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
    except _FaultError as fault:
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
    number = visit.text("number").strip()
    try:
        amount, reference = _amount(visit.text("amount")), parse_reference(visit.text("reference"))
    except _FaultError as fault:
        return _received(visit, str(fault))
    except ValueError:
        return _received(visit, "reference")
    if not 0 < len(number) <= _LONGEST_NUMBER:
        return _received(visit, "number")
    money = Received(_BY_HAND, number, amount, visit.desk.clock.now(), reference)
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        if await visit.desk.fees.find_by_reference(tx, reference) is None:
            return _received(visit, "fees.invoice_not_found")
        result = await visit.desk.collecting.take(tx, money, visit.staff.actor)
    if result.outcome is MatchOutcome.DUPLICATE or result.allocation is None:
        return _received(visit, "duplicate")
    return _received(visit, done=result.allocation.outcome.value)


def _received(visit: Visit, problem: str = "", done: str = "") -> web.StreamResponse:
    names = ("amount", "number", "reference")
    typed = {name: "" if done else visit.text(name) for name in names}
    return visit.page(
        "fees_received.html", 422 if problem else 200, fees=fee_texts, problem=problem, done=done, typed=typed
    )


def _charge(typed: Typed, today: date) -> Charge:
    """The fee that was typed.

    Raises:
        _FaultError: naming the field that makes no sense.
    """
    try:
        batch, due_on = UUID(typed.batch), read_day(typed.due_on)
    except ValueError:
        raise _FaultError("due_on") from None
    if due_on < today:
        raise _FaultError("due_on")
    amount = _amount(typed.amount)
    if not 0 < len(typed.title) <= MAX_TITLE:
        raise _FaultError("title")
    return Charge(batch, typed.title, amount, due_on)


def _amount(text: str) -> Vnd:
    """đồng as an office types them: "350.000", "350 000 đ".

    Raises:
        _FaultError: when it is no amount above zero.
    """
    written = " ".join(text.lower().strip().removesuffix("đ").split())
    if not _DONG.fullmatch(written):
        raise _FaultError("amount")
    dong = int(re.sub("[. ]", "", written))
    if not 0 < dong <= MAX_AMOUNT:
        raise _FaultError("amount")
    return vnd(dong)


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
