"""The devices room: make an enrolment code, see who is alive, revoke."""

from __future__ import annotations

from uuid import UUID

from aiohttp import web

from core.console.desk import Visit
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
    try:
        device_id = DeviceId(UUID(visit.request.match_info["device_id"]))
    except ValueError:
        raise DeviceNotFoundError from None
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        await visit.desk.devices.revoke(tx, device_id, actor=visit.staff.actor)
    raise web.HTTPSeeOther("/console/devices")


async def _page(
    visit: Visit, issued: IssuedCode | None = None, problem: str | None = None
) -> web.StreamResponse:
    desk = visit.desk
    async with desk.database.transaction(visit.staff.school_id) as tx:
        devices = await desk.devices.list_devices(tx)
    status = 422 if problem else 200
    return visit.page(
        "devices.html", status, devices=devices, issued=issued, problem=problem, now=desk.clock.now()
    )
