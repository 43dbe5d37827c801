"""The addresses of the desk room, each with its right."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from core.console import desk_settings, handovers
from core.console.desk_settings import SETTINGS
from core.console.door import Room
from core.console.handovers import HOME
from core.console.live import Live
from core.staff.domain import Right

Route = Callable[[str, Room, Right], web.RouteDef]
_ANSWER, _SET_UP = Right.ANSWER_GUARDIANS, Right.MANAGE_STAFF


def handover_routes(get: Route, post: Route, live: Live) -> tuple[web.AbstractRouteDef, ...]:
    """Who waits, the conversations, and how the desk is set up."""
    return (
        get(HOME, handovers.show, _ANSWER),
        get(f"{HOME}/list", handovers.fragment, _ANSWER),
        get(f"{HOME}/waiting", handovers.waiting, _ANSWER),
        get(f"{HOME}/events", live.stream, _ANSWER),
        get(SETTINGS, desk_settings.settings, _SET_UP),
        post(f"{SETTINGS}/hours", desk_settings.set_hours, _SET_UP),
        post(f"{SETTINGS}/chats", desk_settings.invite, _SET_UP),
        post(f"{SETTINGS}/chats/{{chat_id}}/remove", desk_settings.remove_chat, _SET_UP),
        get(f"{HOME}/{{handover_id}}", handovers.one, _ANSWER),
        get(f"{HOME}/{{handover_id}}/lines", handovers.one_fragment, _ANSWER),
        post(f"{HOME}/{{handover_id}}/take", handovers.take, _ANSWER),
        post(f"{HOME}/{{handover_id}}/answer", handovers.answer, _ANSWER),
        post(f"{HOME}/{{handover_id}}/end", handovers.end, _ANSWER),
    )
