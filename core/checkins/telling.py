"""Tells of a check-in: finds which guardians and which chats of staff hear of it, and enqueues their messages.

What the messages say, and when they are worth sending, is `notices`.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.checkins.notices import Arrival, for_guardians, for_staff
from core.consents.domain import Purpose, Standing
from core.consents.service import Consents
from core.contracts.checkin import CheckInReport, Decision
from core.contracts.citizen_id import CitizenId
from core.conversations.desk.staff_chats import StaffChats
from core.db.transaction import Tx
from core.guardians.audience.service import Audience
from core.guardians.restrictions.domain import RestrictionKind
from core.guardians.service import Guardians
from core.notifications.domain import Recipient
from core.notifications.service import Notifications
from core.staff.authority import Right
from core.staff.chat_rights import may_for
from core.students.domain import Student
from core.students.service import Students
from core.values.clock import Clock
from core.values.ids import StudentId


@dataclass(frozen=True, slots=True)
class Teller:
    """Who hears of a check-in (báo tin điểm danh)."""

    clock: Clock
    students: Students
    guardians: Guardians
    consents: Consents
    staff_chats: StaffChats
    notifications: Notifications

    async def recorded(self, tx: Tx, arrival: Arrival, student: Student | None) -> None:
        """A report was recorded: the guardians hear of who was let in, staff of everybody else."""
        if arrival.receipt.decision is Decision.ACCEPTED:
            await self.let_in(tx, arrival)
        else:
            chats = await self._staff_chats(tx, student)
            await self.notifications.enqueue(tx, *for_staff(arrival, chats, self.clock.now()))

    async def let_in(self, tx: Tx, arrival: Arrival) -> None:
        """A pupil was let in: each guardian hears of it."""
        people = await self._people(tx, arrival.student_id) if arrival.student_id else ()
        await self.notifications.enqueue(tx, *for_guardians(arrival, people, self.clock.now()))

    async def not_for(self, tx: Tx, report: CheckInReport) -> tuple[str, ...]:
        """The pupils whom the holder of a card that is no pupil's must not pick up."""
        if report.citizen_id is None:
            return ()
        number = CitizenId(report.citizen_id.get_secret_value())
        found = await self.guardians.restrictions.of_card(tx, number)
        barred = {one.student_id for one in found if one.kind is RestrictionKind.PICK_UP}
        pupils = await self.students.get_many(tx, barred)
        return tuple(f"{one.given_name}, lớp {one.class_name}" for one in pupils.values())

    async def _staff_chats(self, tx: Tx, student: Student | None) -> tuple[Recipient, ...]:
        """The chats of staff who are told first, and may decide about this pupil or stranger."""
        class_id = student.class_id if student else None
        chats = [one for one in await self.staff_chats.list_chats(tx) if one.stage == 1]
        able = [one for one in chats if may_for(one, Right.DECIDE_CHECK_INS, class_id)]
        return tuple(one.recipient for one in able if one.recipient is not None)

    async def _people(self, tx: Tx, student_id: StudentId) -> tuple[tuple[Recipient, ...], ...]:
        """Where each guardian is reached who may know when the pupil comes, and agreed to be told."""
        reached = await Audience(self.guardians).of_student(tx, student_id)
        ids = [one.guardian_id for one in reached if one.recipients]
        if not ids:
            return ()
        agreed = await self.consents.own(tx, student_id, Purpose.ATTENDANCE_MESSAGES, ids)
        return tuple(one.recipients for one in reached if agreed.get(one.guardian_id) is Standing.GIVEN)
