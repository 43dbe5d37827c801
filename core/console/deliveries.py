"""The delivery room: how many messages stand where, and those that were given up."""

from __future__ import annotations

from uuid import UUID

from aiohttp import web

from core.console.desk import Visit
from core.notifications.domain import ParkedNotificationNotFoundError
from core.values.ids import NotificationId


async def show(visit: Visit) -> web.StreamResponse:
    """GET: the report."""
    desk = visit.desk
    async with desk.database.transaction(visit.staff.school_id) as tx:
        report = await desk.notifications.report(tx)
        parked = await desk.notifications.list_parked(tx)
        recent = await desk.notifications.list_recent(tx, limit=30)
    return visit.page("deliveries.html", report=report, parked=parked, recent=recent)


async def requeue(visit: Visit) -> web.StreamResponse:
    """POST: try a parked message again."""
    try:
        notification_id = NotificationId(UUID(visit.request.match_info["notification_id"]))
    except ValueError:
        raise ParkedNotificationNotFoundError from None
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        await visit.desk.notifications.requeue(tx, notification_id)
    raise web.HTTPSeeOther("/console/deliveries")
