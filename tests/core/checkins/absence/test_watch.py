"""Each morning of lessons the class's teachers read once who has not come, whatever dies meanwhile."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import text
from typing_extensions import override

from core.audit.domain import AuditEntry
from core.audit.service import Audit
from core.checkins.absence.worker import AbsenceWatch
from core.contracts.citizen_id import CitizenId
from core.conversations.desk.domain import NewStaffChat
from core.db.transaction import Database, Tx
from core.notifications.domain import Notification
from core.schools.calendar.domain import NewSpan, SpanKind
from core.students.domain import NewStudent
from core.values.clock import FixedClock
from core.values.ids import ClassId, StudentId
from tests.core.checkins.conftest import CITIZEN, Gate

MONDAY = datetime(2026, 11, 23, 0, 46, tzinfo=UTC)
"""07:46 in school time."""
NUMBERS = (CITIZEN, "001315012346", "001315012347", "001315012348")
NAMES = ("Nguyễn Minh An", "Lê Thị Bình", "Phạm Văn Cường", "Hoàng Thị Dung")


@dataclass
class Morning:
    """A school that wants the word at 07:45: four pupils in 6A with a teacher's chat, two in 7A without one."""

    gate: Gate
    six: list[StudentId]
    seven: list[StudentId]

    @property
    def watch(self) -> AbsenceWatch:
        return AbsenceWatch(self.gate.core.database, self.gate.core.absences)

    async def come(self, *numbers: str) -> None:
        for number in numbers:
            await self.gate.send(citizen_id=number)

    async def told(self) -> list[Notification]:
        return [one for one in await self.gate.messages() if one.key.startswith("absence.")]

    async def calendar(self, span: NewSpan) -> None:
        async with self.gate.core.database.transaction(self.gate.school_id) as tx:
            await self.gate.core.calendars.add(tx, span, "staff:x")


@pytest.fixture
async def morning(gate: Gate) -> Morning:
    core, six, seven = gate.core, [gate.student_id], []
    gate.clock.instant = MONDAY
    async with core.database.transaction(gate.school_id) as tx:
        for number, name in zip(NUMBERS[1:], NAMES[1:], strict=True):
            new = NewStudent("6A", name, date(2015, 3, 2), "male", CitizenId(number))
            six.append((await core.students.record(tx, new)).student_id)
        for number, name in (("001315012349", "Vũ Minh Em"), ("001315012350", "Đỗ Thu Phương")):
            new = NewStudent("7A", name, date(2014, 3, 2), "female", CitizenId(number))
            seven.append((await core.students.record(tx, new)).student_id)
        classes = {one.name: ClassId(one.id) for one in await core.students.list_classes(tx)}
        chats = core.handovers.chats
        for name, role, class_id in (("Chủ nhiệm 6A", "homeroom", classes["6A"]), ("BGH", "head", None)):
            _, code = await chats.invite(tx, NewStaffChat(name, 1, True, role, class_id), "operator")
            await chats.join(tx, "webchat", f"desk-{role}", code)
        await core.calendars.set_absent_after(tx, time(7, 45), "staff:x")
    return Morning(gate, six, seven)


async def test_the_teacher_reads_the_names_and_the_head_reads_of_the_class_without_a_chat(
    morning: Morning,
) -> None:
    await morning.come(*NUMBERS[:2], "001315012349")
    async with morning.gate.core.database.transaction(morning.gate.school_id) as tx:
        await morning.gate.core.leaves.note(tx, morning.six[2:3], None)
    assert await morning.watch.once() == 2
    told = {one.recipient.address: one for one in await morning.told()}
    assert {where: one.key for where, one in told.items()} == {
        "desk-homeroom": "absence.class",
        "desk-head": "absence.school",
    }
    six = told["desk-homeroom"].params
    assert (six["unexplained"], six["unclear"], six["excused"]) == ([NAMES[3]], [NAMES[2]], 0)
    assert told["desk-head"].params["classes"] == [{"class": "7A", "count": 1}]
    # Who comes later is simply seen; the same day nothing more is said, nor when the clock was put back.
    for step in (timedelta(minutes=1), timedelta(minutes=-1), timedelta(hours=1)):
        morning.gate.clock.advance(step)
        assert await morning.watch.once() == 0
    await morning.come(NUMBERS[3])
    assert len(await morning.told()) == 2
    assert "checkins.absence_looked" in await morning.gate.audited()


async def test_leave_for_the_day_is_no_absence(morning: Morning) -> None:
    await morning.come(*NUMBERS[:3], "001315012349", "001315012350")
    async with morning.gate.core.database.transaction(morning.gate.school_id) as tx:
        await morning.gate.core.leaves.note(tx, morning.six[3:], (MONDAY.date(), MONDAY.date()))
    assert (await morning.watch.once(), await morning.told()) == (0, [])


