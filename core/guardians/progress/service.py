"""Counts how far the school has come. It changes nothing, and tells phones only to whoever may see guardians."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from core.db.transaction import Tx
from core.guardians import repository
from core.guardians.domain import LEVEL_OF, Guardianship, Level
from core.guardians.links import repository as links
from core.guardians.progress.domain import MonthEnd, Progress, ProvenFigures, ToCall, by_class, month_ends
from core.guardians.service import Guardians
from core.guardians.steps import repository as step_rows
from core.values.ids import ClassId, GuardianId, StudentId

ENOUGH = Level.MATCHED
"""Below this level a pupil's family is called."""


async def proven(tx: Tx, since: datetime, until: datetime) -> ProvenFigures:
    """How many pupils had a proven guardian at `until`, and how many guardianships were proven from `since` on."""
    states = [
        [state for state, reached in LEVEL_OF.items() if reached >= level]
        for level in (Level.MATCHED, Level.VERIFIED)
    ]
    return ProvenFigures(*await step_rows.count_proven(tx, since, until, states))


@dataclass(frozen=True, slots=True)
class ProgressReport:
    """Makes the figures (báo cáo tiến độ)."""

    guardians: Guardians

    async def now(self, tx: Tx, covers: Callable[[ClassId | None], bool] = lambda _: True) -> Progress:
        """The picture of today, of the classes that `covers` lets through."""
        students = [s for s in await self.guardians.students.list_students(tx) if covers(s.class_id)]
        ties, levels = await self._best(tx)
        to_call = [
            ToCall(student, levels.get(student.id, Level.NONE), tuple(ties[student.id]))
            for student in students
            if levels.get(student.id, Level.NONE) < ENOUGH
        ]
        return Progress(by_class(students, levels), tuple(to_call))

    async def months(self, tx: Tx) -> tuple[MonthEnd, ...]:
        """The ends of the last twelve months, oldest first."""
        keys, now = self.guardians.keyring.for_school(tx.school_id), self.guardians.clock.now()
        ties = await repository.list_guardianships(tx, keys)
        changes = await step_rows.list_changes(tx, now)
        return month_ends(changes, {tie.id: tie.student_id for tie in ties}, now)

    async def _best(self, tx: Tx) -> tuple[dict[StudentId, list[Guardianship]], dict[StudentId, Level]]:
        keys = self.guardians.keyring.for_school(tx.school_id)
        ties = await repository.list_in_force(tx, keys)
        reached: dict[GuardianId, Level] = {}
        for _, guardian_id, level in await links.list_accounts(tx, {tie.guardian.id for tie in ties}):
            reached[guardian_id] = max(level, reached.get(guardian_id, Level.NONE))
        as_used = [replace(tie, account=reached.get(tie.guardian.id, Level.NONE)) for tie in ties]
        levels = await self.guardians.standing.levels(tx, as_used)
        by_pupil: dict[StudentId, list[Guardianship]] = defaultdict(list)
        best: dict[StudentId, Level] = {}
        for tie, level in zip(ties, levels, strict=True):
            by_pupil[tie.student_id].append(tie)
            best[tie.student_id] = max(level, best.get(tie.student_id, Level.NONE))
        return by_pupil, best
