"""Who is missed at school, and whether the gate is to be believed. Pure.

Whoever came to the gate at this time of day lately is awaited: so a class with lessons in the afternoon is not
missed in the morning, nor a pupil who never goes past a kiosk. On the first days of a year all are awaited. Where
half of those awaited did not come, the gate is more likely at fault than the children.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from core.students.domain import Student
from core.values.ids import ClassId, StudentId

LATELY = timedelta(days=30)
"""Over these days somebody's usual time is looked for; Tết is shorter."""
SLACK = timedelta(hours=1)
"""Who usually comes so much later than the time of the look is awaited too."""
UNCLEAR_FOR = timedelta(days=3)
"""A note of leave without a day may mean these days, from the one on which it was written."""
FEWEST = 3
"""From so many pupils on, a class of which nobody came is more likely on a trip than missing."""


class Excused(StrEnum):
    """What a guardian said of a day."""

    SURELY = "surely"
    UNCLEAR = "unclear"
    """Leave was asked for these days, and which day was meant is not certain."""


@dataclass(frozen=True, slots=True)
class LeaveNote:
    """Leave asked for one pupil (lời xin nghỉ); days are None when none was certain."""

    student_id: StudentId
    said_on: date
    first_on: date | None = None
    last_on: date | None = None

    def excuses(self, on: date) -> Excused | None:
        """What it says of a day."""
        if self.first_on is None or self.last_on is None:
            near = self.said_on <= on < self.said_on + UNCLEAR_FOR
            return Excused.UNCLEAR if near else None
        return Excused.SURELY if self.first_on <= on <= self.last_on else None


@dataclass(frozen=True, slots=True)
class Missed:
    """The pupils of one class who have not come (lớp có em chưa đến)."""

    class_id: ClassId
    class_name: str
    unexplained: tuple[str, ...] = field(repr=False)
    """Full names of those of whom nothing is known; none when nobody of the class came."""
    unclear: tuple[str, ...] = field(repr=False)
    """Full names of those for whom leave was asked lately, without a certain day."""
    excused: int = 0
    nobody_of: int = 0
    """How many are awaited in a class of which nobody came at all; else 0."""


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a school found: the classes, or that the gate is not to be believed (một lượt rà soát)."""

    awaited: int
    came: int
    missed: tuple[Missed, ...] = ()

    @property
    def gate_is_silent(self) -> bool:
        """Whether fewer than half of those awaited came."""
        return 2 * self.came < self.awaited


def excuses(notes: Iterable[LeaveNote], on: date) -> dict[StudentId, Excused]:
    """What is said of each pupil on a day; a certain note counts before an unclear one."""
    found: dict[StudentId, Excused] = {}
    for note in notes:
        said = note.excuses(on)
        if said is not None and found.get(note.student_id) is not Excused.SURELY:
            found[note.student_id] = said
    return found


def look(
    pupils: Iterable[Student],
    came: Collection[StudentId],
    lately: Collection[StudentId],
    excused: Mapping[StudentId, Excused],
) -> Look:
    """Who is missed: `came` today, `lately` at this time of day; with nobody lately, all are awaited.

    Whoever is surely excused is not awaited.
    """
    on_roll = tuple(pupils)
    usual = {one.id for one in on_roll} & set(lately) or {one.id for one in on_roll}
    classes: dict[ClassId, list[Student]] = defaultdict(list)
    for pupil in on_roll:
        if pupil.id in usual or pupil.id in came:
            classes[pupil.class_id].append(pupil)
    awaited = [one for some in classes.values() for one in some if excused.get(one.id) is not Excused.SURELY]
    found = Look(len(awaited), sum(one.id in came for one in awaited))
    if found.gate_is_silent:
        return found
    missed = (_of_class(some, came, excused) for some in classes.values())
    return Look(found.awaited, found.came, tuple(one for one in missed if one is not None))


def _of_class(
    pupils: list[Student], came: Collection[StudentId], excused: Mapping[StudentId, Excused]
) -> Missed | None:
    away = [one for one in pupils if one.id not in came]
    sure = sum(excused.get(one.id) is Excused.SURELY for one in away)
    unclear = [one.full_name for one in away if excused.get(one.id) is Excused.UNCLEAR]
    unexplained = [one.full_name for one in away if one.id not in excused]
    first, nobody = pupils[0], len(away) == len(pupils) and len(away) - sure >= FEWEST
    if not unexplained and not unclear:
        return None
    return Missed(
        class_id=first.class_id,
        class_name=first.class_name,
        unexplained=() if nobody else tuple(unexplained),
        unclear=() if nobody else tuple(unclear),
        excused=sure,
        nobody_of=len(away) - sure if nobody else 0,
    )
