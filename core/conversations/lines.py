"""The log behind the web chat page: what the page shows, in order, also after a reload or a lost connection.

Other channels keep their own history; only the web chat needs a place for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson

from core.conversations import repository
from core.conversations.domain import ChatAccountNotFoundError, ChatLine, LineOrigin
from core.conversations.service import address_index
from core.db.notify import notify
from core.db.transaction import Tx
from core.values.clock import Clock
from core.values.ids import ChatAccountId, SchoolId, new_id
from core.vault.keyring import Keyring

CHANNEL = "webchat"
BODY = "chat_line.body"


@dataclass(frozen=True, slots=True)
class ChatLines:
    """Lines of the web chat; every append wakes the pages that show it."""

    keyring: Keyring = field(repr=False)
    clock: Clock

    def wake_key(self, school_id: SchoolId, chat_id: str) -> str:
        """What NOTIFY carries for a chat: a fingerprint that names nobody."""
        return address_index(self.keyring.for_school(school_id), CHANNEL, chat_id).hex()

    async def append(
        self, tx: Tx, account_id: ChatAccountId, origin: LineOrigin, external_id: str, body: Mapping[str, Any]
    ) -> bool:
        """Write a line once; False when the same external id is there already.

        Raises:
            ChatAccountNotFoundError: when this school has no such account.
        """
        # The lock makes the order of ids the order of commits, so that "after this id" misses nothing.
        account = await repository.find_account(tx, account_id, lock=True)
        if account is None:
            raise ChatAccountNotFoundError
        sealed = self.keyring.for_school(tx.school_id).seal(orjson.dumps(dict(body)).decode(), BODY)
        written = await repository.add_line(
            tx,
            id=new_id(),
            account_id=account_id,
            external_id=external_id[:200],
            origin=origin.value,
            body=sealed,
            said_at=self.clock.now(),
        )
        if written:
            await notify(tx, CHANNEL, account.address_index.hex())
        return written

    async def list_lines(
        self, tx: Tx, account_id: ChatAccountId, *, after: UUID | None = None, limit: int = 100
    ) -> tuple[ChatLine, ...]:
        """Lines in order: those after `after`, or the newest when it is None; without those that cannot be read."""
        keys = self.keyring.for_school(tx.school_id)
        rows = await repository.list_lines(tx, account_id, after=after, limit=limit)
        return tuple(
            ChatLine(row.id, LineOrigin(row.origin), orjson.loads(body), row.said_at)
            for row in rows
            if (body := keys.read(row.body, BODY)) is not None
        )
