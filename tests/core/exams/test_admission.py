"""The door of an exam."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.db.transaction import Database, Tx
from core.exams.domain import (
    AdmissionVerdict,
    BadSessionError,
    Candidate,
    CandidateNumberTakenError,
    ExamSession,
    ExamSessionNotFoundError,
    SessionPlan,
    admit,
)
from core.exams.service import Exams
from core.students.domain import NewStudent
from core.students.service import Students
from core.values.clock import FixedClock
from core.values.ids import ExamSessionId, SchoolId, StudentId, new_id
from core.vault.keyring import Keyring

START = datetime(2026, 11, 21, 0, 30, tzinfo=UTC)
PLAN = SessionPlan("Kiểm tra cuối kỳ: Toán 9", "Phòng 12", START, START + timedelta(minutes=90))
SESSION = ExamSession(ExamSessionId(new_id()), PLAN)
CANDIDATE = Candidate(StudentId(new_id()), "HP0007")


@pytest.mark.parametrize(
    ("minutes", "verdict"),
    [
        (-31, AdmissionVerdict.TOO_EARLY),
        (-30, AdmissionVerdict.ADMITTED),
        (0, AdmissionVerdict.ADMITTED),
        (1, AdmissionVerdict.ADMITTED_LATE),
        (15, AdmissionVerdict.ADMITTED_LATE),
        (16, AdmissionVerdict.TOO_LATE),
    ],
)
def test_the_door_opens_before_and_closes_after_the_start(minutes: int, verdict: AdmissionVerdict) -> None:
    admission = admit(SESSION, CANDIDATE, START + timedelta(minutes=minutes))
    assert admission.verdict is verdict
    assert admission.candidate_number == "HP0007"


@given(st.datetimes(timezones=st.just(UTC)))
def test_who_is_not_on_the_list_never_enters_and_learns_nothing(at: datetime) -> None:
    admission = admit(SESSION, None, at)
    assert (admission.verdict, admission.admitted) == (AdmissionVerdict.NOT_A_CANDIDATE, False)
    assert admission.candidate_number is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": " "},
        {"room": ""},
        {"ends_at": START},
        {"starts_at": START.replace(tzinfo=None)},
        {"late_for": timedelta(hours=2)},
        {"opens_before": timedelta(-1)},
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    parts: dict[str, object] = {
        "title": "Toán",
        "room": "P1",
        "starts_at": START,
        "ends_at": START + timedelta(hours=1),
    }
    with pytest.raises(BadSessionError):
        SessionPlan(**(parts | wrong))  # type: ignore[arg-type] - wrong on purpose


async def _two_pupils(tx: Tx, keyring: Keyring, clock: FixedClock) -> tuple[StudentId, StudentId]:
    names = ("Trần Thị An", "Lê Văn Bình")
    new = [NewStudent("9A", name, date(2012, 1, 1), "male") for name in names]
    one, two = await Students(keyring, clock).record_all(tx, new)
    return one.student_id, two.student_id


async def test_a_planned_session_is_found_on_its_day_and_answers_at_the_door(
    database: Database, school_id: SchoolId, keyring: Keyring, clock: FixedClock
) -> None:
    exams = Exams(clock)
    async with database.transaction(school_id) as tx:
        an, binh = await _two_pupils(tx, keyring, clock)
        session = await exams.add(tx, PLAN, SESSION.id)
        assert await exams.add(tx, PLAN, SESSION.id) == session
        assert await exams.add_candidates(tx, session.id, [Candidate(an, "HP0001")]) == 1
        assert await exams.add_candidates(tx, session.id, [Candidate(an, "HP0001")]) == 0
        assert (await exams.get(tx, session.id)).candidates == 1
        assert (await exams.admission(tx, session.id, an, START)).admitted
        assert not (await exams.admission(tx, session.id, binh, START)).admitted
        assert [s.id for s in await exams.list_sessions(tx, date(2026, 11, 21))] == [session.id]
        assert await exams.list_sessions(tx, date(2026, 11, 20)) == ()
        for minutes, found in ((-31, 0), (-30, 1), (90, 1), (91, 0)):
            assert len(await exams.current_sessions(tx, START + timedelta(minutes=minutes))) == found


async def test_one_candidate_number_is_for_one_pupil(
    database: Database, school_id: SchoolId, keyring: Keyring, clock: FixedClock
) -> None:
    exams = Exams(clock)
    async with database.transaction(school_id) as tx:
        an, binh = await _two_pupils(tx, keyring, clock)
        session = await exams.add(tx, PLAN)
        with pytest.raises(CandidateNumberTakenError):
            await exams.add_candidates(tx, session.id, [Candidate(an, "1"), Candidate(binh, "1")])
        with pytest.raises(ExamSessionNotFoundError):
            await exams.get(tx, ExamSessionId(new_id()))
