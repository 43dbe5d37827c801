"""Correcting a fee, taking it back, asking for it again: for classes or for one pupil, seen first and then confirmed.

A preview draws the id of its change and remembers how the shares stood: confirmed twice it is made once, and it is
refused when anything moved meanwhile.
"""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from aiohttp import web

from core.console import fee_texts
from core.console.desk import Visit
from core.console.fee_change_form import Outlook, Scope, Typed, change_of, scope_of, typed_in
from core.console.fee_typed import FaultError
from core.console.fees import HOME
from core.console.typed_days import write_day
from core.fees.changes.domain import (
    MAX_NOTE,
    Change,
    Effect,
    StaleChangeError,
    effects,
    seen,
)
from core.fees.correcting import Correcting
from core.fees.domain import Invoice
from core.values.clock import school_date
from core.values.ids import new_id


async def form(visit: Visit) -> web.StreamResponse:
    """GET: what is to be changed, filled in as it is now."""
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        scope = await scope_of(visit, tx, dict(visit.request.query))
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
        scope = await scope_of(visit, tx, visit.form)
    typed = typed_in(visit)
    try:
        planned = change_of(scope, typed, id_ if is_final else new_id(), school_date(desk.clock.now()))
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


async def _again(visit: Visit, typed: Typed, problem: str) -> web.StreamResponse:
    """The same change looked at anew, because what it is about moved."""
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        scope = await scope_of(visit, tx, visit.form)
    planned = change_of(scope, typed, new_id(), school_date(visit.desk.clock.now()))
    made = effects(scope.picked(typed.classes), planned, visit.desk.clock.now())
    return (
        _preview(visit, scope, typed, planned, made, problem) if made else _form(visit, scope, typed, problem)
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
