"""Where the candidates of a room are, by what its doors recorded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from core.checkins.domain import CheckIn, Reason
from core.checkins.exam_board import Standing, board_of
from core.contracts.checkin import CheckInMode, Decision, IdentifiedBy, Punctuality
from core.exams.domain import Candidate, ExamSession, SessionPlan
from core.values.ids import CheckInId, DeviceId, ExamSessionId, StudentId, new_id

START = datetime(2026, 12, 1, 0, 30, tzinfo=UTC)
SESSION = ExamSession(
    ExamSessionId(new_id()), SessionPlan("Toán", "P1", START, START + timedelta(hours=1)), 1
)
AN = Candidate(StudentId(new_id()), "HP001")
OTHER_ROOM = ExamSessionId(new_id())
YES, ASK, NO = Decision.ACCEPTED, Decision.NEEDS_STAFF, Decision.REFUSED


def seen(decision: Decision, minutes: int = -5, **changes: Any) -> CheckIn:
    at = START + timedelta(minutes=minutes)
    values: dict[str, Any] = {
        "id": CheckInId(new_id()),
        "device_id": DeviceId(new_id()),
        "student_id": AN.student_id,
        "mode": CheckInMode.EXAM,
        "decision": decision,
        "reason": Reason.OK,
        "punctuality": Punctuality.ON_TIME,
        "identified_by": IdentifiedBy.CHIP,
        "observed_at": at,
        "recorded_at": at,
        "provisional": False,
        "exam_session_id": SESSION.id,
    }
    return CheckIn(**(values | changes))


def test_once_inside_is_inside_and_before_that_the_latest_word_counts() -> None:
    for check_ins, standing in (
        ([], Standing.NOT_YET),
        ([seen(ASK)], Standing.WAITING),
        ([seen(ASK), seen(NO)], Standing.REFUSED),
        ([seen(NO), seen(ASK)], Standing.WAITING),
        ([seen(NO), seen(YES)], Standing.INSIDE),
        ([seen(YES), seen(ASK), seen(NO)], Standing.INSIDE),
        ([seen(YES, mode=CheckInMode.ATTENDANCE)], Standing.NOT_YET),
    ):
        (place,) = board_of(SESSION, [AN], check_ins).places
        assert place.standing is standing


def test_a_kiosk_opened_for_a_room_speaks_of_that_room_and_another_by_the_time() -> None:
    for minutes, named, standing in (
        (0, OTHER_ROOM, Standing.NOT_YET),
        (-29, None, Standing.INSIDE),
        (-31, None, Standing.NOT_YET),
        (60, None, Standing.INSIDE),
        (61, None, Standing.NOT_YET),
        (-45, SESSION.id, Standing.INSIDE),
    ):
        (place,) = board_of(SESSION, [AN], [seen(YES, minutes, exam_session_id=named)]).places
        assert place.standing is standing, (minutes, named)


def test_who_is_not_on_the_list_is_a_stranger_at_this_door_only() -> None:
    somebody = StudentId(new_id())
    check_ins = [
        seen(NO, student_id=somebody),
        seen(ASK, student_id=None),
        seen(NO, student_id=somebody, exam_session_id=None),
        seen(NO, student_id=somebody, exam_session_id=OTHER_ROOM),
    ]
    board = board_of(SESSION, [AN], check_ins)
    assert board.strangers == (check_ins[1], check_ins[0])
    assert (board.undecided, board.count(Standing.NOT_YET)) == (1, 1)
