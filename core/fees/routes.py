"""Takes the notices of bank feeds in: proven on the raw body, recorded, answered. What they pay is decided later.

`POST /api/v1/payments/{feed}/{school_id}`. The answer means that the notice is safe, so it is given after the
commit; the same notice again changes nothing and is answered the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

import orjson
from aiohttp import web

from core.db.transaction import Database
from core.fees.banks.feeds import Feeds, NoSuchFeedError
from core.inbox.domain import Incoming
from core.inbox.service import Inbox
from core.schools.service import Schools
from core.values.clock import Clock
from core.values.ids import SchoolId
from core.web.problems import MalformedJsonError

PATH = "/api/v1/payments/{feed}/{school_id}"


@dataclass(frozen=True, slots=True)
class BankWebhooks:
    """The doors of the feeds (cửa nhận báo có)."""

    database: Database
    inbox: Inbox
    schools: Schools
    clock: Clock
    feeds: Feeds

    def routes(self) -> tuple[web.AbstractRouteDef, ...]:
        """One address for every feed of every school."""
        return (web.post(PATH, self.take),)

    async def take(self, request: web.Request) -> web.Response:
        """Record one notice.

        Raises:
            NoSuchFeedError: when this school has no such feed.
            NotFromTheBankError: when the sender does not prove to be it.
            MalformedJsonError: when the body is no JSON object.
        """
        name = request.match_info["feed"]
        school_id = _school(request.match_info["school_id"])
        feed = self.feeds.get(school_id, name)
        body = await request.read()
        feed.verify(request.headers, body, self.clock.now())
        try:
            payload = orjson.loads(body)
        except orjson.JSONDecodeError:
            raise MalformedJsonError from None
        if not isinstance(payload, dict):
            raise MalformedJsonError
        # The ledger counts a transfer once by the feed's own id; here the bytes tell a repeated call from a new one.
        incoming = Incoming(f"bank.{name}", sha256(body).hexdigest(), name, payload)
        async with self.database.transaction(school_id) as tx:
            await self.schools.get(tx)
            await self.inbox.record(tx, incoming)
        return web.json_response({"success": True})


def _school(text: str) -> SchoolId:
    try:
        return SchoolId(UUID(text))
    except ValueError:
        raise NoSuchFeedError from None
