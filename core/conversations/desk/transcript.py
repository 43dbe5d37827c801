"""What was said during a hand-over, line by line and sealed. Who may read it is decided above."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

import orjson

from core.conversations.desk import repository
from core.conversations.desk.domain import SAID_MAX, HandoverLine, SaidBy
from core.conversations.domain import Handover
from core.db.transaction import Tx
from core.values.clock import Clock
from core.vault.keyring import Keyring
from core.vault.unreadable import UNREADABLE

_SAID = "handover_line.said"


@dataclass(frozen=True, slots=True)
class Transcript:
    """The lines of hand-overs (biên bản trao đổi)."""

    keyring: Keyring = field(repr=False)
    clock: Clock

    async def add(self, tx: Tx, handover: Handover, by: SaidBy, name: str, said: tuple[str, str]) -> bool:
        """Take a line down; `said` is its id and its text. False when the same id is there already."""
        body = orjson.dumps([name, said[1][:SAID_MAX]]).decode()
        return await repository.add_line(
            tx,
            handover_id=handover.id,
            external_id=said[0][:200],
            origin=by.value,
            said=self.keyring.for_school(tx.school_id).seal(body, _SAID),
            said_at=self.clock.now(),
        )

    async def read(self, tx: Tx, handover_id: UUID) -> tuple[HandoverLine, ...]:
        """The lines in order."""
        keys = self.keyring.for_school(tx.school_id)
        found = []
        for row in await repository.list_lines(tx, handover_id):
            opened = keys.read(row.said, _SAID)
            name, text = ("", UNREADABLE) if opened is None else orjson.loads(opened)
            found.append(HandoverLine(SaidBy(row.origin), name, text, row.said_at))
        return tuple(found)
