"""Records what arrives at the same moment in one transaction, so that a flood pays for one commit, not for each.

Whoever comes while a transaction is being written joins the next one; nobody waits for company. Each caller
returns only after the commit that holds its fact. A batch that the database refuses is written one by one, so
that a single bad fact fails alone.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

from bot.files import NOTED, Expects
from core.db.transaction import Database
from core.inbox.domain import Incoming
from core.inbox.service import Inbox
from core.values.ids import SchoolId

_MOST = 200
_Waiting = tuple[Incoming, "asyncio.Future[None]"]


@dataclass(frozen=True, slots=True)
class Intake:
    """The way into the inbox for webhooks of one school."""

    database: Database
    school_id: SchoolId
    inbox: Inbox
    expects: Expects | None = None
    _waiting: list[_Waiting] = field(default_factory=list, repr=False)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    async def record(self, incoming: Incoming, file: str = "") -> None:
        """Return when the fact is safe; a duplicate is safe already.

        `file` is the channel's reference to what came with it; it is noted only while somebody is there to read it.
        """
        chat = (incoming.source, incoming.ordering_key)
        if file and self.expects is not None and await self.expects(*chat):
            noted = {"channel": incoming.source, "ref": file}
            incoming = replace(incoming, payload={**incoming.payload, NOTED: noted})
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((incoming, done))
        async with self._turn:
            if not done.done():
                batch = self._waiting[:_MOST]
                del self._waiting[:_MOST]
                await self._write(batch)
        await done

    async def _write(self, batch: list[_Waiting]) -> None:
        try:
            await self._commit([incoming for incoming, _ in batch])
        except Exception as error:  # noqa: BLE001 - handed to whoever waits for it
            if len(batch) == 1:
                _end(batch[0][1], error)
                return
            for one in batch:
                await self._write([one])
            return
        except BaseException:
            for _, done in batch:
                done.cancel()
            raise
        for _, done in batch:
            _end(done)

    async def _commit(self, facts: list[Incoming]) -> None:
        async with self.database.transaction(self.school_id) as tx:
            await self.inbox.record_all(tx, facts)


def _end(done: asyncio.Future[None], error: Exception | None = None) -> None:
    """Tell whoever waits, unless it was cancelled meanwhile."""
    if done.done():
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)
