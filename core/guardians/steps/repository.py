"""Rows of steps. Private to the slice."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import distinct_on, insert

from core.db.transaction import Tx
from core.guardians.domain import GuardianshipState
from core.guardians.machine import Event
from core.guardians.steps.domain import By, Step
from core.guardians.tables import GuardianshipRow, GuardianshipStepRow
from core.values.ids import GuardianshipId, new_id
from core.vault.keyring import SchoolKeys

REASON = "guardianship.step_reason"


async def add(tx: Tx, keys: SchoolKeys, steps: Sequence[Step]) -> None:
    """Append steps."""
    if steps:
        await tx.session.execute(
            insert(GuardianshipStepRow),
            [
                {
                    "school_id": tx.school_id,
                    "id": new_id(),
                    "guardianship_id": one.guardianship_id,
                    "event": one.event,
                    "state_before": one.before,
                    "state_after": one.after,
                    "actor": one.by.actor,
                    "evidence": one.by.evidence,
                    "sealed_reason": keys.seal(one.by.reason, REASON) if one.by.reason else None,
                    "at": one.at,
                }
                for one in steps
            ],
        )


async def list_of(tx: Tx, keys: SchoolKeys, guardianship_id: GuardianshipId) -> tuple[Step, ...]:
    """The steps of one guardianship, oldest first."""
    rows = await tx.session.scalars(
        select(GuardianshipStepRow)
        .where(
            GuardianshipStepRow.school_id == tx.school_id,
            GuardianshipStepRow.guardianship_id == guardianship_id,
        )
        .order_by(GuardianshipStepRow.id)
    )
    return tuple(_step(keys, row) for row in rows)


async def list_changes(
    tx: Tx, until: datetime
) -> tuple[tuple[GuardianshipId, GuardianshipState, datetime], ...]:
    """Every step before `until`, oldest first: which guardianship came into which state when."""
    rows = await tx.session.execute(
        select(GuardianshipStepRow.guardianship_id, GuardianshipStepRow.state_after, GuardianshipStepRow.at)
        .where(GuardianshipStepRow.school_id == tx.school_id, GuardianshipStepRow.at < until)
        .order_by(GuardianshipStepRow.id)
    )
    return tuple((GuardianshipId(id_), GuardianshipState(state), at) for id_, state, at in rows)


async def count_proven(
    tx: Tx, since: datetime, until: datetime, states: Sequence[Collection[GuardianshipState]]
) -> tuple[int, ...]:
    """For each of these sets the pupils with a guardianship in it at `until`; last, how many came into the first set.

    One that came into it, fell out and came again in this time counts once.
    """
    step = GuardianshipStepRow
    newest = (
        select(step.guardianship_id, step.state_after)
        .ext(distinct_on(step.guardianship_id))
        .where(step.school_id == tx.school_id, step.at < until)
        .order_by(step.guardianship_id, step.id.desc())
        .subquery()
    )
    proven = states[0]
    came = select(func.count(step.guardianship_id.distinct())).where(
        step.school_id == tx.school_id,
        step.at >= since,
        step.at < until,
        step.state_after.in_(proven),
        step.state_before.not_in(proven),
    )
    tie = GuardianshipRow
    found = await tx.session.execute(
        select(
            *(
                func.count(tie.student_id.distinct()).filter(newest.c.state_after.in_(some))
                for some in states
            ),
            came.scalar_subquery(),
        )
        .select_from(newest)
        .join(tie, (tie.school_id == tx.school_id) & (tie.id == newest.c.guardianship_id))
    )
    return tuple(found.one())


async def forget(tx: Tx, guardianship_ids: Sequence[GuardianshipId]) -> None:
    """Delete the steps of guardianships that retention removes."""
    await tx.session.execute(text("SET LOCAL congtruong.forgetting = 'on'"))
    await tx.session.execute(
        delete(GuardianshipStepRow).where(
            GuardianshipStepRow.school_id == tx.school_id,
            GuardianshipStepRow.guardianship_id.in_(guardianship_ids),
        )
    )
    await tx.session.execute(text("SET LOCAL congtruong.forgetting = 'off'"))


def _step(keys: SchoolKeys, row: GuardianshipStepRow) -> Step:
    reason = keys.show(row.sealed_reason, REASON)
    return Step(
        GuardianshipId(row.guardianship_id),
        Event(row.event),
        GuardianshipState(row.state_before),
        GuardianshipState(row.state_after),
        By(row.actor, row.evidence, reason),
        row.at,
    )