async def test_a_silent_gate_is_told_as_such_and_no_pupil_is_named(morning: Morning) -> None:
    await morning.come(NUMBERS[0])
    assert await morning.watch.once() == 1
    (told,) = await morning.told()
    assert (told.key, told.recipient.address) == ("absence.gate_silent", "desk-head")
    assert (told.params["came"], told.params["awaited"]) == (1, 6)


@pytest.mark.parametrize(
    ("instant", "off"),
    [
        (MONDAY - timedelta(minutes=2), False),
        (MONDAY + timedelta(hours=3), False),
        (MONDAY - timedelta(days=1), False),
        (MONDAY - timedelta(days=2), False),
        (MONDAY.replace(month=7, day=5, year=2027), False),
        (MONDAY, True),
    ],
    ids=[
        "too early",
        "too late",
        "a Sunday",
        "a Saturday of which nothing is known",
        "in summer",
        "a day off",
    ],
)
async def test_nothing_is_said_at_another_time_or_on_a_day_not_known_to_have_lessons(
    morning: Morning, instant: datetime, off: bool
) -> None:
    if off:
        await morning.calendar(NewSpan(SpanKind.OFF, "Nghỉ bão", MONDAY.date(), MONDAY.date()))
    morning.gate.clock.instant = instant
    assert (await morning.watch.once(), await morning.told()) == (0, [])


async def test_on_a_saturday_of_which_nothing_is_known_the_word_is_given_when_most_have_come(
    morning: Morning,
) -> None:
    morning.gate.clock.instant = MONDAY - timedelta(days=2)
    await morning.come(*NUMBERS[:3], "001315012349", "001315012350")
    assert await morning.watch.once() == 1


async def test_lessons_made_up_on_a_sunday_are_watched_too(morning: Morning) -> None:
    sunday = MONDAY - timedelta(days=1)
    await morning.calendar(NewSpan(SpanKind.LESSONS, "Học bù", sunday.date(), sunday.date()))
    morning.gate.clock.instant = sunday
    await morning.come(*NUMBERS[:3], "001315012349", "001315012350")
    assert await morning.watch.once() == 1


async def test_a_school_that_did_not_ask_for_it_hears_nothing(morning: Morning) -> None:
    async with morning.gate.core.database.transaction(morning.gate.school_id) as tx:
        await morning.gate.core.calendars.set_absent_after(tx, None, "staff:x")
    assert (await morning.watch.once(), await morning.told()) == (0, [])


async def test_two_workers_at_once_tell_it_once(morning: Morning) -> None:
    await morning.come(*NUMBERS[:3], "001315012349", "001315012350")
    async with asyncio.TaskGroup() as group:
        both = [group.create_task(morning.watch.once()) for _ in range(2)]
    assert sorted(one.result() for one in both) == [0, 1]
    assert len(await morning.told()) == 1


@dataclass(frozen=True, slots=True)
class DyingAudit(Audit):
    """The line in the trail is the last thing written; here the database drops the connection instead."""

    database: Database

    @override
    async def record(self, tx: Tx, entry: AuditEntry) -> None:
        pid = (await tx.session.execute(text("SELECT pg_backend_pid()"))).scalar_one()
        async with self.database.platform() as other:
            await other.session.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        await Audit.record(self, tx, entry)


async def test_a_worker_that_dies_before_the_end_leaves_nothing_and_the_next_one_tells_it(
    morning: Morning, clock: FixedClock
) -> None:
    await morning.come(*NUMBERS[:3], "001315012349", "001315012350")
    core = morning.gate.core
    dying = replace(core.absences, audit=DyingAudit(core.keyring, clock, core.database))
    assert await AbsenceWatch(core.database, dying).once() == 0
    assert await morning.told() == []
    assert await morning.watch.once() == 1
    (told,) = await morning.told()
    assert told.params["unexplained"] == [NAMES[3]]


async def test_who_comes_only_in_the_afternoon_is_not_awaited_in_the_morning(morning: Morning) -> None:
    await morning.come(*NUMBERS)
    morning.gate.clock.instant = MONDAY.replace(hour=6)  # 13:00 in school time
    await morning.come("001315012349", "001315012350")
    morning.gate.clock.instant = MONDAY + timedelta(days=1)
    await morning.come(*NUMBERS[:3])
    assert await morning.watch.once() == 1
    (told,) = await morning.told()
    assert (told.key, told.params["unexplained"]) == ("absence.class", [NAMES[3]])
