"""The sealed tokens of official accounts. The row is the lock under which single-use refresh tokens rotate."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.conversations.domain import ChannelToken
from core.conversations.tables import ChannelTokenRow
from core.conversations.tokens import repository
from core.db.transaction import Tx
from core.values.clock import Clock
from core.vault.keyring import Keyring

ACCESS = "channel_token.access"
REFRESH = "channel_token.refresh"


@dataclass(frozen=True, slots=True)
class ChannelTokens:
    """Reads, locks and replaces token pairs."""

    keyring: Keyring = field(repr=False)
    clock: Clock

    async def find(self, tx: Tx, channel: str) -> ChannelToken | None:
        """The pair as it stands."""
        row = await repository.find(tx, channel)
        return self._token(tx, row) if row else None

    async def lock(self, tx: Tx, channel: str, first: ChannelToken) -> ChannelToken:
        """The pair, held until the transaction ends; `first` is stored when there is none yet."""
        row = await repository.lock(tx, channel)
        if row is None:
            await repository.add(tx, **self._columns(tx, channel, first))
            row = await repository.lock(tx, channel)
        assert row is not None, "just written, or written by another"
        return self._token(tx, row)

    async def put(self, tx: Tx, channel: str, token: ChannelToken) -> None:
        """Store a pair."""
        await repository.put(tx, **self._columns(tx, channel, token))

    def _columns(self, tx: Tx, channel: str, token: ChannelToken) -> dict[str, object]:
        keys = self.keyring.for_school(tx.school_id)
        return {
            "channel": channel,
            "access": keys.seal(token.access, ACCESS),
            "refresh": keys.seal(token.refresh, REFRESH),
            "expires_at": token.expires_at,
            "rotated_at": self.clock.now(),
        }

    def _token(self, tx: Tx, row: ChannelTokenRow) -> ChannelToken:
        keys = self.keyring.for_school(tx.school_id)
        return ChannelToken(keys.open(row.access, ACCESS), keys.open(row.refresh, REFRESH), row.expires_at)
