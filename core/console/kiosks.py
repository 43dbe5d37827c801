"""The devices room: make an enrolment code, see who is alive, order a kiosk to do something, revoke."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from uuid import UUID

from aiohttp import web
from pydantic import ValidationError

from core.console import gate_texts
from core.console.desk import Visit
from core.contracts.checkin import CheckInMode
from core.contracts.commands import (
    ChangeSettings,
    CloseSession,
    Lock,
    OpenSession,
    Order,
    Restart,
    TellState,
    Unlock,
    Update,
)
from core.devices.commands.domain import TooManyCommandsError
from core.devices.domain import DeviceNameError, DeviceNotFoundError, IssuedCode
from core.values.ids import DeviceId


async def show(visit: Visit) -> web.StreamResponse:
    """GET: every device."""
    return await _page(visit)


async def issue(visit: Visit) -> web.StreamResponse:
    """POST: make a one-time code; it is shown once, on this answer."""
    desk = visit.desk
    try:
        async with desk.database.transaction(visit.staff.school_id) as tx:
            name = visit.text("name")
            issued = await desk.devices.issue_enrolment_code(tx, name, actor=visit.staff.actor)
    except DeviceNameError as error:
        return await _page(visit, problem=error.code)
    return await _page(visit, issued=issued)


async def revoke(visit: Visit) -> web.StreamResponse:
    """POST: trust a device no more."""
    device_id = _device_id(visit)
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        await visit.desk.devices.revoke(tx, device_id, actor=visit.staff.actor)
    raise web.HTTPSeeOther("/console/devices")


async def order(visit: Visit) -> web.StreamResponse:
    """POST: order a kiosk to do something; the page then shows what becomes of it."""
    device_id, desk = _device_id(visit), visit.desk
    wanted = _wanted(visit)
    if wanted is None:
        return await _page(visit, problem="console.unknown_order")
    try:
        async with desk.database.transaction(visit.staff.school_id) as tx:
            await desk.gate.order(tx, device_id, wanted, actor=visit.staff.actor)
    except TooManyCommandsError as error:
        return await _page(visit, problem=error.code)
    raise web.HTTPSeeOther("/console/devices")


def _wanted(visit: Visit) -> Order | None:
    """The order that a button or the version field names."""
    version = visit.text("version").strip()
    if not version:
        made = _ORDERS.get(visit.text("order"))
        return made() if made else None
    try:
        return Update(version=version)
    except ValidationError:
        return None


_ORDERS: Mapping[str, Callable[[], Order]] = {
    "state": TellState,
    "lock": Lock,
    "unlock": Unlock,
    "close": CloseSession,
    "restart": Restart,
    "mute": partial(ChangeSettings, sound=False),
    "sound": partial(ChangeSettings, sound=True),
    "face_on": partial(ChangeSettings, face_alone=True),
    "face_off": partial(ChangeSettings, face_alone=False),
    "code_on": partial(ChangeSettings, code_alone=True),
    "code_off": partial(ChangeSettings, code_alone=False),
    "turns_1": partial(ChangeSettings, turns=1),
    "turns_2": partial(ChangeSettings, turns=2),
    "turns_3": partial(ChangeSettings, turns=3),
    **{mode.value: partial(OpenSession, mode=mode) for mode in CheckInMode},
}


def _device_id(visit: Visit) -> DeviceId:
    try:
        return DeviceId(UUID(visit.request.match_info["device_id"]))
    except ValueError:
        raise DeviceNotFoundError from None


async def _page(
    visit: Visit, issued: IssuedCode | None = None, problem: str | None = None
) -> web.StreamResponse:
    desk = visit.desk
    async with desk.database.transaction(visit.staff.school_id) as tx:
        devices = await desk.devices.list_devices(tx)
        orders = await desk.gate.commands.list_recent(tx)
        states = await desk.gate.commands.states(tx)
    return visit.page(
        "devices.html",
        422 if problem else 200,
        devices=devices,
        names={one.id: one.name for one in devices},
        orders=orders,
        states=states,
        gates=gate_texts,
        issued=issued,
        problem=problem,
        now=desk.clock.now(),
    )
