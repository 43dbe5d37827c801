"""The pages around VNeID: where a guardian's link leads, where staff start, and where the provider sends back to.

A guardian ends with six digits to type into the chat; staff end signed in. The provider is asked with no
transaction open.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from aiohttp import web

from core.console.desk import Desk
from core.console.rooms import first_room
from core.console.sign_in import give_cookie, short_agent
from core.signon.domain import (
    LINK_LIFE,
    Attempt,
    Person,
    Purpose,
    Secrets,
    SignOnDeniedError,
    SignOnLinkError,
    SignOnOffError,
    SignOnTokenError,
)
from core.staff.domain import Method, SignInRefusedError

if TYPE_CHECKING:
    from core.signon.provider import Provider

log = structlog.get_logger(__name__)
BROWSER_COOKIE = "congtruong_signon"
CALLBACK = "/signon/callback"


@dataclass(frozen=True, slots=True)
class SignOnPages:
    """From our pages to the provider and back."""

    desk: Desk

    def routes(self) -> tuple[web.AbstractRouteDef, ...]:
        """The routes; all of them are for people who are not signed in yet."""
        return (
            web.get(CALLBACK, self.callback),
            web.get("/signon/{token}", self.show),
            web.get("/signon/{token}/go", self.go),
            web.get("/console/sign-in/vneid", self.staff),
        )

    async def show(self, request: web.Request) -> web.StreamResponse:
        """GET: what is about to happen, before anything does."""
        token = request.match_info["token"]
        async with self.desk.database.platform() as tx:
            if not await self.desk.sign_ons.is_open(tx, token):
                raise SignOnLinkError
        return self.desk.page("sign_on.html", token=token)

    async def go(self, request: web.Request) -> web.StreamResponse:
        """GET: to the provider, for a guardian."""
        async with self.desk.database.platform() as tx:
            secrets = await self.desk.sign_ons.start_guardian(tx, request.match_info["token"])
        return await self._leave(secrets)

    async def staff(self, _request: web.Request) -> web.StreamResponse:
        """GET: to the provider, for a member of staff."""
        self._provider()
        async with self.desk.database.platform() as tx:
            secrets = await self.desk.sign_ons.start_staff(tx)
        return await self._leave(secrets)

    async def callback(self, request: web.Request) -> web.StreamResponse:
        """GET: back from the provider (RFC 6749, 4.1.2; `iss` as in RFC 9207)."""
        provider, asked = self._provider(), request.query
        browser = request.cookies.get(BROWSER_COOKIE, "")
        async with self.desk.database.platform() as tx:
            attempt, secrets = await self.desk.sign_ons.claim(tx, asked.get("state", ""), browser)
        if asked.get("iss", provider.settings.issuer) != provider.settings.issuer:
            raise SignOnTokenError(reason="iss")
        if "error" in asked or not asked.get("code"):
            raise SignOnDeniedError
        person = await provider.person(asked["code"], secrets)
        if attempt.purpose is Purpose.STAFF:
            return await self._staff_in(request, attempt, person)
        async with self.desk.database.transaction(attempt.school_id) as own:
            code = await self.desk.sign_ons.prove(own, attempt, person)
        return self.desk.page("sign_on_code.html", code=code)

    async def _staff_in(self, request: web.Request, attempt: Attempt, person: Person) -> web.StreamResponse:
        """Open a session for the account with the proven number.

        Raises:
            SignInRefusedError: when no open account has it.
        """
        async with self.desk.database.platform() as tx:
            await self.desk.sign_ons.forget(tx, attempt)
            account = await self.desk.staff.find_by_citizen_id(tx, person.citizen_id)
        if account is None:
            raise SignInRefusedError
        agent = short_agent(request.headers.get("User-Agent", ""))
        async with self.desk.database.transaction(account.staff.school_id) as own:
            token = await self.desk.sessions.open(own, account.staff, Method.VNEID, agent=agent)
        # The strict cookie is not sent along a redirect that began at the provider, so a page of ours goes on.
        response = self.desk.page("sign_on_staff.html", to=first_room(account.staff))
        give_cookie(self.desk, response, token)
        return response

    async def _leave(self, secrets: Secrets) -> web.StreamResponse:
        response = web.HTTPSeeOther(await self._provider().authorization_url(secrets))
        response.set_cookie(
            BROWSER_COOKIE,
            secrets.browser,
            max_age=round(LINK_LIFE.total_seconds()),
            path="/signon",
            httponly=True,
            secure=self.desk.secure_cookies,
            samesite="Lax",
        )
        raise response

    def _provider(self) -> Provider:
        if self.desk.provider is None:
            raise SignOnOffError
        return self.desk.provider
