"""Candidate lists: what a file says, and what it would change."""

from __future__ import annotations

import io
import random
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from core.exams.cells import Fault, time_of
from core.exams.columns import Column, NoListHeaderError
from core.exams.domain import Candidate, ExamSession, SessionPlan
from core.exams.planning import ListPlan, OnRecord, Seat, plan_list
from core.exams.sheet import Defaults, parse_exam_sheet
from core.students.roll.domain import Reason, RollFileError
from core.values.clock import SCHOOL_TIME
from core.values.ids import ExamSessionId, StudentId, new_id
from tests.core.exams.lists import sheet, windows_1258

EXAM = Defaults("Cuối học kỳ I: Toán 9", date(2026, 12, 1), time(7, 30), time(9, 0))
AN = ("1", "HP001", "Nguyễn Minh An", "9A", "Phòng 1")
NOW = datetime(2026, 11, 21, tzinfo=UTC)
NAMES = st.lists(
    st.sampled_from(("Nguyễn", "Đỗ", "Thị", "Ân", "Ợt", "Hạ", "Vũ", "Khánh", "Quỳnh")), min_size=2, max_size=4
).map(" ".join)


@given(
    st.lists(
        st.tuples(NAMES, st.sampled_from(("6A", "6A10", "9B")), st.integers(1, 40)), min_size=1, max_size=20
    ),
    st.sampled_from((",", ";", "\t")),
    st.sampled_from(
        (str.encode, lambda text: text.encode("utf-8-sig"), lambda text: text.encode("utf-16"), windows_1258)
    ),
)
def test_every_line_comes_back_from_every_code_page_and_delimiter(
    lines: list[tuple[str, str, int]], delimiter: str, encode: object
) -> None:
    written = [
        (str(place), f"HP{place:03}", name, class_name, f"Phòng {room}")
        for place, (name, class_name, room) in enumerate(lines, 1)
    ]
    read = parse_exam_sheet(encode(sheet(*written, delimiter=delimiter)), EXAM)  # type: ignore[operator]
    assert read.remarks == ()
    got = [(one.number, one.who.full_name, one.who.class_name, one.plan.room) for one in read.entries]
    assert got == [line[1:] for line in written]
    assert {(one.plan.title, one.plan.starts_at) for one in read.entries} == {
        (EXAM.title, datetime(2026, 12, 1, 7, 30, tzinfo=SCHOOL_TIME))
    }


