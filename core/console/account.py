"""The own account: password, second step, where one is signed in."""

from __future__ import annotations

import asyncio
from typing import Any

import segno
from aiohttp import web

from core.console import texts
from core.console.desk import COOKIE, SIGN_IN, Visit
from core.staff.domain import LEAST_PASSWORD, MOST_PASSWORD, WrongCodeError
from core.staff.passwords import hash_password, password_fits
from core.staff.two_step import enrolment_uri


async def show(visit: Visit) -> web.StreamResponse:
    """GET: everything about the own account."""
    return await _page(visit)


async def change_password(visit: Visit) -> web.StreamResponse:
    """POST: a new password; every session ends, so one signs in again."""
    new, account = visit.text("new"), visit.session.account
    if not LEAST_PASSWORD <= len(new) <= MOST_PASSWORD:
        return await _page(visit, 422, problem=texts.BAD_FIELDS["password"])
    caller, username = visit.desk.caller(visit.request), account.staff.username
    async with visit.desk.database.platform() as tx:
        await visit.desk.attempts.check(tx, username, caller)
    if not await asyncio.to_thread(password_fits, account.password_hash, visit.text("old")[:MOST_PASSWORD]):
        async with visit.desk.database.platform() as tx:
            await visit.desk.attempts.failed(tx, username, caller)
        return await _page(visit, 422, problem=texts.NOT_YOUR_OLD_ONE)
    hashed = await asyncio.to_thread(hash_password, new)
    async with visit.desk.database.transaction(visit.staff.school_id) as own:
        await visit.desk.staff.set_password(own, visit.staff.id, hashed, visit.staff.actor)
    raise web.HTTPSeeOther(SIGN_IN)


async def start_two_step(visit: Visit) -> web.StreamResponse:
    """POST: show a fresh secret to scan."""
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        secret = await visit.desk.second_step.start(tx, visit.staff)
    return await _page(visit, **_scannable(secret, visit.staff.username))


async def confirm_two_step(visit: Visit) -> web.StreamResponse:
    """POST: a first code turns the second step on; recovery codes are shown once, on this answer."""
    try:
        async with visit.desk.database.transaction(visit.staff.school_id) as tx:
            codes = await visit.desk.second_step.confirm(tx, visit.staff, visit.text("code"))
    except WrongCodeError:
        return await _page(visit, 422, problem=texts.ERRORS["staff.wrong_code"])
    return await _page(visit, recovery=codes)


async def end_session(visit: Visit) -> web.StreamResponse:
    """POST: sign one browser out, or with `others` all but this one."""
    others = visit.request.match_info["session_id"] == "others"
    only = None if others else visit.id("session_id")
    if not others and only is None:
        raise web.HTTPNotFound
    but = visit.request.cookies[COOKIE] if others else None
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        ended = await visit.desk.sessions.end(tx, visit.staff, only, but)
    if not others and not ended:
        raise web.HTTPNotFound
    raise web.HTTPSeeOther("/console/account")


def _scannable(secret: str, username: str) -> dict[str, Any]:
    code = segno.make(enrolment_uri(secret, username), error="m")
    picture = code.png_data_uri(scale=5, border=4)
    shown = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return {"picture": picture, "secret": shown}


async def _page(visit: Visit, status: int = 200, **context: Any) -> web.StreamResponse:
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        account = await visit.desk.staff.get(tx, visit.staff.id)
        sessions = await visit.desk.sessions.list_open(tx, account)
    empty = {"problem": None, "picture": None, "secret": None, "recovery": ()}
    shared = {
        "account": account,
        "sessions": sessions,
        "this": visit.session.id,
        "ask_two_step": visit.desk.require_two_step,
    }
    return visit.page("account.html", status, **(empty | shared | context))
