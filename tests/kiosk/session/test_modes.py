"""What is different for guardians, visitors, enrolment, and for a face alone."""

from __future__ import annotations

from core.contracts.checkin import (
    CheckInMode,
    FaceOutcome,
)
from kiosk.session.effects import Effect, ReadCard, Submit
from kiosk.session.events import (
    CodeSeen,
    CodeTyped,
    Event,
    FaceJudged,
    JobSet,
    Pressed,
    Queued,
    TimePassed,
)
from kiosk.session.places import (
    Idle,
    Looking,
    NeedChatCode,
    Session,
    Verdict,
)
from kiosk.session.values import (
    Button,
    FaceReport,
    Job,
    Rules,
    VerdictKind,
)
from tests.kiosk.session.visits import (
    AN,
    GENEROUS,
    GOOD_VISIT,
    NAMED,
    RULES,
    walk,
)


def visit_in(
    mode: CheckInMode, *events: tuple[float, Event], rules: Rules = RULES
) -> tuple[Session, list[Effect]]:
    return walk((0.0, JobSet(Job(mode))), *events, rules=rules)


def test_a_guardian_shows_card_and_face_and_types_the_code_of_the_chat() -> None:
    session, _ = visit_in(CheckInMode.GUARDIAN, *GOOD_VISIT[:3])
    assert isinstance(session.place, NeedChatCode)
    session, done = visit_in(CheckInMode.GUARDIAN, *GOOD_VISIT[:3], (1.5, CodeTyped(1, "204617")))
    assert isinstance(done[-1], Submit)
    assert (done[-1].code, done[-1].job.mode) == ("204617", CheckInMode.GUARDIAN)
    assert "204617" not in repr(done)


def test_a_visitor_is_not_looked_at_by_the_camera() -> None:
    _, done = visit_in(CheckInMode.VISITOR, *GOOD_VISIT[:2])
    assert [type(effect) for effect in done] == [ReadCard, Submit]


def test_what_binds_for_long_needs_the_chip_and_not_a_printed_code() -> None:
    for mode in (CheckInMode.GUARDIAN, CheckInMode.ENROLMENT):
        session, done = visit_in(mode, (0.0, CodeSeen(AN)), (99.0, TimePassed()))
        assert isinstance(session.place, Idle)
        assert done == []


def test_a_face_alone_is_offered_only_where_the_school_allows_it_and_only_for_coming_to_school() -> None:
    pressed = (0.0, Pressed(0, Button.FACE))
    assert isinstance(walk(pressed)[0].place, Idle)
    assert isinstance(walk(pressed, rules=GENEROUS)[0].place, Looking)
    assert isinstance(visit_in(CheckInMode.EXAM, pressed, rules=GENEROUS)[0].place, Idle)


def test_a_face_alone_reports_whom_it_named_and_reports_nobody_else() -> None:
    start: tuple[float, Event] = (0.0, Pressed(0, Button.FACE))
    _, done = walk(start, (1.0, FaceJudged(1, NAMED)), rules=GENEROUS)
    assert isinstance(done[-1], Submit)
    assert done[-1].subject.student_id == NAMED.student_id
    twins = FaceReport(FaceOutcome.UNSURE, 0.6, liveness_passed=True)
    session, done = walk(start, (1.0, FaceJudged(1, twins)), (2.0, FaceJudged(1, twins)), rules=GENEROUS)
    assert isinstance(session.place, Verdict)
    assert (session.place.kind, session.place.reason) == (VerdictKind.NEEDS_STAFF, "face_unknown")
    assert not any(isinstance(effect, Submit) for effect in done)


def test_a_provisional_verdict_may_send_to_staff() -> None:
    doubt = Queued(1, VerdictKind.NEEDS_STAFF, "offline_face")
    session, _ = walk(*GOOD_VISIT[:3], (1.2, doubt))
    assert isinstance(session.place, Verdict)
    assert session.place.kind is VerdictKind.NEEDS_STAFF
