"""Brings a candidate list into the school: all of it or, when one line cannot be taken, nothing.

It finds the pupils that a list names, has the change planned (`planning`) and writes it under a lock. Pupils are never
made here: who is not on the roll is a remark.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.audit.domain import AuditEntry
from core.audit.service import Audit
from core.db.transaction import Tx
from core.exams import repository
from core.exams.cells import Fault
from core.exams.columns import Column
from core.exams.correcting import Corrections
from core.exams.domain import (
    ListChangedError,
    ListRefusedError,
    SessionBegunError,
)
from core.exams.planning import ListPlan, OnRecord, RoomChange, Seat, plan_list, span_of
from core.exams.service import Exams
from core.exams.sheet import Entry, ExamSheet, Remark
from core.students.domain import Student
from core.students.names import fold_name
from core.students.service import Students
from core.values.ids import ExamSessionId, StudentId


@dataclass(frozen=True, slots=True)
class ExamLists:
    """Makes exam sessions from candidate lists (nhập danh sách thi)."""

    exams: Exams
    students: Students
    audit: Audit

    @property
    def corrections(self) -> Corrections:
        """What is put right without a file."""
        return Corrections(self.exams, self.audit)

    async def plan(self, tx: Tx, sheet: ExamSheet, *, drop: bool = False) -> ListPlan:
        """What the list would change; nothing is written."""
        seats, remarks = await self._seats(tx, sheet.entries)
        remarks = [*sheet.remarks, *remarks]
        planned = plan_list(seats, await self._records(tx, seats), self.exams.clock.now(), drop=drop)
        found = sorted((*remarks, *planned.remarks), key=lambda one: one.line)
        return ListPlan(remarks=tuple(found)) if found else planned

    async def apply(
        self, tx: Tx, sheet: ExamSheet, actor: str, *, drop: bool = False, seen: str | None = None
    ) -> ListPlan:
        """Write the list; again changes nothing. `seen` is the digest of the plan that somebody agreed to.

        Raises:
            ListRefusedError: when a line cannot be taken.
            ListChangedError: when the plan is no longer what was seen.
        """
        await repository.lock_lists(tx)
        plan = await self.plan(tx, sheet, drop=drop)
        if plan.remarks or not plan.candidates:
            raise ListRefusedError(lines=len({one.line for one in plan.remarks}))
        if seen is not None and plan.digest != seen:
            raise ListChangedError
        if plan.changes:
            await self._write(tx, plan)
            await self.audit.record(tx, AuditEntry(actor, "exams.list_imported", "exams", _counts(plan)))
        return plan

    async def remove(self, tx: Tx, session_id: ExamSessionId, actor: str) -> None:
        """Take a session away with its list, before its door opens.

        Raises:
            ExamSessionNotFoundError: when the school has no such session.
            SessionBegunError: when its door has opened.
        """
        await repository.lock_lists(tx)
        session = await self.exams.get(tx, session_id)
        if session.plan.opens_at <= self.exams.clock.now():
            raise SessionBegunError
        await repository.remove_session(tx, session_id)
        details = {"candidates": session.candidates}
        await self.audit.record(
            tx, AuditEntry(actor, "exams.session_removed", f"exam_session:{session_id}", details)
        )

    async def _write(self, tx: Tx, plan: ListPlan) -> None:
        # Numbers may change places, so everybody who changes leaves first.
        leaving = [*plan.dropped, *(seat for room in plan.rooms for seat in room.vacated)]
        if leaving:
            await repository.remove_candidates(tx, leaving)
        for room in plan.rooms:
            await repository.add_candidates(tx, await self._session(tx, room), room.written)

    async def _session(self, tx: Tx, room: RoomChange) -> ExamSessionId:
        if room.session_id is None:
            return (await self.exams.add(tx, room.plan)).id
        if room.retimed:
            await repository.change_plan(tx, room.session_id, room.plan)
        return room.session_id

    async def _seats(self, tx: Tx, entries: Sequence[Entry]) -> tuple[list[Seat], list[Remark]]:
        pupils = _Pupils.of(await self.students.list_students(tx) if entries else ())
        numbers = {entry.who.citizen_id for entry in entries if entry.who.citizen_id}
        holders = await self.students.by_citizen_ids(tx, numbers)
        seats, remarks = [], []
        for entry in entries:
            found = pupils.find(entry, holders.get(entry.who.citizen_id) if entry.who.citizen_id else None)
            if isinstance(found, Remark):
                remarks.append(found)
            else:
                seats.append(Seat(entry.line, entry.plan, found.id, entry.number))
        return seats, remarks

    async def _records(self, tx: Tx, seats: Sequence[Seat]) -> tuple[OnRecord, ...]:
        """Every session that touches the days of the list, with its candidates."""
        if not seats:
            return ()
        sessions = await self.exams.list_between(tx, *span_of(seat.plan for seat in seats))
        listed = await repository.candidates_of(tx, [one.id for one in sessions])
        return tuple(OnRecord(one, listed[one.id]) for one in sessions)


@dataclass(frozen=True, slots=True)
class _Pupils:
    """The roll, for finding whom a line means."""

    by_name: dict[tuple[str, str], list[Student]]
    by_id: dict[StudentId, Student]

    @classmethod
    def of(cls, students: Sequence[Student]) -> _Pupils:
        by_name: dict[tuple[str, str], list[Student]] = {}
        for one in students:
            by_name.setdefault((one.class_name, fold_name(one.full_name)), []).append(one)
        return cls(by_name, {one.id: one for one in students})

    def find(self, entry: Entry, by_number: StudentId | None) -> Student | Remark:
        """The one pupil whom every word of the line fits, or what is wrong."""
        who = entry.who
        if by_number is not None:
            found = self.by_id.get(by_number)
            if found is None:
                return Remark(entry.line, Fault.NO_SUCH_PUPIL, Column.CITIZEN_ID)
            other_name = bool(who.full_name) and fold_name(who.full_name) != fold_name(found.full_name)
            return Remark(entry.line, Fault.ANOTHER_PUPIL, Column.FULL_NAME) if other_name else found
        if not who.full_name:
            return Remark(entry.line, Fault.NO_SUCH_PUPIL, Column.CITIZEN_ID)
        return self._named(entry)

    def _named(self, entry: Entry) -> Student | Remark:
        who = entry.who
        named = self.by_name.get((who.class_name, fold_name(who.full_name)), [])
        if not named:
            return Remark(entry.line, Fault.NO_SUCH_PUPIL, Column.FULL_NAME)
        fitting = [one for one in named if who.born_on in {None, one.born_on}]
        if who.citizen_id is not None:
            fitting = [one for one in fitting if not one.has_citizen_id]
        if not fitting:
            column = Column.BORN_ON if who.born_on else Column.CITIZEN_ID
            return Remark(entry.line, Fault.ANOTHER_PUPIL, column)
        return fitting[0] if len(fitting) == 1 else Remark(entry.line, Fault.SEVERAL_PUPILS, Column.BORN_ON)


def _counts(plan: ListPlan) -> dict[str, str | int]:
    """What the audit trail keeps of an import: figures, nobody's name."""
    return {
        "rooms": len(plan.rooms),
        "added": sum(len(one.added) for one in plan.rooms),
        "renumbered": sum(len(one.renumbered) for one in plan.rooms),
        "moved": sum(len(one.moved) for one in plan.rooms),
        "dropped": len(plan.dropped),
        "retimed": sum(one.retimed for one in plan.rooms),
    }
