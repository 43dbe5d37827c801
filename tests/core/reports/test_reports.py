"""The report of a month on real rows: its bounds, its school, and that it says what the rooms say."""

from __future__ import annotations

from datetime import date, datetime, time
from itertools import count

import pytest
from sqlalchemy import text

from core.answers.asked.domain import AskedId, NewAsked, Rating
from core.app import Core
from core.broadcasts.domain import Audience, AudienceKind, Draft, Kind
from core.checkins.monthly.service import GateFigures, at_gates, days_come
from core.conversations.desk.domain import Answering
from core.conversations.domain import HandoverUrgency
from core.db.transaction import Tx
from core.fees.changes.domain import Change, ChangeKind, Correction, Reason
from core.fees.changes.service import Changes
from core.fees.domain import Invoice, NewInvoice, Received
from core.guardians.domain import CodeStrength, NewGuardian, Relation
from core.guardians.progress.service import ProgressReport
from core.reports.domain import Month, Report
from core.reports.service import Reports
from core.students.domain import NewStudent
from core.values.clock import SCHOOL_TIME, FixedClock
from core.values.ids import SchoolId, StudentId, new_id
from core.values.money import vnd
from tests.core.checkins.conftest import Gate

NOVEMBER, DECEMBER, JANUARY = (Month.parse(one) for one in ("2026-11", "2026-12", "2027-01"))
TEACHER = Answering("Cô Hoa", "staff:hoa")
numbers = count(1)


def at(clock: FixedClock, *moment: int) -> None:
    """Set the clock to a moment of school time."""
    clock.instant = datetime(*moment, tzinfo=SCHOOL_TIME)  # type: ignore[misc,arg-type]


async def report(core: Core, school_id: SchoolId, month: Month) -> Report:
    reports = Reports(core.clock, core.students, core.calendars, core.answers.asked)
    async with core.database.transaction(school_id) as tx:
        return await reports.of(tx, month)


async def new_pupil(core: Core, tx: Tx) -> StudentId:
    """A pupil with a guardian, who is proven at once."""
    new = NewStudent("7B", f"Lê Văn Số{next(numbers)}", date(2014, 1, 1), "male")
    student_id = (await core.students.record(tx, new)).student_id
    placed = await core.guardians.record_all(tx, (NewGuardian(student_id, Relation.MOTHER, "Lê Thị Mẹ"),))
    guardian_id = placed.placed[0].guardian_id
    account = await core.conversations.meet(tx, "webchat", f"chat-{student_id}")
    code = await core.guardians.issue_link_code(tx, guardian_id, CodeStrength.HANDED_OVER)
    await core.guardians.link(tx, account.id, code.value)
    return student_id


async def issue(core: Core, tx: Tx, student_id: StudentId, amount: int) -> Invoice:
    return await core.fees.issue(tx, NewInvoice(student_id, "Bán trú", vnd(amount), date(2026, 12, 15)))


async def pay(core: Core, tx: Tx, amount: int, text: str) -> None:
    await core.fees.receive(tx, Received("test", str(new_id()), vnd(amount), core.clock.now(), text))


async def everything_once(core: Core, school_id: SchoolId) -> None:
    """One of everything that a report counts, at this moment."""
    async with core.database.transaction(school_id) as tx:
        student_id = await new_pupil(core, tx)
        for behaviour, rating in (("answer", Rating.UP), ("abstain", Rating.WRONG)):
            asked = AskedId(new_id())
            await core.answers.asked.keep(tx, NewAsked(asked, "x", behaviour, 0.5))
            await core.answers.asked.rate(tx, asked, rating)
        turn = await core.conversations.open_turn(tx, "webchat", f"chat-{student_id}", "m1", "x")
        talk = await core.handovers.open(tx, turn.account_id, "asked", HandoverUrgency.NORMAL, ("m1", "x"))
        await core.handovers.answer(tx, talk.id, TEACHER, ("s1", "y"))
        await core.handovers.end(tx, talk.id, TEACHER)
        await core.leaves.note(tx, [student_id], None)
        invoice = await issue(core, tx, student_id, 100_000)
        await pay(core, tx, 40_000, invoice.reference)
        draft = Draft(Kind.NOTICE, "Nghỉ lễ", "Mai nghỉ.", Audience(AudienceKind.SCHOOL))
        made = await core.broadcasts.draft(tx, draft, "staff:x")
        await core.broadcasts.confirm(tx, made.id, "staff:x")
        await core.broadcasts.expand(tx, made.id)


