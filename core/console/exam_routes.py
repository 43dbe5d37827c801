"""The addresses of the exams' rooms."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from core.console import exam_corrections, exam_forms, exams
from core.console.door import Room
from core.staff.domain import Right

Route = Callable[[str, Room, Right], web.RouteDef]


def exam_routes(get: Route, post: Route) -> tuple[web.AbstractRouteDef, ...]:
    """The sittings, new lists, one room with its kiosk and its list for the door."""
    home, see, manage = exams.HOME, Right.SEE_EXAMS, Right.MANAGE_EXAMS
    room = f"{home}/{{exam_session_id}}"
    return (
        get(home, exams.show, see),
        get(f"{home}/new", exam_forms.new, manage),
        post(f"{home}/new", exam_forms.create, manage),
        get(room, exams.room, see),
        get(f"{room}/door", exams.door, see),
        post(f"{room}/kiosk", exams.open_kiosk, manage),
        post(f"{room}/correct", exam_corrections.correct, manage),
        post(f"{room}/remove", exams.remove, manage),
    )
