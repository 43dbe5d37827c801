"""Moves guardianships through their states, and writes down each time who did it, by which evidence and when.

Nothing else changes a state. Every step also goes into the audit trail, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.audit.domain import AuditEntry
from core.audit.service import Audit
from core.db.transaction import Tx
from core.guardians import repository
from core.guardians.domain import Guardianship, TransitionError
from core.guardians.machine import Event, after
from core.guardians.steps import repository as step_rows
from core.guardians.steps.domain import By, Step
from core.values.clock import Clock
from core.values.ids import GuardianshipId
from core.vault.keyring import Keyring


@dataclass(frozen=True, slots=True)
class Ledger:
    """Takes steps and lists them (sổ các bước)."""

    keyring: Keyring
    clock: Clock

    async def move(self, tx: Tx, tie: Guardianship, event: Event, by: By) -> Guardianship:
        """Take one step.

        Raises:
            TransitionError: when the event cannot happen in this state; nothing is written.
        """
        (moved,) = await self._write(tx, [(tie, event)], by)
        return moved

    async def move_all(
        self, tx: Tx, ties: Sequence[Guardianship], event: Event, by: By
    ) -> tuple[Guardianship, ...]:
        """Take the step with each guardianship that can; those that cannot are left out."""
        able = []
        for tie in ties:
            try:
                after(tie.state, event)
            except TransitionError:
                continue  # disputed or revoked: the other children of this guardian are not affected
            able.append((tie, event))
        return await self._write(tx, able, by)

    async def steps_of(self, tx: Tx, guardianship_id: GuardianshipId) -> tuple[Step, ...]:
        """All that happened to a guardianship, oldest first."""
        return await step_rows.list_of(tx, self.keyring.for_school(tx.school_id), guardianship_id)

    async def _write(
        self, tx: Tx, moves: Sequence[tuple[Guardianship, Event]], by: By
    ) -> tuple[Guardianship, ...]:
        keys, now = self.keyring.for_school(tx.school_id), self.clock.now()
        steps = [Step(tie.id, event, tie.state, after(tie.state, event), by, now) for tie, event in moves]
        await step_rows.add(tx, keys, steps)
        audit = Audit(self.keyring, self.clock)
        for step in steps:
            if step.after is not step.before:
                await repository.set_state(tx, step.guardianship_id, step.after, now)
            await audit.record(
                tx,
                AuditEntry(
                    by.actor,
                    f"guardians.{step.event}",
                    f"guardianship:{step.guardianship_id}",
                    {"before": step.before, "after": step.after, "evidence": by.evidence},
                    {"reason": by.reason} if by.reason else {},
                ),
            )
        return tuple(replace(tie, state=step.after) for (tie, _), step in zip(moves, steps, strict=True))
