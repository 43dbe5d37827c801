"""The addresses of the fees' rooms."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from core.console import fee_changes, fee_forms, fee_shares, fees
from core.console.door import Room
from core.staff.domain import Right

Route = Callable[[str, Room, Right], web.RouteDef]


def fee_routes(get: Route, post: Route) -> tuple[web.AbstractRouteDef, ...]:
    """What is owed, new fees and what is changed of them, money by hand, the account."""
    home, see, manage = fees.HOME, Right.SEE_FEES, Right.MANAGE_FEES
    return (
        get(home, fees.show, see),
        get(f"{home}/shares", fee_shares.of_fee, see),
        get(f"{home}/shares/{{invoice_id}}", fee_shares.one, see),
        get(f"{home}/change", fee_changes.form, manage),
        post(f"{home}/change", fee_changes.change, manage),
        get(f"{home}/new", fee_forms.new, manage),
        post(f"{home}/new", fee_forms.create, manage),
        get(f"{home}/received", fee_forms.by_hand, manage),
        post(f"{home}/received", fee_forms.record, manage),
        get(f"{home}/account", fees.account, manage),
        post(f"{home}/account", fees.save_account, manage),
        post(f"{home}/payments/{{payment_id}}", fees.settle, manage),
        post(f"{home}/payments/{{payment_id}}/returned", fees.give_back, manage),
    )
