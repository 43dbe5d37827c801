"""Says how surely people speak for pupils today, from all that bears on it. It changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.db.transaction import Tx
from core.guardians.domain import Child, Guardianship, Level
from core.guardians.levels import Standing, level_of
from core.guardians.restrictions.service import Restrictions
from core.students.domain import Student
from core.students.names import class_order, sort_key
from core.students.service import Students
from core.values.clock import Clock, school_date
from core.values.ids import ChatAccountId, StudentId
from core.vault.keyring import Keyring

_Judged = tuple[Student | None, Level]


@dataclass(frozen=True, slots=True)
class Standings:
    """Levels of guardianships, as of today (mức bảo đảm hiện tại)."""

    keyring: Keyring
    clock: Clock
    students: Students

    async def levels(self, tx: Tx, ties: Sequence[Guardianship]) -> tuple[Level, ...]:
        """The level of each, in order."""
        return tuple(level for _, level in await self._judged(tx, ties))

    async def children(self, tx: Tx, ties: Sequence[Guardianship], at_least: Level) -> tuple[Child, ...]:
        """The pupils of these guardianships at this level, each once, in the order of class lists."""
        return _children(zip(ties, await self._judged(tx, ties), strict=True), at_least)

    async def families(
        self, tx: Tx, linked: Sequence[tuple[ChatAccountId, Guardianship]], at_least: Level
    ) -> dict[ChatAccountId, tuple[Child, ...]]:
        """The same for each of these chat accounts; those without a pupil at this level are left out."""
        ties: dict[ChatAccountId, list[tuple[Guardianship, _Judged]]] = {}
        judged = await self._judged(tx, [tie for _, tie in linked])
        for (account, tie), one in zip(linked, judged, strict=True):
            ties.setdefault(account, []).append((tie, one))
        found = {account: _children(pairs, at_least) for account, pairs in ties.items()}
        return {account: children for account, children in found.items() if children}

    async def _judged(self, tx: Tx, ties: Sequence[Guardianship]) -> list[_Judged]:
        today = school_date(self.clock.now())
        pupils = await self.students.get_many(tx, {tie.student_id for tie in ties})
        barred = await Restrictions(self.keyring, self.clock).barred(tx, ties)
        judged: list[_Judged] = []
        for tie in ties:
            pupil = pupils.get(tie.student_id)
            standing = Standing(
                state=tie.state,
                relation=tie.relation,
                account=tie.account,
                valid_until=tie.valid_until,
                restricted=tie.id in barred,
                pupil_left=pupil is None or pupil.left_on is not None,
                pupil_born_on=pupil.born_on if pupil else None,
                adult_agreed=tie.adult_agreed,
            )
            judged.append((pupil, level_of(standing, today)))
        return judged


def _children(pairs: Iterable[tuple[Guardianship, _Judged]], at_least: Level) -> tuple[Child, ...]:
    best: dict[StudentId, Child] = {}
    for tie, (student, level) in sorted(pairs, key=lambda pair: pair[1][1]):
        if student is not None and level >= at_least:
            best[tie.student_id] = Child(student, tie.relation, level)
    return tuple(sorted(best.values(), key=lambda child: _order(child.student)))


def _order(student: Student) -> tuple[tuple[tuple[int, str], ...], tuple[tuple[str, str], ...]]:
    return class_order(student.class_name), sort_key(student.full_name)
