"""Signing in and out. The password is compared in a thread, with no transaction open."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aiohttp import web

from core.console import texts
from core.console.desk import COOKIE, Desk, Visit, read_form
from core.staff.domain import (
    MOST_PASSWORD,
    SESSION_LIFE,
    Account,
    SignInLockedError,
    SignInRefusedError,
)
from core.staff.passwords import password_fits
from core.web.problems import TooManyRequestsError

HOME = "/console/"
MOST_FAILURES = 30
_WINDOW = timedelta(minutes=5)
_MOST_CALLERS = 10_000


@dataclass(slots=True)
class CallerLimit:
    """Slows down who guesses from one address; the account's own lock is in the database.

    Only failures count: a whole staff room signs in from one address every morning.
    """

    failures: OrderedDict[str, list[datetime]] = field(default_factory=OrderedDict)

    def check(self, caller: str, now: datetime) -> None:
        """Whether the caller may try.

        Raises:
            TooManyRequestsError: after thirty failures in five minutes.
        """
        recent = self._recent(caller, now)
        if len(recent) >= MOST_FAILURES:
            raise TooManyRequestsError(retry_after=round((recent[0] + _WINDOW - now).total_seconds()))

    def failed(self, caller: str, now: datetime) -> None:
        """Count a failure."""
        recent = self._recent(caller, now)
        self.failures.pop(caller, None)
        self.failures[caller] = [*recent, now]
        while len(self.failures) > _MOST_CALLERS:
            self.failures.popitem(last=False)

    def _recent(self, caller: str, now: datetime) -> list[datetime]:
        return [at for at in self.failures.get(caller, ()) if now - at < _WINDOW]


@dataclass(frozen=True, slots=True)
class SignIn:
    """The door of the console."""

    desk: Desk
    limit: CallerLimit = field(default_factory=CallerLimit)
    hashing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))

    async def show(self, request: web.Request) -> web.StreamResponse:
        """GET: the form."""
        if await self.desk.who(request) is not None:
            raise web.HTTPSeeOther(HOME)
        return self.desk.page("sign_in.html", message=None, username="")

    async def submit(self, request: web.Request) -> web.StreamResponse:
        """POST: try username and password."""
        form = await read_form(request)
        username, password = str(form.get("username", "")), str(form.get("password", ""))
        caller, now = request.remote or "", self.desk.clock.now()
        try:
            self.limit.check(caller, now)
            token = await self._try(username, password)
        except SignInRefusedError:
            self.limit.failed(caller, now)
            return self._again(texts.SIGN_IN_REFUSED, 401, username)
        except (SignInLockedError, TooManyRequestsError) as error:
            return self._again(texts.sign_in_locked(int(error.params["retry_after"])), 429, username)
        response = web.HTTPSeeOther(HOME)
        response.set_cookie(
            COOKIE,
            token,
            max_age=round(SESSION_LIFE.total_seconds()),
            path="/console",
            httponly=True,
            secure=self.desk.secure_cookies,
            samesite="Strict",
        )
        raise response

    async def sign_out(self, visit: Visit) -> web.StreamResponse:
        """POST: end the session."""
        async with self.desk.database.platform() as tx:
            await self.desk.staff.close_session(tx, visit.request.cookies[COOKIE])
        response = web.HTTPSeeOther("/console/sign-in")
        response.del_cookie(COOKIE, path="/console")
        raise response

    async def _try(self, username: str, password: str) -> str:
        async with self.desk.database.platform() as tx:
            account = await self.desk.staff.find_account(tx, username)
        left = account.lock_left(self.desk.clock.now()) if account else 0
        if left:
            raise SignInLockedError(retry_after=left)
        if account is None or not await self._fits(account, password):
            if account is None:
                await self._fits(None, password)
            else:
                async with self.desk.database.transaction(account.staff.school_id) as own:
                    await self.desk.staff.failed(own, account.staff.id)
            raise SignInRefusedError
        async with self.desk.database.transaction(account.staff.school_id) as own:
            return await self.desk.staff.open_session(own, account.staff)

    async def _fits(self, account: Account | None, password: str) -> bool:
        stored = account.password_hash if account else None
        async with self.hashing:  # 64 MiB each: not many at once
            return await asyncio.to_thread(password_fits, stored, password[: MOST_PASSWORD + 1])

    def _again(self, message: str, status: int, username: str) -> web.Response:
        return self.desk.page("sign_in.html", status, message=message, username=username[:40])
