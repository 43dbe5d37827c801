"""Every address of the console."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from core.console import (
    account,
    agreements,
    audit,
    deliveries,
    desk_texts,
    health,
    imports,
    kiosks,
    pupils,
    reports,
    requests,
    rooms,
    team,
    today,
)
from core.console.answer_routes import answer_routes
from core.console.broadcast_routes import broadcast_routes
from core.console.calendar import calendar_routes
from core.console.desk import ACCOUNT, HOME, SIGN_IN, Desk
from core.console.door import Door, Room, StaleFormError, read_form
from core.console.exam_routes import exam_routes
from core.console.export_pages import ExportPages
from core.console.fee_routes import fee_routes
from core.console.guardian_routes import guardian_routes
from core.console.handover_routes import handover_routes
from core.console.live import Live
from core.console.rooms import first_room
from core.console.sign_in import SignIn
from core.console.sign_on import SignOnPages
from core.console.texts import ERRORS, UNKNOWN_ERROR
from core.staff.domain import Right
from core.web.middleware import ErrorPage
from core.web.problems import Problem

STATIC = Path(__file__).parent / "static"
Route = Callable[[str, Room, Right], web.RouteDef]


def console_routes(desk: Desk, live: Live) -> tuple[web.AbstractRouteDef, ...]:
    """The routes, for `WebParts.routes`; `live.running` belongs into the application's `cleanup_ctx`."""
    entrance, front_door = SignIn(desk), _front_door(desk)

    def get(path: str, room: Room, right: Right) -> web.RouteDef:
        return web.get(path, Door(desk, room, right).__call__)

    def post(path: str, room: Room, right: Right) -> web.RouteDef:
        return web.post(path, Door(desk, room, right).__call__)

    return (
        web.get("/", front_door),
        web.get("/console", front_door),
        web.get("/console/sign-in", entrance.show),
        web.post("/console/sign-in", entrance.submit),
        web.get("/console/sign-in/code", entrance.show_code),
        web.post("/console/sign-in/code", entrance.submit_code),
        *SignOnPages(desk).routes(),
        *ExportPages(desk).routes(),
        post("/console/sign-out", entrance.sign_out, Right.OWN_ACCOUNT),
        *_account_routes(get, post),
        get(HOME, today.show, Right.SEE_DAY),
        get("/console/today", today.fragment, Right.SEE_DAY),
        get("/console/events", live.stream, Right.SEE_DAY),
        post("/console/check-ins/{check_in_id}", today.decide, Right.DECIDE_CHECK_INS),
        get("/console/pupils", pupils.everybody, Right.SEE_PUPILS),
        get("/console/classes", pupils.classes, Right.SEE_PUPILS),
        get("/console/classes/{class_id}", pupils.one_class, Right.SEE_PUPILS),
        *guardian_routes(get, post),
        get("/console/import", imports.show, Right.IMPORT_STUDENTS),
        post("/console/import", imports.submit, Right.IMPORT_STUDENTS),
        *calendar_routes(get, post),
        get("/console/health", health.show, Right.SEE_HEALTH),
        get("/console/devices", kiosks.show, Right.MANAGE_DEVICES),
        post("/console/devices", kiosks.issue, Right.MANAGE_DEVICES),
        post("/console/devices/{device_id}/revoke", kiosks.revoke, Right.MANAGE_DEVICES),
        post("/console/devices/{device_id}/orders", kiosks.order, Right.MANAGE_DEVICES),
        get("/console/deliveries", deliveries.show, Right.SEE_DELIVERIES),
        post("/console/deliveries/{notification_id}", deliveries.requeue, Right.SEE_DELIVERIES),
        *answer_routes(get, post),
        *handover_routes(get, post, live),
        *broadcast_routes(get, post),
        *fee_routes(get, post),
        *exam_routes(get, post),
        get(reports.HOME, reports.show, Right.SEE_REPORTS),
        get(f"{reports.HOME}.csv", reports.table, Right.SEE_REPORTS),
        get("/console/audit", audit.show, Right.SEE_AUDIT),
        post("/console/audit", audit.export, Right.SEE_AUDIT),
        web.static("/console/static", STATIC),
    )


def _account_routes(get: Route, post: Route) -> tuple[web.AbstractRouteDef, ...]:
    """The own account, and the staff of the school."""
    return (
        get(ACCOUNT, account.show, Right.OWN_ACCOUNT),
        post(f"{ACCOUNT}/password", account.change_password, Right.OWN_ACCOUNT),
        post(f"{ACCOUNT}/two-step", account.start_two_step, Right.OWN_ACCOUNT),
        post(f"{ACCOUNT}/two-step/confirm", account.confirm_two_step, Right.OWN_ACCOUNT),
        post(f"{ACCOUNT}/sessions/{{session_id}}", account.end_session, Right.OWN_ACCOUNT),
        get("/console/staff", team.show, Right.MANAGE_STAFF),
        post("/console/staff", team.add, Right.MANAGE_STAFF),
        post("/console/staff/{staff_id}", team.change, Right.MANAGE_STAFF),
        post("/console/staff/{staff_id}/reset", team.reset, Right.MANAGE_STAFF),
        post("/console/staff/{staff_id}/close", team.close, Right.MANAGE_STAFF),
        get("/console/consents", agreements.show, Right.SEE_CONSENTS),
        get("/console/consents/{class_id}", agreements.of_class, Right.SEE_CONSENTS),
        post("/console/consents/students/{student_id}", agreements.record, Right.RECORD_CONSENTS),
        get("/console/requests", requests.show, Right.HANDLE_REQUESTS),
        post("/console/requests", requests.open_on_paper, Right.HANDLE_REQUESTS),
        post("/console/requests/{request_id}", requests.answer, Right.HANDLE_REQUESTS),
    )


def error_pages(desk: Desk) -> ErrorPage:
    """Errors as pages for the console, as problem+json elsewhere."""

    async def page(request: web.Request, problem: Problem) -> web.StreamResponse:
        if not request.path.startswith(("/console", "/signon", "/my-data")):
            return problem.as_response()
        message = ERRORS.get(problem.code) or desk_texts.ERRORS.get(problem.code, UNKNOWN_ERROR)
        back = rooms.of(request.path)
        written = await _written(request) if request.method == "POST" else ()
        return desk.page(
            "error.html", problem.status, problem=problem, message=message, back=back, written=written
        )

    return page


async def _written(request: web.Request) -> tuple[str, ...]:
    """The sentences that somebody had written into a form that was refused, and not kept.

    No passwords, codes, choices or files.
    """
    try:
        form = await read_form(request)
    except (StaleFormError, web.HTTPException):
        return ()  # another site's form, or none at all
    secret = ("password", "csrf", "code")
    texts = (str(value).strip() for name, value in form.items() if not name.startswith(secret))
    return tuple(one for one in texts if len(one) >= 20 and " " in one)


def _front_door(desk: Desk) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """GET /: staff to their first room, everybody else to the sign-in page."""

    async def front_door(request: web.Request) -> web.StreamResponse:
        staff = await desk.who(request)
        raise web.HTTPSeeOther(first_room(staff) if staff else SIGN_IN)

    return front_door
