"""The staff room of the head: open accounts, change roles and classes, reset, close."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from aiohttp import web

from core.console import texts
from core.console.desk import Visit
from core.contracts.citizen_id import CitizenId
from core.db.transaction import Tx
from core.errors import CoreError
from core.staff.domain import (
    BadStaffError,
    LastHeadError,
    NewStaff,
    Role,
    StaffNotFoundError,
    UsernameTakenError,
    tidy_username,
)
from core.staff.passwords import hash_password
from core.staff.two_step import fresh_password
from core.values.ids import ClassId, StaffId


async def show(visit: Visit) -> web.StreamResponse:
    """GET: every account."""
    return await _page(visit)


async def add(visit: Visit) -> web.StreamResponse:
    """POST: open an account; its first password is shown once, on this answer."""
    password = fresh_password()
    hashed = await asyncio.to_thread(hash_password, password)
    try:
        async with visit.desk.database.transaction(visit.staff.school_id) as tx:
            role, class_id = await _role(visit, tx)
            new = NewStaff(
                username=tidy_username(visit.text("username")),
                display_name=visit.text("display_name"),
                role=role,
                password=password,
                class_id=class_id,
                citizen_id=_citizen_id(visit.text("citizen_id")),
                must_change=True,
            )
            await visit.desk.staff.add(tx, new, hashed, visit.staff.actor)
    except (BadStaffError, UsernameTakenError) as error:
        fields = ("display_name", "username", "role", "class_id", "citizen_id")
        return await _page(visit, 422, problem=_words(error), typed={one: visit.text(one) for one in fields})
    return await _page(visit, handed={"username": new.username, "password": password})


async def change(visit: Visit) -> web.StreamResponse:
    """POST: another role or class."""
    try:
        async with visit.desk.database.transaction(visit.staff.school_id) as tx:
            role, class_id = await _role(visit, tx)
            await visit.desk.staff.change_role(tx, _staff_id(visit), role, class_id, visit.staff.actor)
            if visit.text("citizen_id"):
                number = _citizen_id(visit.text("citizen_id"))
                await visit.desk.staff.set_citizen_id(tx, _staff_id(visit), number, visit.staff.actor)
    except (BadStaffError, LastHeadError, UsernameTakenError) as error:
        return await _page(visit, 422, problem=_words(error))
    raise web.HTTPSeeOther("/console/staff")


async def reset(visit: Visit) -> web.StreamResponse:
    """POST: a new first password, and the second step off: for who forgot one or lost the phone."""
    password = fresh_password()
    hashed = await asyncio.to_thread(hash_password, password)
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        staff_id = _staff_id(visit)
        account = await visit.desk.staff.get(tx, staff_id)
        await visit.desk.staff.set_password(tx, staff_id, hashed, visit.staff.actor, must_change=True)
        await visit.desk.second_step.turn_off(tx, staff_id, visit.staff.actor)
        await visit.desk.attempts.succeeded(tx, account.staff.username)
    if staff_id == visit.staff.id:
        raise web.HTTPSeeOther("/console/sign-in")
    return await _page(visit, handed={"username": account.staff.username, "password": password})


async def close(visit: Visit) -> web.StreamResponse:
    """POST: close an account for good."""
    try:
        async with visit.desk.database.transaction(visit.staff.school_id) as tx:
            await visit.desk.staff.close(tx, _staff_id(visit), visit.staff.actor)
    except LastHeadError as error:
        return await _page(visit, 409, problem=_words(error))
    raise web.HTTPSeeOther("/console/staff")


def _staff_id(visit: Visit) -> StaffId:
    staff_id = visit.id("staff_id")
    if staff_id is None:
        raise StaffNotFoundError
    return StaffId(staff_id)


async def _role(visit: Visit, tx: Tx) -> tuple[Role, ClassId | None]:
    """Role and class of the form; only a homeroom teacher has a class, and needs one of this school."""
    try:
        role = Role(visit.text("role"))
        wanted = UUID(visit.text("class_id")) if role is Role.HOMEROOM else None
    except ValueError:
        raise BadStaffError(field="class") from None
    if wanted is None:
        return role, None
    known = {one.id for one in await visit.desk.students.list_classes(tx)}
    if wanted not in known:
        raise BadStaffError(field="class")
    return role, ClassId(wanted)


def _citizen_id(text: str) -> CitizenId | None:
    if not text.strip():
        return None
    try:
        return CitizenId.parse(text)
    except ValueError:
        raise BadStaffError(field="citizen_id") from None


def _words(error: CoreError) -> str:
    if isinstance(error, BadStaffError):
        return texts.BAD_FIELDS[str(error.params["field"])]
    return texts.ERRORS[error.code]


async def _page(visit: Visit, status: int = 200, **context: Any) -> web.StreamResponse:
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        accounts = await visit.desk.staff.list_accounts(tx)
        classes = await visit.desk.students.list_classes(tx)
    empty: dict[str, Any] = {"problem": None, "handed": None, "typed": {}}
    shared = {
        "accounts": accounts,
        "classes": classes,
        "class_names": {one.id: one.name for one in classes},
        "roles": tuple(Role),
    }
    return visit.page("staff.html", status, **(empty | shared | context))
