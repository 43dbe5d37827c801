"""Every address of the console."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from core.console import deliveries, imports, kiosks, pupils, today
from core.console.desk import SIGN_IN, Desk, Door, Room
from core.console.live import Live
from core.console.sign_in import HOME, SignIn
from core.console.texts import ERRORS, UNKNOWN_ERROR
from core.staff.domain import Right
from core.web.middleware import ErrorPage
from core.web.problems import Problem

STATIC = Path(__file__).parent / "static"


def console_routes(desk: Desk, live: Live) -> tuple[web.AbstractRouteDef, ...]:
    """The routes, for `WebParts.routes`; `live.running` belongs into the application's `cleanup_ctx`."""
    entrance, front_door = SignIn(desk), _front_door(desk)

    def get(path: str, room: Room, right: Right | None = None) -> web.RouteDef:
        return web.get(path, Door(desk, room, right).__call__)

    def post(path: str, room: Room, right: Right | None = None) -> web.RouteDef:
        return web.post(path, Door(desk, room, right).__call__)

    return (
        web.get("/", front_door),
        web.get("/console", front_door),
        web.get("/console/sign-in", entrance.show),
        web.post("/console/sign-in", entrance.submit),
        post("/console/sign-out", entrance.sign_out),
        get(HOME, today.show),
        get("/console/today", today.fragment),
        get("/console/events", live.stream),
        post("/console/check-ins/{check_in_id}", today.decide, Right.DECIDE_CHECK_INS),
        get("/console/classes", pupils.classes),
        get("/console/classes/{class_id}", pupils.one_class),
        get("/console/import", imports.show, Right.IMPORT_STUDENTS),
        post("/console/import", imports.submit, Right.IMPORT_STUDENTS),
        get("/console/devices", kiosks.show, Right.MANAGE_DEVICES),
        post("/console/devices", kiosks.issue, Right.MANAGE_DEVICES),
        post("/console/devices/{device_id}/revoke", kiosks.revoke, Right.MANAGE_DEVICES),
        get("/console/deliveries", deliveries.show, Right.SEE_DELIVERIES),
        post("/console/deliveries/{notification_id}", deliveries.requeue, Right.SEE_DELIVERIES),
        web.static("/console/static", STATIC),
    )


def error_pages(desk: Desk) -> ErrorPage:
    """Errors as pages for the console, as problem+json elsewhere."""

    async def page(request: web.Request, problem: Problem) -> web.StreamResponse:
        if not request.path.startswith("/console"):
            return problem.as_response()
        message = ERRORS.get(problem.code, UNKNOWN_ERROR)
        return desk.page("error.html", problem.status, problem=problem, message=message)

    return page


def _front_door(desk: Desk) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """GET /: staff to their first room, everybody else to the sign-in page."""

    async def front_door(request: web.Request) -> web.StreamResponse:
        raise web.HTTPSeeOther(HOME if await desk.who(request) else SIGN_IN)

    return front_door