@given(st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
def test_whatever_a_file_holds_it_is_read_or_refused_with_a_code(data: bytes) -> None:
    with suppress(RollFileError, NoListHeaderError):
        parse_exam_sheet(data, EXAM)


@given(st.lists(st.lists(st.text(max_size=12), min_size=3, max_size=5), max_size=6))
def test_each_filled_line_is_an_entry_or_has_a_remark(cells: list[list[str]]) -> None:
    tidy = [["".join(sign for sign in one if sign.isalnum()) for one in line] for line in cells]
    read = parse_exam_sheet(sheet(AN, *tidy).encode(), EXAM)
    filled = {place for place, line in enumerate(tidy, 4) if sum(bool(one) for one in line) >= 3}
    assert filled <= {one.line for one in (*read.entries, *read.remarks)}
    assert not {one.line for one in read.entries} & {one.line for one in read.remarks}


def test_a_file_may_say_exam_subject_day_and_times_itself() -> None:
    header = ("SBD", "Họ tên", "Ngày sinh", "Lớp", "Phòng", "Môn thi", "Ngày thi", "Giờ thi", "Giờ kết thúc")
    lines = (
        ("1", "AN", "2/3/2011", "9A", "P1", "Toán", "1/12/2026", "7h30", "9:00"),
        ("2", "BÌNH", "", "9A", "P1", "", "", "13 giờ", "14g15"),
    )
    read = parse_exam_sheet(sheet(*lines, header=header).encode(), Defaults("Cuối kỳ", date(2026, 12, 2)))
    first, second = read.entries
    assert (first.plan.title, first.who.born_on) == ("Cuối kỳ: Toán", date(2011, 3, 2))
    assert first.plan.starts_at == datetime(2026, 12, 1, 7, 30, tzinfo=SCHOOL_TIME)
    assert (second.plan.title, second.plan.ends_at) == (
        "Cuối kỳ",
        datetime(2026, 12, 2, 14, 15, tzinfo=SCHOOL_TIME),
    )
    with pytest.raises(NoListHeaderError) as refused:
        parse_exam_sheet(sheet(AN).encode(), Defaults("Cuối kỳ"))
    assert refused.value.params == {"missing": "day,starts,ends"}


def test_days_and_times_that_excel_keeps_as_such_are_read() -> None:
    book = Workbook()
    page = book.active
    assert page is not None
    page.append(["SBD", "Họ tên", "Lớp", "Phòng", "Ngày thi", "Giờ bắt đầu", "Giờ kết thúc"])
    page.append([250123, "Nguyễn Minh An", "9A", 12, date(2026, 12, 1), time(7, 30), "9h"])
    saved = io.BytesIO()
    book.save(saved)
    (entry,) = parse_exam_sheet(saved.getvalue(), Defaults("Cuối kỳ")).entries
    assert (entry.number, entry.plan.room) == ("250123", "12")
    assert entry.plan.starts_at == datetime(2026, 12, 1, 7, 30, tzinfo=SCHOOL_TIME)


@pytest.mark.parametrize(
    ("line", "reason", "column"),
    [
        (("1", "HP 01", *AN[2:]), Fault.NOT_A_NUMBER, Column.NUMBER),
        (("1", "9" * 21, *AN[2:]), Reason.TOO_LONG, Column.NUMBER),
        (("1", "HP1", "An 3", *AN[3:]), Reason.NOT_A_NAME, Column.FULL_NAME),
        (("1", "HP1", "Nguy?n An", *AN[3:]), Fault.LOST_LETTERS, Column.FULL_NAME),
        (("1", "HP1", "Nguyễn An", "", "P1"), Reason.MISSING, Column.CLASS),
        (("1", "HP1", "Nguyễn An", "9A", ""), Reason.MISSING, Column.ROOM),
        (("1", "HP1", "Nguyễn An", "9A", "P" * 41), Reason.TOO_LONG, Column.ROOM),
    ],
)
def test_what_is_wrong_with_a_line_is_named(line: tuple[str, ...], reason: object, column: Column) -> None:
    read = parse_exam_sheet(sheet(AN, line).encode(), EXAM)
    assert [(one.line, one.reason, one.column) for one in read.remarks] == [(4, reason, column)]
    assert len(read.entries) == 1


def test_a_short_line_is_passed_over_only_when_it_has_no_number() -> None:
    read = parse_exam_sheet(
        sheet(AN, ("", "HP002", "Nguyễn Bình"), ("", "", "KT. Hiệu trưởng")).encode(), EXAM
    )
    assert {one.line for one in read.remarks} == {4}
    assert len(read.entries) == 1


@pytest.mark.parametrize("text", ["", "25:00", "7h75", "sáng", "7", "07:30:15", "٧:٣٠"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"time|must be|in"):
        time_of(text)


def plan_of(room: str, *, title: str = "Toán", hour: int = 8, minutes: int = 60) -> SessionPlan:
    starts_at = datetime(2026, 12, 1, hour, tzinfo=UTC)
    return SessionPlan(title, room, starts_at, starts_at + timedelta(minutes=minutes))


def carried_out(plan: ListPlan, records: list[OnRecord]) -> list[OnRecord]:
    """What the school has after the plan, as `importer` writes it."""
    gone = {*plan.dropped, *(seat for room in plan.rooms for seat in room.vacated)}
    after: dict[ExamSessionId, OnRecord] = {
        one.session.id: OnRecord(
            one.session,
            tuple(each for each in one.candidates if (one.session.id, each.student_id) not in gone),
        )
        for one in records
    }
    for room in plan.rooms:
        session_id = room.session_id or ExamSessionId(new_id())
        before = after.get(session_id)
        after[session_id] = OnRecord(
            ExamSession(session_id, room.plan), (*(before.candidates if before else ()), *room.written)
        )
    return list(after.values())


PUPILS = [StudentId(new_id()) for _ in range(8)]
LISTS = st.lists(
    st.tuples(st.sampled_from(PUPILS), st.sampled_from(("P1", "P2", "P3"))),
    unique_by=lambda pair: pair[0],
    min_size=1,
)


@given(LISTS, LISTS, st.booleans(), st.integers())
def test_a_list_once_carried_out_changes_nothing_more(
    first: list[tuple[StudentId, str]], second: list[tuple[StudentId, str]], drop: bool, seed: int
) -> None:
    def seats(listed: list[tuple[StudentId, str]], numbers: list[int]) -> list[Seat]:
        pairs = zip(listed, numbers, strict=False)
        return [Seat(n, plan_of(room), who, f"{n:02}") for (who, room), n in pairs]

    numbers = list(range(8))
    records = carried_out(plan_list(seats(first, numbers), [], NOW, drop=False), [])
    random.Random(seed).shuffle(numbers)
    wanted = seats(second, numbers)
    plan = plan_list(wanted, records, NOW, drop=drop)
    if plan.remarks:
        assert not drop
        assert {one.reason for one in plan.remarks} == {Fault.NUMBER_TAKEN}
        return
    after = carried_out(plan, records)
    sits = {each.student_id: (one.session.room, each.number) for one in after for each in one.candidates}
    assert sum(len(one.candidates) for one in after) == len(sits)
    assert len({number for _, number in sits.values()}) == len(sits)
    assert {who: sits[who] for who, _ in second} == {
        one.student_id: (one.plan.room, one.number) for one in wanted
    }
    assert set(sits) == {who for who, _ in second} | (set() if drop else {who for who, _ in first})
    assert not plan_list(wanted, after, NOW, drop=drop).changes


def test_nobody_sits_twice_and_nothing_is_planned_for_the_past() -> None:
    an, binh = PUPILS[:2]
    session = ExamSession(ExamSessionId(new_id()), plan_of("P9", title="Văn", hour=9, minutes=90))
    other = [OnRecord(session, (Candidate(an, "77"),))]
    long = plan_of("P1", hour=8, minutes=90)
    cases = [
        ([Seat(1, long, an, "1")], NOW, Fault.OVERLAPS),
        ([Seat(1, plan_of("P1"), binh, "1"), Seat(2, plan_of("P2"), binh, "2")], NOW, Fault.PUPIL_TWICE),
        ([Seat(1, plan_of("P1"), binh, "1"), Seat(2, plan_of("P2"), an, "1")], NOW, Fault.NUMBER_TWICE),
        ([Seat(1, plan_of("P1"), binh, "1")], datetime(2026, 12, 2, tzinfo=UTC), Fault.OVER),
    ]
    for seats, now, fault in cases:
        plan = plan_list(seats, other, now, drop=False)
        assert [one.reason for one in plan.remarks] == [fault]
        assert not plan.changes
    assert plan_list([Seat(1, plan_of("P1"), an, "1")], other, NOW, drop=False).candidates == 1
