"""What a candidate list would change, and what stands against it. Pure: seats and what is on record in, a plan out.

A sitting is everything with one title and one start, in one room or many. A list speaks of the sittings that it names
and of no other; a pupil has one seat and one number in a sitting, and sits in one place at a time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from core.exams.cells import Fault
from core.exams.columns import Column
from core.exams.domain import Candidate, ExamSession, SessionPlan
from core.exams.sheet import Remark
from core.values.ids import ExamSessionId, StudentId

Sitting = tuple[str, datetime]
"""Title and start: several rooms may have them in common."""


@dataclass(frozen=True, slots=True)
class Seat:
    """One line of the list, its pupil found (chỗ ngồi)."""

    line: int
    plan: SessionPlan
    student_id: StudentId
    number: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class OnRecord:
    """A session with its candidates, as the school has it now (ca thi đã có)."""

    session: ExamSession
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class RoomChange:
    """What a list does to one room (thay đổi của một phòng thi)."""

    plan: SessionPlan
    session_id: ExamSessionId | None
    """None while the session does not exist."""
    added: tuple[Candidate, ...] = ()
    renumbered: tuple[Candidate, ...] = ()
    moved: tuple[Candidate, ...] = ()
    """From another room of the sitting."""
    vacated: tuple[tuple[ExamSessionId, StudentId], ...] = ()
    """The seats that those who change leave."""
    unchanged: int = 0
    retimed: bool = False

    @property
    def written(self) -> tuple[Candidate, ...]:
        """Everybody whose row is new or another one."""
        return (*self.added, *self.renumbered, *self.moved)

    @property
    def total(self) -> int:
        """How many the list names in this room."""
        return len(self.written) + self.unchanged


@dataclass(frozen=True, slots=True)
class ListPlan:
    """What a list would change (xem trước danh sách thí sinh); with remarks it changes nothing."""

    rooms: tuple[RoomChange, ...] = ()
    dropped: tuple[tuple[ExamSessionId, StudentId], ...] = ()
    kept: int = 0
    """On record in these sittings, not in the list, and staying."""
    remarks: tuple[Remark, ...] = ()

    @property
    def candidates(self) -> int:
        """How many seats the list names."""
        return sum(one.total for one in self.rooms)

    @property
    def changes(self) -> bool:
        """Whether anything would be written."""
        news = any(one.written or one.retimed or one.session_id is None for one in self.rooms)
        return news or bool(self.dropped)

    @property
    def digest(self) -> str:
        """Two plans that write the same have the same; for "is it still what was shown?"."""
        told = [
            (
                *(
                    one.plan.title,
                    one.plan.room,
                    one.plan.starts_at.isoformat(),
                    one.plan.ends_at.isoformat(),
                ),
                *(str(one.session_id), one.unchanged, sorted(f"{seat[0]} {seat[1]}" for seat in one.vacated)),
                sorted((str(each.student_id), each.number) for each in one.written),
            )
            for one in self.rooms
        ]
        dropped = sorted(f"{session_id} {student_id}" for session_id, student_id in self.dropped)
        return hashlib.sha256(repr((told, dropped, self.kept, len(self.remarks))).encode()).hexdigest()


def plan_list(seats: Sequence[Seat], records: Sequence[OnRecord], now: datetime, *, drop: bool) -> ListPlan:
    """Compare a list with what is on record; `drop` takes off who is in one of its sittings and not in the list."""
    sittings = {sitting_of(seat.plan) for seat in seats}
    mine = [one for one in records if sitting_of(one.session.plan) in sittings]
    others = [one for one in records if sitting_of(one.session.plan) not in sittings]
    named = {(sitting_of(seat.plan), seat.student_id) for seat in seats}
    absent = [
        (one, candidate)
        for one in mine
        for candidate in one.candidates
        if (sitting_of(one.session.plan), candidate.student_id) not in named
    ]
    staying = [] if drop else absent
    remarks = _faults(seats, others, staying, now)
    if remarks:
        return ListPlan(remarks=tuple(remarks))
    return ListPlan(
        _rooms(seats, mine),
        tuple((one.session.id, candidate.student_id) for one, candidate in absent) if drop else (),
        len(staying),
    )


def sitting_of(plan: SessionPlan) -> Sitting:
    """To which sitting a session belongs."""
    return plan.title, plan.starts_at


def _faults(
    seats: Sequence[Seat],
    others: Sequence[OnRecord],
    staying: Sequence[tuple[OnRecord, Candidate]],
    now: datetime,
) -> list[Remark]:
    remarks = []
    numbers = {
        (sitting_of(one.session.plan), candidate.number): candidate.student_id for one, candidate in staying
    }
    seen: set[tuple[Sitting, StudentId]] = set()
    busy: dict[StudentId, list[SessionPlan]] = {}
    for one in others:
        for candidate in one.candidates:
            busy.setdefault(candidate.student_id, []).append(one.session.plan)
    taken = dict(numbers)
    for seat in seats:
        sitting = sitting_of(seat.plan)
        key = (sitting, seat.number)
        if seat.plan.ends_at <= now:
            remarks.append(Remark(seat.line, Fault.OVER, Column.DAY))
        elif (sitting, seat.student_id) in seen:
            remarks.append(Remark(seat.line, Fault.PUPIL_TWICE))
        elif taken.get(key, seat.student_id) != seat.student_id:
            fault = Fault.NUMBER_TAKEN if key in numbers else Fault.NUMBER_TWICE
            remarks.append(Remark(seat.line, fault, Column.NUMBER))
        elif any(_overlap(seat.plan, plan) for plan in busy.get(seat.student_id, ())):
            remarks.append(Remark(seat.line, Fault.OVERLAPS, Column.STARTS))
        seen.add((sitting, seat.student_id))
        taken.setdefault(key, seat.student_id)
        busy.setdefault(seat.student_id, []).append(seat.plan)
    return remarks


def _overlap(one: SessionPlan, other: SessionPlan) -> bool:
    """Whether nobody can sit both; the same sitting is another matter (`PUPIL_TWICE`)."""
    together = one.starts_at < other.ends_at and other.starts_at < one.ends_at
    return together and sitting_of(one) != sitting_of(other)


def _rooms(seats: Sequence[Seat], mine: Sequence[OnRecord]) -> tuple[RoomChange, ...]:
    sessions = {_room_of(one.session.plan): one.session for one in mine}
    where = {
        (sitting_of(one.session.plan), candidate.student_id): (one.session.id, candidate.number)
        for one in mine
        for candidate in one.candidates
    }
    rooms: dict[tuple[Sitting, str], list[Seat]] = {}
    for seat in seats:
        rooms.setdefault(_room_of(seat.plan), []).append(seat)
    return tuple(
        _change(found, sessions.get(key), where)
        for key, found in sorted(rooms.items(), key=lambda pair: (pair[0][0][1], pair[0]))
    )


def _change(
    seats: Sequence[Seat],
    session: ExamSession | None,
    where: Mapping[tuple[Sitting, StudentId], tuple[ExamSessionId, str]],
) -> RoomChange:
    plan = seats[-1].plan
    added: list[Candidate] = []
    renumbered: list[Candidate] = []
    moved: list[Candidate] = []
    vacated: list[tuple[ExamSessionId, StudentId]] = []
    for seat in seats:
        before = where.get((sitting_of(seat.plan), seat.student_id))
        candidate = Candidate(seat.student_id, seat.number)
        if before is None:
            added.append(candidate)
        elif before != (session and session.id, seat.number):
            stays = session is not None and before[0] == session.id
            (renumbered if stays else moved).append(candidate)
            vacated.append((before[0], seat.student_id))
    return RoomChange(
        plan,
        session.id if session else None,
        tuple(added),
        tuple(renumbered),
        tuple(moved),
        tuple(vacated),
        len(seats) - len(added) - len(renumbered) - len(moved),
        session is not None and session.plan.ends_at != plan.ends_at,
    )


def _room_of(plan: SessionPlan) -> tuple[Sitting, str]:
    return sitting_of(plan), plan.room


def span_of(plans: Iterable[SessionPlan]) -> tuple[datetime, datetime]:
    """From the first opening of a door to the last end.

    Raises:
        ValueError: of nothing.
    """
    listed = tuple(plans)
    return min(one.opens_at for one in listed), max(one.ends_at for one in listed)
