"""Figures of progress. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.guardians.domain import LEVEL_OF, Guardianship, GuardianshipState, Level
from core.students.domain import Student
from core.values.clock import SCHOOL_TIME
from core.values.ids import ClassId, GuardianshipId, StudentId


@dataclass(frozen=True, slots=True)
class ClassProgress:
    """One class (tiến độ lớp): how many pupils, and of how many the best guardian has each level."""

    class_id: ClassId | None
    name: str
    by_level: tuple[int, int, int, int]

    @property
    def pupils(self) -> int:
        """All pupils of the class."""
        return sum(self.by_level)

    def at_least(self, level: Level) -> int:
        """Pupils with a guardian of this level or more."""
        return sum(self.by_level[level:])

    def share(self, level: Level) -> float:
        """The same as a share from 0 to 1; 1 for an empty class."""
        return self.at_least(level) / self.pupils if self.pupils else 1.0


@dataclass(frozen=True, slots=True)
class ToCall:
    """A pupil without a guardian of level 2, and whom to call (cần liên hệ)."""

    student: Student
    level: Level
    guardians: tuple[Guardianship, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class MonthEnd:
    """How many pupils had a guardian proven so far when a month ended (số liệu tháng)."""

    month: str
    matched: int
    verified: int


@dataclass(frozen=True, slots=True)
class ProvenFigures:
    """Pupils with a proven guardian at the end of some time, and guardianships proven within it (số liệu xác minh)."""

    matched: int = 0
    verified: int = 0
    came: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """The whole picture (tiến độ xác minh)."""

    classes: tuple[ClassProgress, ...]
    to_call: tuple[ToCall, ...]

    @property
    def school(self) -> ClassProgress:
        """All classes in one line."""
        none, claimed, matched, verified = (sum(one.by_level[n] for one in self.classes) for n in range(4))
        return ClassProgress(None, "", (none, claimed, matched, verified))


def by_class(students: Sequence[Student], levels: Mapping[StudentId, Level]) -> tuple[ClassProgress, ...]:
    """Count the pupils of each class by the best level of their guardians, in the order of `students`."""
    counted: dict[tuple[ClassId, str], list[int]] = {}
    for student in students:
        line = counted.setdefault((student.class_id, student.class_name), [0, 0, 0, 0])
        line[levels.get(student.id, Level.NONE)] += 1
    return tuple(
        ClassProgress(class_id, name, (line[0], line[1], line[2], line[3]))
        for (class_id, name), line in counted.items()
    )


def month_ends(
    changes: Iterable[tuple[GuardianshipId, GuardianshipState, datetime]],
    pupil_of: Mapping[GuardianshipId, StudentId],
    now: datetime,
    months: int = 12,
) -> tuple[MonthEnd, ...]:
    """Replay the steps: at the end of each of the last months, and now, how many pupils had a proven guardian."""
    rest, states, ends = list(changes), dict[GuardianshipId, GuardianshipState](), []
    for end in _ends(now, months):
        while rest and rest[0][2] < end:
            id_, state, _ = rest.pop(0)
            states[id_] = state
        counts = [
            len(
                {
                    pupil_of[one]
                    for one, state in states.items()
                    if LEVEL_OF[state] >= level and one in pupil_of
                }
            )
            for level in (Level.MATCHED, Level.VERIFIED)
        ]
        last_day = (end - timedelta(seconds=1)).astimezone(SCHOOL_TIME)
        ends.append(MonthEnd(f"{last_day:%m/%Y}", *counts))
    return tuple(ends)


def _ends(now: datetime, months: int) -> list[datetime]:
    """The ends of the last months, oldest first; the present month ends now."""
    local = now.astimezone(SCHOOL_TIME)
    ends = [now + timedelta(seconds=1)]
    start = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    for _ in range(months - 1):
        ends.append(start)
        start = (start - timedelta(days=1)).replace(day=1)
    return ends[::-1]
