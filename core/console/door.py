"""The door of every room: who is signed in and may enter, and forms that prove they are ours."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from aiohttp import web

from core.console.desk import ACCOUNT, COOKIE, HOME, SIGN_IN, Desk, Visit
from core.errors import ForbiddenError, UnauthenticatedError
from core.staff.domain import Method, NotAllowedError, Right, Session, Stage


class StaleFormError(ForbiddenError):
    """A form did not come from a page of ours, or from one of an earlier session."""

    code = "console.stale_form"


Room = Callable[[Visit], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Door:
    """Lets signed-in staff with the right into a room; a form must carry the session's token."""

    desk: Desk
    room: Room
    right: Right

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        """Check, then enter.

        Raises:
            UnauthenticatedError, NotAllowedError, StaleFormError: why not.
        """
        session = await self.desk.session(request)
        if session is None or session.stage is not Stage.OPEN:
            if _wants_page(request):
                raise web.HTTPSeeOther(_way_back(request))
            raise UnauthenticatedError
        session.staff.require(self.right)
        self._settled(request, session)
        csrf = self.desk.csrf_of(request.cookies[COOKIE])
        form: dict[str, Any] = {}
        if request.method != "GET":
            form = await read_form(request)
            if not hmac.compare_digest(str(form.get("csrf", "")).encode(), csrf.encode()):
                raise StaleFormError
        return await self.room(Visit(self.desk, request, session, self.right, csrf, form))

    def _settled(self, request: web.Request, session: Session) -> None:
        """Who has a first password, or no second step where one is asked for, meets only the own account."""
        weak = session.method is Method.PASSWORD and self.desk.require_two_step
        if self.right is not Right.OWN_ACCOUNT and (weak or session.account.must_change):
            if _wants_page(request):
                raise web.HTTPSeeOther(ACCOUNT)
            raise NotAllowedError


def _way_back(request: web.Request) -> str:
    """The sign-in that leads on to the page that was asked for."""
    return SIGN_IN if request.path == HOME else f"{SIGN_IN}?to={quote(request.path_qs)}"


def _wants_page(request: web.Request) -> bool:
    return request.method == "GET" and "text/html" in request.headers.get("Accept", "")


async def read_form(request: web.Request) -> dict[str, Any]:
    """The fields of a posted form.

    Raises:
        StaleFormError: when a browser says that it comes from another site.
        HTTPBadRequest: when it is malformed.
    """
    origin = request.headers.get("Origin")
    if origin and origin != "null" and urlsplit(origin).netloc != request.host:
        raise StaleFormError
    try:
        return dict(await request.post())
    except (ValueError, LookupError) as error:
        raise web.HTTPBadRequest from error
