"""Looks once a school day for pupils who did not come, and tells the class's teachers; one round a day, whatever fails.

The round and its messages are one transaction: a worker that dies leaves neither, a second worker waits and finds it
taken. Guardians are not told: a person decides that. Keys: `absence.class`, `absence.whole_class`,
`absence.school`, `absence.gate_silent`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from core.audit.domain import AuditEntry
from core.audit.service import Audit
from core.checkins.absence import repository
from core.checkins.absence.domain import LATELY, SLACK, Look, Missed, look
from core.checkins.absence.leaves import Leaves
from core.conversations.desk.domain import StaffChat
from core.conversations.desk.staff_chats import StaffChats
from core.db.transaction import Tx
from core.notifications.domain import NewNotification, Urgency
from core.notifications.service import Notifications
from core.schools.calendar.domain import Lessons
from core.schools.calendar.service import Calendars
from core.schools.service import Schools
from core.staff.authority import Reach, Right
from core.staff.chat_rights import reach_of
from core.students.service import Students
from core.values.clock import SCHOOL_TIME, Clock

TELLS_FOR = timedelta(hours=3)
"""So long after the school's time the look is still taken; later nobody would know what it is about."""
_FIRST_STAGE = 1
_NIGHT = time(23, 59)


@dataclass(frozen=True, slots=True)
class Absences:
    """The daily look for who is missed (rà soát vắng)."""

    clock: Clock
    schools: Schools
    calendars: Calendars
    students: Students
    leaves: Leaves
    staff_chats: StaffChats
    notifications: Notifications
    audit: Audit

    async def look(self, tx: Tx) -> int:
        """Take the look when it is due and not taken; says how many messages it made."""
        now = self.clock.now()
        local, school = now.astimezone(SCHOOL_TIME), await self.schools.find(tx)
        if school is None or school.absent_after is None or not _is_due(local, school.absent_after):
            return 0
        on = local.date()
        if await repository.was_looked_at(tx, on):
            return 0
        calendar = await self.calendars.read(tx)
        lessons = calendar.day(on).lessons
        if lessons is Lessons.NO or not await repository.begin_round(tx, on, now):
            return 0
        found = await self.found(tx, on, school.absent_after)
        if found.gate_is_silent and lessons is Lessons.UNKNOWN:
            return 0  # more likely there are no lessons
        told = self._messages(found, await self.staff_chats.list_chats(tx), local)
        await self.notifications.enqueue(tx, *told)
        counts = {"awaited": found.awaited, "came": found.came, "entries": len(told)}
        entry = AuditEntry("system", "checkins.absence_looked", f"school:{tx.school_id}", counts)
        await self.audit.record(tx, entry)
        return len(told)

    async def found(self, tx: Tx, on: date, after: time) -> Look:
        """Who is missed on a day at this time."""
        pupils = await self.students.list_students(tx)
        by = datetime.combine(on, after) + SLACK
        lately = await repository.came_by(tx, on - LATELY, on, by.time() if by.date() == on else _NIGHT)
        return look(
            (one for one in pupils if one.left_on is None or one.left_on > on),
            await repository.came_on(tx, on),
            lately,
            await self.leaves.excused(tx, on),
        )

    def _messages(self, found: Look, chats: Iterable[StaffChat], local: datetime) -> list[NewNotification]:
        joined = [one for one in chats if one.recipient is not None]
        over_all = [
            one
            for one in joined
            if one.stage == _FIRST_STAGE and reach_of(one, Right.SEE_DAY) is Reach.SCHOOL
        ]
        if found.awaited and found.gate_is_silent:
            counts = {"came": found.came, "awaited": found.awaited}
            mends = [one for one in joined if reach_of(one, Right.MANAGE_DEVICES) is Reach.SCHOOL]
            both = dict.fromkeys((*over_all, *mends))
            return [self._message(one, "absence.gate_silent", counts, local) for one in both]
        told, without = [], []
        for one in found.missed:
            teachers = [chat for chat in joined if _is_of(chat, one)]
            key = "absence.whole_class" if one.nobody_of else "absence.class"
            told += [self._message(chat, key, _params(one), local) for chat in teachers]
            if not teachers:
                without.append({"class": one.class_name, "count": _count(one)})
        if without:
            listed = {"classes": without}
            told += [self._message(one, "absence.school", listed, local) for one in over_all]
        return told

    def _message(
        self, chat: StaffChat, key: str, params: Mapping[str, Any], local: datetime
    ) -> NewNotification:
        assert chat.recipient is not None, "only joined chats are told"
        at = {"time": local.strftime("%H:%M"), "date": local.strftime("%d/%m")}
        dedupe = f"absence:{local.date().isoformat()}:{chat.id}"
        return NewNotification(
            recipient=chat.recipient,
            key=key,
            params={**params, **at},
            dedupe_key=dedupe,
            urgency=Urgency.NEWS,
            expires_at=local + TELLS_FOR,
        )


def _is_due(local: datetime, after: time) -> bool:
    due = datetime.combine(local.date(), after, SCHOOL_TIME)
    return due <= local < due + TELLS_FOR


def _is_of(chat: StaffChat, missed: Missed) -> bool:
    return chat.class_id == missed.class_id and reach_of(chat, Right.SEE_DAY) is Reach.CLASS


def _count(missed: Missed) -> int:
    return missed.nobody_of or len(missed.unexplained) + len(missed.unclear)


def _params(missed: Missed) -> dict[str, Any]:
    return {
        "class": missed.class_name,
        "unexplained": list(missed.unexplained),
        "unclear": list(missed.unclear),
        "excused": missed.excused,
        "nobody_of": missed.nobody_of,
    }