def counted(found: Report) -> dict[str, int]:
    return {
        "answered": found.asked.answered,
        "unanswered": found.asked.unanswered,
        "liked": found.asked.liked,
        "disliked": found.asked.disliked,
        "messages": found.talks.messages,
        "opened": found.talks.opened,
        "closed": found.talks.closed,
        "told": found.talks.answered,
        "leave": found.gates.leave_notes,
        "issued": found.fees.issued,
        "payments": found.fees.payments,
        "proven": found.proven.came,
        "announced": found.announced.announcements,
    }


async def test_a_month_begins_and_ends_at_midnight_in_school_time_and_is_one_schools(
    core: Core, clock: FixedClock, school_id: SchoolId
) -> None:
    other, empty = SchoolId(new_id()), SchoolId(new_id())
    for each in (school_id, other, empty):
        async with core.database.transaction(each) as tx:
            await core.schools.add(tx, "Trường mẫu")
    bounds = ((2026, 11, 30, 23, 59, 59), (2026, 12, 1), (2026, 12, 31, 23, 59, 59), (2027, 1, 1))
    for moment in bounds:
        at(clock, *moment)
        await everything_once(core, school_id)
        if moment == bounds[1]:
            await everything_once(core, other)
    at(clock, 2027, 1, 5, 9)
    found = {month: await report(core, school_id, month) for month in (NOVEMBER, DECEMBER, JANUARY)}
    for month, times in ((NOVEMBER, 1), (DECEMBER, 2), (JANUARY, 1)):
        assert counted(found[month]) == dict.fromkeys(counted(found[month]), times)
    assert found[DECEMBER].announced.people == 2 + 3, "each announcement means everybody who is there by then"
    fees = [found[month].fees for month in (NOVEMBER, DECEMBER, JANUARY)]
    assert [one.owed for one in fees] == [60_000, 180_000, 240_000], "as it stood when each month ended"
    assert [one.received for one in fees] == [40_000, 80_000, 40_000]
    assert [found[month].proven.verified for month in found] == [1, 3, 4]
    assert [found[month].gone for month in found] == [("answered",), (), ()]
    assert counted(await report(core, other, DECEMBER)) == dict.fromkeys(counted(found[DECEMBER]), 1)
    nothing = await report(core, empty, DECEMBER)
    assert counted(nothing) == dict.fromkeys(counted(nothing), 0)
    assert (nothing.arrivals.school.awaited, nothing.talks.median_minutes, nothing.fees.owed) == (0, None, 0)
    async with core.database.transaction(school_id) as tx:
        ends = await ProgressReport(core.guardians).months(tx)
    room = {one.month: (one.matched, one.verified) for one in ends}
    for month, name in ((NOVEMBER, "11/2026"), (DECEMBER, "12/2026"), (JANUARY, "01/2027")):
        assert (found[month].proven.matched, found[month].proven.verified) == room[name]


async def test_a_month_that_has_not_begun_cannot_be_told_and_one_that_just_began_is_empty(
    core: Core, clock: FixedClock, school_id: SchoolId
) -> None:
    at(clock, 2026, 12, 1, 9)
    with pytest.raises(ValueError, match="begun"):
        await report(core, school_id, JANUARY)
    assert (await report(core, school_id, DECEMBER)).period.days == ()


