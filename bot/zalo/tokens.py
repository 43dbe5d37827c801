"""Keeps the access token fresh. A refresh token works once, so it is spent under a row lock, by one process.

The lock is held during the call to Zalo's OAuth server, the one exception to "no outside call in a
transaction": whoever waits for the lock then finds the new pair and calls nobody. Only one of a process waits for it,
so that a server which does not answer takes one database connection and not all of them. The pair is committed right
after the answer; a crash in between costs the pair, and an operator signs in again.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import aiohttp

from core.conversations.domain import ChannelToken
from core.conversations.tokens.service import ChannelTokens
from core.db.transaction import Database
from core.notifications.ports import RetryLater
from core.values.clock import Clock
from core.values.ids import SchoolId

_EARLY = timedelta(minutes=10)
_TIMEOUT = aiohttp.ClientTimeout(total=10)


@dataclass(slots=True)
class _Renewing:
    """One renewal at a time in this process, and how many failed."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    failures: int = 0


@dataclass(frozen=True, slots=True)
class ZaloTokens:
    """The tokens of one official account.

    `kept` saves asking the database before every message; when Zalo says that a kept one is no good, `renew`
    finds what another process put in its place.
    """

    database: Database
    school_id: SchoolId
    stored: ChannelTokens
    clock: Clock
    http: aiohttp.ClientSession
    oauth: str
    app_id: str
    app_secret: str = field(repr=False)
    first: ChannelToken | None = field(repr=False, default=None)
    name: str = "zalo"
    kept: dict[str, ChannelToken] = field(default_factory=dict, repr=False)
    _renewing: _Renewing = field(default_factory=_Renewing, repr=False)

    async def access(self) -> str:
        """A token that is good for now.

        Raises:
            RetryLater: when the OAuth server gives none.
        """
        token = self.kept.get(self.name)
        if token is None or self.clock.now() >= token.expires_at - _EARLY:
            async with self.database.transaction(self.school_id) as tx:
                token = await self.stored.find(tx, self.name)
            token = token or self._known()
            self.kept[self.name] = token
        if self.clock.now() < token.expires_at - _EARLY:
            return token.access
        return await self.renew(token.access)

    async def renew(self, stale: str) -> str:
        """Replace `stale`; when another process already did, its token is returned and nothing is spent.

        Raises:
            RetryLater: when the OAuth server gives none.
        """
        before = self._renewing.failures
        async with self._renewing.turn:
            # Every message that waits would else hold a database connection and ask a dead server once more.
            if self._renewing.failures > before:
                raise RetryLater(timedelta(minutes=1), reason="zalo_oauth", whole_channel=True)
            try:
                return await self._renewed(stale)
            except RetryLater:
                self._renewing.failures += 1
                raise

    async def _renewed(self, stale: str) -> str:
        async with self.database.transaction(self.school_id) as tx:
            token = await self.stored.find(tx, self.name)
            token = await self.stored.lock(tx, self.name, token or self._known())
            if token.access != stale:
                self.kept[self.name] = token
                return token.access
            fresh = await self._ask(grant_type="refresh_token", refresh_token=token.refresh)
            await self.stored.put(tx, self.name, fresh)
        self.kept[self.name] = fresh
        return fresh.access

    async def begin(self, code: str, verifier: str) -> None:
        """Exchange the code of a sign-in for the first pair, and store it in place of whatever was there.

        Raises:
            RetryLater: when the OAuth server gives none.
        """
        fresh = await self._ask(grant_type="authorization_code", code=code, code_verifier=verifier)
        async with self.database.transaction(self.school_id) as tx:
            await self.stored.put(tx, self.name, fresh)
        self.kept[self.name] = fresh

    def _known(self) -> ChannelToken:
        """The pair of the settings; its age is unknown, so it counts as old."""
        if self.first is None:
            raise RetryLater(timedelta(minutes=1), reason="zalo_not_signed_in", whole_channel=True)
        return self.first

    async def _ask(self, **grant: str) -> ChannelToken:
        form = {"app_id": self.app_id, **grant}
        try:
            async with self.http.post(
                f"{self.oauth}/v4/oa/access_token",
                data=form,
                headers={"secret_key": self.app_secret},
                timeout=_TIMEOUT,
            ) as response:
                answer = await response.json(content_type=None)
            lives = timedelta(seconds=int(answer["expires_in"]))
            return ChannelToken(
                str(answer["access_token"]), str(answer["refresh_token"]), self.clock.now() + lives
            )
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError) as error:
            raise RetryLater(timedelta(minutes=1), reason="zalo_oauth", whole_channel=True) from error
