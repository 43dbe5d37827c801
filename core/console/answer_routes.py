"""The addresses of the rooms for answers and API keys, each with its right."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from core.console import api_keys, passages, questions
from core.console.door import Room
from core.staff.domain import Right

Route = Callable[[str, Room, Right], web.RouteDef]
_WRITE, _APPROVE, _KEYS = Right.WRITE_ANSWERS, Right.APPROVE_ANSWERS, Right.MANAGE_API_KEYS


def answer_routes(get: Route, post: Route) -> tuple[web.AbstractRouteDef, ...]:
    """Questions, the school's own answers, and keys."""
    return (
        get(questions.HOME, questions.show, _WRITE),
        post(f"{questions.HOME}/group", questions.group, _WRITE),
        post(f"{questions.HOME}/{{cluster_id}}/dismiss", questions.dismiss, _WRITE),
        post("/console/answers/try", questions.ask, _WRITE),
        get("/console/answers/try/{preview_id}", questions.tried, _WRITE),
        get(passages.HOME, passages.show, _WRITE),
        post(passages.HOME, passages.create, _WRITE),
        get(f"{passages.HOME}/new", passages.new, _WRITE),
        get(f"{passages.HOME}/forms/{{kind}}", passages.show_form, _WRITE),
        post(f"{passages.HOME}/forms/{{kind}}", passages.save_form, _WRITE),
        get(f"{passages.HOME}/{{passage_id}}", passages.edit, _WRITE),
        post(f"{passages.HOME}/{{passage_id}}", passages.save, _WRITE),
        post(f"{passages.HOME}/{{passage_id}}/publish", passages.publish, _APPROVE),
        post(f"{passages.HOME}/{{passage_id}}/withdraw", passages.withdraw, _APPROVE),
        get(api_keys.HOME, api_keys.show, _KEYS),
        post(api_keys.HOME, api_keys.issue, _KEYS),
        post(f"{api_keys.HOME}/{{key_id}}/revoke", api_keys.revoke, _KEYS),
    )
