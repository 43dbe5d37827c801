"""Keeps for whom leave was asked, and for which days; the words themselves stay with the hand-over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from core.checkins.absence import repository
from core.checkins.absence.domain import UNCLEAR_FOR, Excused, LeaveNote, excuses
from core.db.transaction import Tx
from core.values.clock import Clock
from core.values.ids import StudentId, new_id


@dataclass(frozen=True, slots=True)
class Leaves:
    """The notes of leave of a school (lời xin nghỉ)."""

    clock: Clock

    async def note(self, tx: Tx, student_ids: Iterable[StudentId], days: tuple[date, date] | None) -> None:
        """A guardian asked leave for these pupils; `days` are the first and the last one, None when not certain."""
        first_on, last_on = days or (None, None)
        said = {"first_on": first_on, "last_on": last_on, "said_at": self.clock.now()}
        await repository.add_notes(tx, ({"id": new_id(), "student_id": one, **said} for one in student_ids))

    async def excused(self, tx: Tx, on: date) -> dict[StudentId, Excused]:
        """What guardians said of a day."""
        notes = await repository.notes_since(tx, self.clock.now() - UNCLEAR_FOR, on)
        return excuses(notes, on)

    async def of_pupil(self, tx: Tx, student_id: StudentId) -> tuple[LeaveNote, ...]:
        """Every note about a pupil that is still kept, the newest first."""
        return await repository.notes_of(tx, student_id)
