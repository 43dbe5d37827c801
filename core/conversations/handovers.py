"""Hand-overs: while one is open the bot is silent and staff answer.

Who is told, and when, is the bot's business.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.conversations import repository
from core.conversations.domain import Handover, HandoverNotFoundError, HandoverTakenError, HandoverUrgency
from core.conversations.tables import HandoverRow
from core.db.transaction import Tx
from core.values.clock import Clock
from core.values.ids import ChatAccountId


@dataclass(frozen=True, slots=True)
class Handovers:
    """Opens, takes and ends hand-overs."""

    clock: Clock

    async def open(
        self, tx: Tx, account_id: ChatAccountId, reason: str, urgency: HandoverUrgency
    ) -> Handover:
        """Open a hand-over; when one is open already, it is returned, more urgent if need be."""
        row = await repository.open_handover(
            tx,
            account_id=account_id,
            reason=reason[:40],
            urgency=urgency.value,
            opened_at=self.clock.now(),
        )
        return handover_of(row)

    async def find_open(self, tx: Tx, account_id: ChatAccountId) -> Handover | None:
        """The open hand-over of an account, if any."""
        row = await repository.find_open_handover(tx, account_id)
        return handover_of(row) if row else None

    async def list_open(self, tx: Tx) -> tuple[Handover, ...]:
        """All open hand-overs, emergencies first, then the longest waiting."""
        return tuple(handover_of(row) for row in await repository.list_open_handovers(tx))

    async def take(self, tx: Tx, account_id: ChatAccountId, staff_name: str) -> Handover:
        """A member of staff answers from now on; taking it twice is harmless.

        Raises:
            HandoverNotFoundError: when none is open.
            HandoverTakenError: when somebody else has it.
        """
        row = await self._locked(tx, account_id)
        if row.taken_by not in {None, staff_name}:
            raise HandoverTakenError
        if row.taken_by is None:
            row.taken_by, row.taken_at = staff_name, self.clock.now()
            await tx.session.flush()
        return handover_of(row)

    async def close(self, tx: Tx, account_id: ChatAccountId) -> Handover:
        """The bot speaks again.

        Raises:
            HandoverNotFoundError: when none is open.
        """
        row = await self._locked(tx, account_id)
        row.closed_at = self.clock.now()
        await tx.session.flush()
        return handover_of(row)

    async def _locked(self, tx: Tx, account_id: ChatAccountId) -> HandoverRow:
        row = await repository.find_open_handover(tx, account_id, lock=True)
        if row is None:
            raise HandoverNotFoundError
        return row


def handover_of(row: HandoverRow) -> Handover:
    """A row as a value."""
    return Handover(
        id=row.id,
        account_id=ChatAccountId(row.account_id),
        reason=row.reason,
        urgency=HandoverUrgency(row.urgency),
        opened_at=row.opened_at,
        taken_by=row.taken_by,
        taken_at=row.taken_at,
        closed_at=row.closed_at,
        stage=row.stage,
        waiting_since=row.waiting_since,
        raised_at=row.raised_at,
        taken_chat_id=row.taken_chat_id,
    )
