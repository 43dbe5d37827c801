"""The addresses of the rooms for announcements and preferences, each with its right."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from core.console import broadcast_drafts, broadcasts, preferences
from core.console.broadcasts import HOME
from core.console.door import Room
from core.staff.domain import Right

Route = Callable[[str, Room, Right], web.RouteDef]
_SEND, _APPROVE = Right.SEND_BROADCASTS, Right.APPROVE_BROADCASTS


def broadcast_routes(get: Route, post: Route) -> tuple[web.AbstractRouteDef, ...]:
    """Announcements, and how people are told who have not chosen."""
    return (
        get(HOME, broadcasts.show, _SEND),
        post(HOME, broadcast_drafts.create, _SEND),
        get(f"{HOME}/new", broadcast_drafts.new, _SEND),
        get(preferences.HOME, preferences.show, _APPROVE),
        post(preferences.HOME, preferences.save, _APPROVE),
        get(f"{HOME}/{{broadcast_id}}", broadcasts.one, _SEND),
        get(f"{HOME}/{{broadcast_id}}/progress", broadcasts.fragment, _SEND),
        post(f"{HOME}/{{broadcast_id}}/confirm", broadcasts.confirm, _SEND),
        post(f"{HOME}/{{broadcast_id}}/stop", broadcasts.stop, _SEND),
    )