async def test_arrivals_are_those_of_the_day_room_on_days_with_lessons_only(gate: Gate) -> None:
    core, clock = gate.core, gate.clock
    in_time, late, approved = date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25)
    sunday, saturday = date(2026, 11, 29), date(2026, 11, 28)
    shown = {}
    for on in (in_time, late, approved, saturday, sunday):
        clock.instant = datetime.combine(on, time(9 if on == late else 6, 50), SCHOOL_TIME)
        await gate.send(face="mismatch" if on == approved else "match")
        if on == approved:
            (waits,) = (await gate.day()).needs_staff
            async with core.database.transaction(gate.school_id) as tx:
                await core.check_ins.resolve(tx, waits.id, approve=True, actor="staff:x")
        await gate.send()  # once more: the first one counts
        (of_class,) = (await gate.day()).classes
        shown[on] = (of_class.on_time, of_class.late)
    await gate.send(face="mismatch", citizen_id="001315099999")
    at(clock, 2026, 12, 2, 9)
    found = await report(core, gate.school_id, NOVEMBER)
    school, days = found.arrivals.school, (in_time, late, approved)
    assert (school.on_time, school.late) == tuple(sum(shown[on][n] for on in days) for n in (0, 1)) == (2, 1)
    assert school.by_staff == 1
    assert {saturday, date(2026, 11, 21)} <= set(found.days.unknown)
    assert sunday not in found.days.unknown
    assert school.awaited == 6, "23 to 27 and 30 November: before, the pupil was not on the roll"
    assert (found.gates.needed_staff, found.gates.waiting) == (2, 1)
    assert (found.arrivals.classes, found.arrivals.small) == ((), None), "one pupil is no class"
    async with core.database.transaction(SchoolId(new_id())) as tx:
        assert await days_come(tx, days) == {}, "another school's pupils"
        assert await at_gates(tx, found.period.since, found.period.until) == GateFigures()
    async with core.database.transaction(gate.school_id) as tx:
        await core.calendars.set_saturdays(tx, "staff:x", lessons=True)
    told = (await report(core, gate.school_id, NOVEMBER)).arrivals.school
    assert (told.on_time, told.awaited) == (3, 8), "the Saturdays of 21 and 28 November"


async def test_fees_are_those_of_the_room_and_stay_so_whatever_is_changed_afterwards(gate: Gate) -> None:
    core, clock = gate.core, gate.clock
    changes = Changes(core.fees)

    async def change(tx: Tx, invoice: Invoice, kind: ChangeKind, amount: int | None = None) -> None:
        correction = Correction(amount=None if amount is None else vnd(amount))
        wanted = Change(new_id(), kind, Reason.OTHER_REASON, "x", correction)
        assert await changes.make(tx, [invoice.id], wanted, "staff:x")

    at(clock, 2026, 11, 25, 9)
    async with core.database.transaction(gate.school_id) as tx:
        paid, part, wrong = [
            await issue(core, tx, gate.student_id, amount) for amount in (100_000, 200_000, 300_000)
        ]
        await pay(core, tx, 100_000, paid.reference)
        await pay(core, tx, 50_000, part.reference)
        await pay(core, tx, 70_000, "không có mã")
        await change(tx, wrong, ChangeKind.CORRECTED, 250_000)
        clock.instant = clock.instant.replace(hour=10)
        await change(tx, part, ChangeKind.WITHDRAWN)  # its 50,000 come off and wait
    at(clock, 2026, 12, 1)
    then = (await report(core, gate.school_id, NOVEMBER)).fees
    async with core.database.transaction(gate.school_id) as tx:
        sums, waiting = await core.fees.sums(tx), await core.fees.list_waiting(tx)
    assert then.owed == sum(one.left for one in sums) == 250_000
    assert then.waiting == sum(one.payment.left for one in waiting) == 120_000
    assert (then.issued, then.issued_amount, then.corrected, then.withdrawn) == (3, 600_000, 1, 1)
    assert (then.payments, then.received, then.returned, then.owing) == (3, 220_000, 0, 1)
    async with core.database.transaction(gate.school_id) as tx:
        await change(tx, part, ChangeKind.REINSTATED)
        await change(tx, wrong, ChangeKind.CORRECTED, 400_000)
        await pay(core, tx, 10_000, wrong.reference)
        loose = next(one.payment for one in waiting if one.payment.left == 70_000)
        await core.fees.give_back(tx, loose.id, vnd(70_000), "PC-1", "staff:x")
    at(clock, 2026, 12, 2)
    assert (await report(core, gate.school_id, NOVEMBER)).fees == then
    later = (await report(core, gate.school_id, DECEMBER)).fees
    async with core.database.transaction(gate.school_id) as tx:
        assert later.owed == sum(one.left for one in await core.fees.sums(tx)) == 590_000
        assert later.waiting == sum(one.payment.left for one in await core.fees.list_waiting(tx)) == 50_000
    assert (later.issued, later.corrected, later.reinstated, later.returned) == (0, 1, 1, 70_000)


