"""Reads one school day for staff: figures per class, who needs a person, who came last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from core.checkins import repository
from core.checkins.domain import CheckIn, ClassDay, Reason, SchoolDay
from core.checkins.tables import CheckInRow
from core.contracts.checkin import CheckInMode, Decision, IdentifiedBy, Punctuality
from core.contracts.citizen_id import CitizenId
from core.db.transaction import Tx
from core.students.service import Students
from core.values.clock import SCHOOL_TIME
from core.values.ids import CheckInId, DeviceId, ExamSessionId, StudentId
from core.vault.keyring import Keyring, SchoolKeys
from core.vault.unreadable import UNREADABLE

_LATEST = 30
_STAYS = timedelta(days=7)
"""So long what came of an earlier day, and nobody can vouch for, stays in front of staff."""
CITIZEN_LABEL = "checkin.citizen_id"


@dataclass(frozen=True, slots=True)
class Days:
    """Reads the check-ins of a day (ngày học)."""

    keyring: Keyring
    students: Students

    async def read(self, tx: Tx, on: date) -> SchoolDay:
        """Everything about the day."""
        keys = self.keyring.for_school(tx.school_id)
        all_of_day = [_check_in(keys, row) for row in await repository.list_day(tx, on)]
        arrivals = _arrivals(all_of_day)
        pupils = await self.students.list_students(tx)
        came: Counter[object] = Counter()
        late: Counter[object] = Counter()
        for pupil in pupils:
            arrival = arrivals.get(pupil.id)
            if arrival is not None:
                (late if arrival.punctuality is Punctuality.LATE else came)[pupil.class_id] += 1
        classes = tuple(
            ClassDay(one.id, one.name, one.pupils, came[one.id], late[one.id])
            for one in await self.students.list_classes(tx)
        )
        before = await repository.list_left_waiting(
            tx, on, datetime.combine(on, time.min, SCHOOL_TIME) - _STAYS
        )
        left = [_check_in(keys, row) for row in before]
        waiting = tuple(one for one in (*left, *all_of_day) if one.decision is Decision.NEEDS_STAFF)
        latest = tuple(reversed(all_of_day[-_LATEST:]))
        return SchoolDay(on, classes, waiting, latest, arrivals)

    async def at_exams(self, tx: Tx, on: date) -> tuple[CheckIn, ...]:
        """Every check-in of a day at the door of an exam, earliest first."""
        keys = self.keyring.for_school(tx.school_id)
        return tuple(_check_in(keys, row) for row in await repository.list_day(tx, on, CheckInMode.EXAM))

    async def of_pupil(self, tx: Tx, student_id: StudentId) -> tuple[CheckIn, ...]:
        """Every check-in of a pupil that is still kept, the newest first."""
        keys = self.keyring.for_school(tx.school_id)
        return tuple(_check_in(keys, row) for row in await repository.list_of_pupil(tx, student_id))


def _arrivals(check_ins: Sequence[CheckIn]) -> dict[StudentId, CheckIn]:
    """The first accepted attendance check-in of each pupil; the list is in the order of observation."""
    found: dict[StudentId, CheckIn] = {}
    for one in check_ins:
        here = one.mode is CheckInMode.ATTENDANCE and one.decision is Decision.ACCEPTED
        if here and one.student_id is not None:
            found.setdefault(one.student_id, one)
    return found


def _check_in(keys: SchoolKeys, row: CheckInRow) -> CheckIn:
    hint = None
    if row.sealed_citizen_id is not None:
        number = keys.read(row.sealed_citizen_id, CITIZEN_LABEL)
        hint = UNREADABLE if number is None else CitizenId(number).masked
    return CheckIn(
        id=CheckInId(row.id),
        device_id=DeviceId(row.device_id),
        student_id=StudentId(row.student_id) if row.student_id else None,
        mode=CheckInMode(row.mode),
        decision=Decision(row.decision),
        reason=Reason(row.reason),
        punctuality=Punctuality(row.punctuality),
        identified_by=IdentifiedBy(row.identified_by),
        observed_at=row.observed_at,
        recorded_at=row.recorded_at,
        provisional=row.provisional,
        citizen_hint=hint,
        exam_session_id=ExamSessionId(row.exam_session_id) if row.exam_session_id else None,
    )
