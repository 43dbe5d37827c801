"""Who is named as missed, for any morning: never who came, who has leave, or anybody while the gate seems at fault."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.checkins.absence.domain import FEWEST, Excused, LeaveNote, Look, excuses, look
from core.students.domain import Student
from core.values.ids import ClassId, StudentId

ON = date(2026, 11, 23)
CLASSES = ("6A", "6B", "7A")


def pupil(number: int, class_name: str) -> Student:
    class_id = ClassId(UUID(int=900 + CLASSES.index(class_name)))
    return Student(StudentId(UUID(int=number)), class_id, class_name, f"Em {number}", ON, "male", True, None)


ROLL = [pupil(number, CLASSES[number % 3]) for number in range(18)]
IDS = st.sets(st.sampled_from([one.id for one in ROLL]))
EXCUSES = st.dictionaries(st.sampled_from([one.id for one in ROLL]), st.sampled_from(Excused))


def named(found: Look) -> set[str]:
    return {name for one in found.missed for name in (*one.unexplained, *one.unclear)}


@given(IDS, IDS, EXCUSES)
def test_nobody_is_named_who_came_or_has_leave_or_was_not_awaited(
    came: set[StudentId], lately: set[StudentId], excused: dict[StudentId, Excused]
) -> None:
    found = look(ROLL, came, lately, excused)
    innocent = {one.full_name for one in ROLL if one.id in came or excused.get(one.id) is Excused.SURELY}
    unusual = {one.full_name for one in ROLL if lately and one.id not in lately}
    assert not named(found) & (innocent | unusual)
    if found.gate_is_silent:
        assert found.missed == ()


@given(IDS, EXCUSES)
def test_whoever_is_awaited_and_away_is_named_or_counted_when_the_gate_works(
    came: set[StudentId], excused: dict[StudentId, Excused]
) -> None:
    found = look(ROLL, came, (), excused)
    away = [one for one in ROLL if one.id not in came and excused.get(one.id) is not Excused.SURELY]
    if not found.gate_is_silent:
        assert len(named(found)) + sum(one.nobody_of for one in found.missed) == len(away)


def test_a_class_with_lessons_in_the_afternoon_is_not_missed_in_the_morning() -> None:
    mornings = {one.id for one in ROLL if one.class_name != "7A"}
    assert look(ROLL, mornings, mornings, {}).missed == ()


def test_a_class_of_which_nobody_came_is_told_without_names_and_other_classes_with_them() -> None:
    came = {one.id for one in ROLL if one.class_name == "6A" and one.id.int > 0}
    came |= {one.id for one in ROLL if one.class_name == "6B"}
    found = {one.class_name: one for one in look(ROLL, came, (), {}).missed}
    assert (found["6A"].unexplained, found["6A"].nobody_of) == (("Em 0",), 0)
    assert (found["7A"].unexplained, found["7A"].nobody_of) == ((), 6)
    assert FEWEST < 6


@pytest.mark.parametrize(
    ("note", "on", "said"),
    [
        (LeaveNote(ROLL[0].id, ON, ON, ON + timedelta(days=1)), ON + timedelta(days=1), Excused.SURELY),
        (LeaveNote(ROLL[0].id, ON, ON, ON), ON + timedelta(days=1), None),
        (LeaveNote(ROLL[0].id, ON), ON + timedelta(days=2), Excused.UNCLEAR),
        (LeaveNote(ROLL[0].id, ON), ON + timedelta(days=3), None),
        (LeaveNote(ROLL[0].id, ON), ON - timedelta(days=1), None),
    ],
)
def test_a_note_counts_on_its_days_and_one_without_days_for_a_short_while_only_as_unclear(
    note: LeaveNote, on: date, said: Excused | None
) -> None:
    assert excuses([note], on).get(note.student_id) is said


def test_a_certain_note_counts_before_an_unclear_one_whichever_came_first() -> None:
    unclear, sure = LeaveNote(ROLL[0].id, ON), LeaveNote(ROLL[0].id, ON, ON, ON)
    for notes in ([unclear, sure], [sure, unclear]):
        assert excuses(notes, ON) == {ROLL[0].id: Excused.SURELY}