async def test_the_first_word_of_staff_is_timed_and_one_after_the_month_is_not_counted(
    core: Core, clock: FixedClock, school_id: SchoolId
) -> None:
    async with core.database.transaction(school_id) as tx:
        await core.schools.add(tx, "Trường mẫu")
    for chat, asked, answered in (
        ("a", (2026, 11, 24, 9, 0), (2026, 11, 24, 9, 4)),
        ("b", (2026, 11, 24, 10, 0), (2026, 11, 24, 10, 20)),
        ("c", (2026, 11, 30, 23, 50), (2026, 12, 1, 8, 0)),
    ):
        at(clock, *asked)
        async with core.database.transaction(school_id) as tx:
            account = await core.conversations.meet(tx, "webchat", chat)
            talk = await core.handovers.open(tx, account.id, "asked", HandoverUrgency.NORMAL, (chat, "x"))
        at(clock, *answered)
        async with core.database.transaction(school_id) as tx:
            await core.handovers.answer(tx, talk.id, TEACHER, (f"{chat}1", "y"))
            await core.handovers.answer(tx, talk.id, TEACHER, (f"{chat}2", "z"))
    at(clock, 2026, 12, 2)
    talks = (await report(core, school_id, NOVEMBER)).talks
    assert (talks.opened, talks.answered, talks.unanswered, talks.median_minutes) == (3, 2, 1, 12)
    assert talks.closed == 0


async def test_announcements_count_what_arrived_by_their_kept_reports_and_not_what_was_stopped_in_time(
    core: Core, clock: FixedClock, school_id: SchoolId
) -> None:
    at(clock, 2026, 11, 24, 9)
    draft = Draft(Kind.NOTICE, "Nghỉ lễ", "Mai nghỉ.", Audience(AudienceKind.SCHOOL))
    made = []
    async with core.database.transaction(school_id) as tx:
        await core.schools.add(tx, "Trường mẫu")
        for _ in range(2):
            await new_pupil(core, tx)
        for _ in range(3):
            one = await core.broadcasts.draft(tx, draft, "staff:x")
            made.append((await core.broadcasts.confirm(tx, one.id, "staff:x")).id)
        told, _, stopped = made
        await core.broadcasts.stop(tx, stopped, "staff:x")
        await core.broadcasts.expand(tx, told)
        await tx.session.execute(text("UPDATE notifications SET status = 'sent', finished_at = now()"))
        assert await core.broadcasts.keep_report(tx, told)
        assert not await core.broadcasts.expand(tx, made[1]), "its messages are written, none has arrived"
    at(clock, 2026, 12, 1)
    found = (await report(core, school_id, NOVEMBER)).announced
    assert (found.announcements, found.people, found.unreached, found.sent, found.open) == (2, 4, 0, 2, 1)
