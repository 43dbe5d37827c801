"""Signing in and out: the password, then six digits where they are on.

The password is compared in a thread, with no transaction open. Wrong tries are counted in the database, for
usernames that do not exist, too, so that no answer tells which do.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from urllib.parse import quote

from aiohttp import web

from core.console import texts
from core.console.desk import COOKIE, SIGN_IN, Desk, Visit
from core.console.door import read_form
from core.console.rooms import first_room
from core.staff.domain import (
    MOST_PASSWORD,
    SESSION_LIFE,
    Account,
    Method,
    Session,
    SignInLockedError,
    SignInRefusedError,
    Stage,
)
from core.staff.passwords import password_fits

CODE = "/console/sign-in/code"
_BROWSERS = re.compile(r"(Edg|OPR|CocCoc|coc_coc_browser|Firefox|Chrome|Safari)\w*/[\d.]*", re.ASCII)
_ROOM = re.compile(r"/console/(?!sign-|static/)[\w\-./?=&%:+~]+", re.ASCII)
_LONGEST_WAY = 500
_SYSTEMS = re.compile(r"Windows|Android|iPhone|iPad|Mac OS X|Linux", re.ASCII)


@dataclass(frozen=True, slots=True)
class SignIn:
    """The door of the console."""

    desk: Desk
    trying: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))
    """So many tries at once, each from its look at the limit to its count: a thousand sent together cannot all pass
    the look before the first is counted. Comparing a password takes 64 MiB, besides."""

    async def show(self, request: web.Request) -> web.StreamResponse:
        """GET: the form."""
        staff = await self.desk.who(request)
        if staff is not None:
            raise web.HTTPSeeOther(first_room(staff))
        ended = COOKIE in request.cookies and await self.desk.session(request) is None
        return self._again(texts.SESSION_ENDED if ended else None, 200, "", wanted(request.query.get("to")))

    async def submit(self, request: web.Request) -> web.StreamResponse:
        """POST: try username and password."""
        form = await read_form(request)
        to = wanted(form.get("to"))
        username, password = str(form.get("username", "")), str(form.get("password", ""))
        try:
            account = await self._try(username, password, self.desk.caller(request))
        except SignInRefusedError:
            return self._again(texts.SIGN_IN_REFUSED, 401, username, to)
        except SignInLockedError as error:
            return self._again(texts.sign_in_locked(int(error.params["retry_after"])), 429, username, to)
        stage = Stage.CODE if account.two_step else Stage.OPEN
        token = await self._open(request, account, Method.PASSWORD, stage)
        response = web.HTTPSeeOther(_code_for(to) if account.two_step else to or first_room(account.staff))
        give_cookie(self.desk, response, token)
        raise response

    async def show_code(self, request: web.Request) -> web.StreamResponse:
        """GET: ask for the six digits."""
        await self._half_way(request)
        return self.desk.page("sign_in_code.html", message=None, to=wanted(request.query.get("to")))

    async def submit_code(self, request: web.Request) -> web.StreamResponse:
        """POST: try six digits or a recovery code."""
        session = await self._half_way(request)
        form = await read_form(request)
        code, to = str(form.get("code", ""))[:40], wanted(form.get("to"))
        account = session.account
        try:
            fits = await self._try_code(account, code, self.desk.caller(request))
        except SignInLockedError as error:
            message = texts.sign_in_locked(int(error.params["retry_after"]))
            return self.desk.page("sign_in_code.html", 429, message=message, to=to)
        if not fits:
            return self.desk.page("sign_in_code.html", 401, message=texts.ERRORS["staff.wrong_code"], to=to)
        async with self.desk.database.platform() as tx:
            await self.desk.sessions.close(tx, request.cookies[COOKIE])
        response = web.HTTPSeeOther(to or first_room(account.staff))
        give_cookie(self.desk, response, await self._open(request, account, Method.TWO_STEP))
        raise response

    async def sign_out(self, visit: Visit) -> web.StreamResponse:
        """POST: end the session."""
        async with self.desk.database.platform() as tx:
            await self.desk.sessions.close(tx, visit.request.cookies[COOKIE])
        response = web.HTTPSeeOther(SIGN_IN)
        response.del_cookie(COOKIE, path="/console")
        raise response

    async def _half_way(self, request: web.Request) -> Session:
        session = await self.desk.session(request)
        if session is None or session.stage is not Stage.CODE:
            raise web.HTTPSeeOther(SIGN_IN)
        return session

    async def _try(self, username: str, password: str, caller: str) -> Account:
        async with self.trying:
            await self._check(username, caller)
            async with self.desk.database.platform() as tx:
                account = await self.desk.staff.find_account(tx, username)
            stored = account.password_hash if account else None
            fits = await asyncio.to_thread(password_fits, stored, password[: MOST_PASSWORD + 1])
            if account is None or not fits:
                await self._failed(username, caller, account)
                raise SignInRefusedError
        return account

    async def _try_code(self, account: Account, code: str, caller: str) -> bool:
        username = account.staff.username
        async with self.trying:
            await self._check(username, caller)
            async with self.desk.database.transaction(account.staff.school_id) as tx:
                fits = await self.desk.second_step.use(tx, account.staff, code)
            if not fits:
                await self._failed(username, caller, account)
        return fits

    async def _check(self, username: str, caller: str) -> None:
        async with self.desk.database.platform() as tx:
            await self.desk.attempts.check(tx, username, caller)

    async def _failed(self, username: str, caller: str, account: Account | None) -> None:
        async with self.desk.database.platform() as tx:
            until = await self.desk.attempts.failed(tx, username, caller)
        if until is not None and account is not None:
            async with self.desk.database.transaction(account.staff.school_id) as own:
                await self.desk.staff.note_lock(own, account.staff.id)

    async def _open(
        self, request: web.Request, account: Account, method: Method, stage: Stage = Stage.OPEN
    ) -> str:
        agent = short_agent(request.headers.get("User-Agent", ""))
        async with self.desk.database.transaction(account.staff.school_id) as tx:
            if stage is Stage.OPEN:
                await self.desk.attempts.succeeded(tx, account.staff.username)
            return await self.desk.sessions.open(tx, account.staff, method, stage, agent)

    def _again(self, message: str | None, status: int, username: str, to: str) -> web.Response:
        shown = {"username": username[:40], "to": to, "vneid": self.desk.provider is not None}
        return self.desk.page("sign_in.html", status, message=message, **shown)


def wanted(to: object) -> str:
    """The page of the console that somebody wanted before signing in; empty for anything else.

    >>> wanted("/console/fees?all=yes"), wanted("https://elsewhere.example"), wanted("/console/sign-in")
    ('/console/fees?all=yes', '', '')
    """
    fits = isinstance(to, str) and len(to) <= _LONGEST_WAY and _ROOM.fullmatch(to)
    return to if fits and isinstance(to, str) else ""


def _code_for(to: str) -> str:
    return f"{CODE}?to={quote(to)}" if to else CODE


def give_cookie(desk: Desk, response: web.StreamResponse, token: str) -> None:
    """Hand a session's token to the browser."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=round(SESSION_LIFE.total_seconds()),
        path="/console",
        httponly=True,
        secure=desk.secure_cookies,
        samesite="Strict",
    )


def short_agent(header: str) -> str:
    """Browser and system in a few words, for the list of sessions.

    >>> short_agent("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0 Safari/537.36")
    'Chrome · Windows'
    """
    browsers, system = _BROWSERS.findall(header), _SYSTEMS.search(header)
    order = ("Edg", "OPR", "CocCoc", "coc_coc_browser", "Firefox", "Chrome", "Safari")
    browser = next((one for one in order if one in browsers), "")
    return " · ".join(part for part in (browser, system.group() if system else "") if part)
