"""The addresses of the guardians' rooms."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from core.console import guardian_pupil, guardians
from core.console.door import Room
from core.staff.domain import Right

Route = Callable[[str, Room, Right], web.RouteDef]


def guardian_routes(get: Route, post: Route) -> tuple[web.AbstractRouteDef, ...]:
    """Progress, list to call, cases, restrictions, one pupil."""
    home, see, verify = guardians.HOME, Right.SEE_GUARDIANS, Right.VERIFY_GUARDIANS
    return (
        get(home, guardians.progress, see),
        get(f"{home}/progress.csv", guardians.progress_csv, see),
        get(f"{home}/call", guardians.to_call, see),
        get(f"{home}/call.csv", guardians.to_call_csv, see),
        get(f"{home}/cases", guardians.cases, verify),
        post(f"{home}/cases/{{case_id}}", guardians.decide, verify),
        get(f"{home}/restrictions", guardians.restrictions, see),
        post(f"{home}/restrictions", guardians.restrict, verify),
        post(f"{home}/restrictions/{{restriction_id}}", guardians.lift, verify),
        get(f"{home}/pupils/{{student_id}}", guardian_pupil.show, see),
        post(f"{home}/pupils/{{student_id}}", guardian_pupil.change, verify),
    )
