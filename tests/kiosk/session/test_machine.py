"""What the session promises in one visit, by example; `test_walk` lets anything happen in any order."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.contracts.checkin import (
    CheckInMode,
    ChipVerdict,
    Decision,
    FaceOutcome,
    IdentifiedBy,
)
from core.contracts.commands import StaffAnswer
from kiosk.screen.view import view_of
from kiosk.session.effects import CheckFace, LookAhead, ReadCard, StopWork, Submit
from kiosk.session.events import (
    Answered,
    CardFailed,
    CardGone,
    CardLaid,
    CardRead,
    CodeSeen,
    Event,
    FaceFailed,
    FaceHint,
    FaceJudged,
    JobSet,
    LockSet,
    NotSent,
    Pressed,
    StaffAnswered,
    TimePassed,
)
from kiosk.session.machine import deadline, step
from kiosk.session.places import (
    Help,
    Idle,
    Locked,
    Looking,
    NeedCard,
    NeedChatCode,
    NeedCode,
    Reading,
    Sending,
    Session,
    Trouble,
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
    KHOI,
    MATCH,
    MISMATCH,
    RULES,
    receipt,
    subject,
    walk,
)


def test_a_good_visit_reads_looks_sends_and_greets() -> None:
    session, done = walk(*GOOD_VISIT)
    assert [type(effect) for effect in done] == [ReadCard, LookAhead, CheckFace, Submit]
    assert isinstance(session.place, Verdict)
    assert session.place.kind is VerdictKind.ACCEPTED
    assert session.place.name == "An"


def test_the_name_goes_before_the_verdict_does() -> None:
    session, _ = walk(*GOOD_VISIT, (3.1, TimePassed()))
    assert isinstance(session.place, Verdict)
    assert session.place.name is None
    session, _ = walk(*GOOD_VISIT, (3.1, TimePassed()), (4.2, TimePassed()))
    assert isinstance(session.place, Idle)


def test_a_second_quick_tap_waits_and_the_late_verdict_of_the_first_is_not_shown_to_it() -> None:
    session, _ = walk(*GOOD_VISIT[:3], (1.1, CardLaid(2, KHOI)))
    assert isinstance(session.place, Sending)
    session, _ = step(session, Answered(1, receipt()), 1.2, RULES)
    due = deadline(session)
    assert due is not None
    assert due < 1.2 + 1.5
    session, effects = step(session, TimePassed(), due, RULES)
    assert [type(effect) for effect in effects] == [ReadCard, LookAhead]
    assert view_of(session, due).name is None
    session, effects = step(session, Answered(1, receipt()), due, RULES)
    assert isinstance(session.place, Reading)
    assert effects == ()


def test_a_card_that_leaves_while_it_waits_is_forgotten() -> None:
    session, _ = walk(*GOOD_VISIT[:3], (1.1, CardLaid(2, KHOI)), (1.15, CardGone(2)))
    assert session.waiting is None


def test_an_altered_card_is_reported_and_the_face_is_looked_at_no_longer() -> None:
    _, done = walk((0, CardLaid(1, AN)), (1, CardRead(1, subject(chip=ChipVerdict.ALTERED))))
    assert [type(effect) for effect in done] == [ReadCard, LookAhead, StopWork, Submit]
    guardian = (0, JobSet(Job(CheckInMode.GUARDIAN)))
    _, done = walk(guardian, (0, CardLaid(1, AN)), (1, CardRead(1, subject(chip=ChipVerdict.ALTERED))))
    assert [type(effect) for effect in done] == [ReadCard, LookAhead, StopWork]


def test_the_camera_does_not_look_at_visitors() -> None:
    _, done = walk((0, JobSet(Job(CheckInMode.VISITOR))), (1, CardLaid(1, AN)), (2, CardRead(1, subject())))
    assert [type(effect) for effect in done] == [ReadCard, Submit]


def test_what_the_camera_asks_for_while_the_chip_is_read_is_still_asked_for_afterwards() -> None:
    early = ((0.0, CardLaid(1, AN)), (0.4, FaceHint(1, "turn_left")))
    session, _ = walk(*early)
    shown = view_of(session, 0.4)
    assert (shown.screen, shown.title, shown.way) == ("reading", "face.turn_left", "turn_left")
    session, done = walk(*early, (0.5, CardRead(1, subject())))
    shown = view_of(session, 0.5)
    assert (shown.screen, shown.title, shown.way) == ("looking", "face.turn_left", "turn_left")
    assert isinstance(done[-1], CheckFace)


def test_a_mismatch_gets_one_more_try_and_is_then_reported_as_it_is() -> None:
    events = ((0.0, CardLaid(1, AN)), (1.0, CardRead(1, subject())), (2.0, FaceJudged(1, MISMATCH)))
    session, _ = walk(*events)
    assert isinstance(session.place, Looking)
    assert session.place.hint == "again"
    _, done = walk(*events, (3.0, FaceJudged(1, MISMATCH)))
    assert isinstance(done[-1], Submit)
    assert done[-1].face == MISMATCH


FAILED_ONCE = ((0.0, CardLaid(1, AN)), (1.0, CardRead(1, subject())), (2.0, FaceJudged(1, MISMATCH)))


@pytest.mark.parametrize(
    "ends",
    [
        Pressed(1, Button.CANCEL),
        Pressed(1, Button.HELP),
        FaceFailed(1, "kiosk.camera_dark"),
        TimePassed(),
    ],
)
def test_who_gives_up_after_a_try_that_failed_is_reported_and_cannot_try_unseen_for_ever(ends: Event) -> None:
    _, done = walk(*FAILED_ONCE, (99.0, ends))
    assert [type(effect) for effect in done[-2:]] == [StopWork, Submit]
    assert isinstance(done[-1], Submit)
    assert (done[-1].face, done[-1].subject) == (MISMATCH, subject())
    _, before_any_try = walk(*FAILED_ONCE[:2], (99.0, ends))
    assert not any(isinstance(effect, Submit) for effect in before_any_try)


def test_a_face_that_nothing_names_and_a_guardian_without_a_code_leave_no_report_behind() -> None:
    nobody = (
        (0.0, Pressed(0, Button.FACE)),
        (1.0, FaceJudged(1, MISMATCH)),
        (2.0, Pressed(1, Button.CANCEL)),
    )
    _, done = walk(*nobody, rules=GENEROUS)
    assert not any(isinstance(effect, Submit) for effect in done)
    guardian = (0.0, JobSet(Job(CheckInMode.GUARDIAN)))
    _, done = walk(guardian, *FAILED_ONCE, (3.0, Pressed(1, Button.CANCEL)))
    assert not any(isinstance(effect, Submit) for effect in done)


@pytest.mark.parametrize(
    "stuck",
    [
        (
            (0.0, CardLaid(1, AN)),
            (0.5, CardLaid(2, KHOI)),
            (1.0, CardFailed(1, "card.removed", retryable=True)),
        ),
        (*GOOD_VISIT[:2], (0.6, CardLaid(2, KHOI)), (1.0, FaceFailed(1, "kiosk.camera"))),
        (*GOOD_VISIT[:2], (0.6, CardLaid(2, KHOI)), (20.0, TimePassed())),
        (*GOOD_VISIT[:2], (0.6, CardLaid(2, KHOI)), (1.0, Pressed(1, Button.HELP))),
        (*GOOD_VISIT[:3], (1.1, CardLaid(2, KHOI)), (1.2, NotSent(1, "kiosk.spool"))),
    ],
)
def test_who_waits_behind_somebody_who_is_stuck_waits_no_longer_than_that_is_read(
    stuck: tuple[tuple[float, Event], ...],
) -> None:
    session, _ = walk(*stuck)
    assert isinstance(session.place, Trouble | Help)
    assert session.place.until == stuck[-1][0] + 2 * RULES.verdict_at_least
    session, effects = step(session, TimePassed(), session.place.until, RULES)
    assert [type(effect) for effect in effects] == [ReadCard, LookAhead]
    assert isinstance(session.place, Reading)
    assert session.place.tap == 2


def test_trying_again_does_not_send_away_who_waits_behind() -> None:
    session, _ = walk(
        (0.0, CardLaid(1, AN)),
        (0.5, CardLaid(2, KHOI)),
        (1.0, CardFailed(1, "card.removed", retryable=True)),
        (1.5, Pressed(1, Button.RETRY)),
    )
    assert isinstance(session.place, Reading)
    assert session.waiting is not None
    assert session.waiting.tap == 2


def test_a_match_that_may_be_a_photo_is_not_settled() -> None:
    fake = FaceReport(FaceOutcome.MATCH, 0.9, liveness_passed=False)
    session, _ = walk((0, CardLaid(1, AN)), (1, CardRead(1, subject())), (2, FaceJudged(1, fake)))
    assert isinstance(session.place, Looking)


def test_nothing_is_reported_when_nobody_looks() -> None:
    session, done = walk((0, CardLaid(1, AN)), (1, CardRead(1, subject())), (99, TimePassed()))
    assert isinstance(session.place, Trouble)
    assert not any(isinstance(effect, Submit) for effect in done)
    session, effects = step(session, Pressed(session.visit, Button.RETRY), 100, RULES)
    assert isinstance(session.place, Looking)
    assert [type(effect) for effect in effects] == [CheckFace]


def test_a_code_alone_counts_only_where_the_school_allows_it() -> None:
    events: tuple[tuple[float, Event], ...] = ((0, CodeSeen(AN)), (16, TimePassed()))
    session, _ = walk(*events)
    assert isinstance(session.place, Looking)
    assert session.place.subject.identified_by is IdentifiedBy.QR
    session, _ = walk(*events, rules=Rules(code_alone=False))
    assert isinstance(session.place, Idle)


def test_the_code_and_the_card_come_in_either_order() -> None:
    for first, second in ((CodeSeen(AN), CardLaid(1)), (CardLaid(1), CodeSeen(AN))):
        session, done = walk((0, first), (1, second))
        assert isinstance(session.place, Reading)
        read = next(effect for effect in done if isinstance(effect, ReadCard))
        assert read.number == AN


def test_a_new_job_holds_from_the_next_visit_on() -> None:
    exam = Job(CheckInMode.EXAM, uuid4())
    _, done = walk(
        (0, CardLaid(1, AN)), (1, JobSet(exam)), (2, CardRead(1, subject())), (3, FaceJudged(1, MATCH))
    )
    assert isinstance(done[-1], Submit)
    assert done[-1].job.mode is CheckInMode.ATTENDANCE
    session, _ = walk((0, JobSet(exam)), (1, CardLaid(1, AN)))
    assert session.job == exam


def test_staff_may_settle_a_visit_and_a_late_decision_changes_nothing() -> None:
    asked = (*GOOD_VISIT[:3], (1.2, Answered(1, receipt(None, Decision.NEEDS_STAFF))))
    session, _ = walk(*asked, (2.0, StaffAnswered(1, StaffAnswer.APPROVED)))
    assert isinstance(session.place, Verdict)
    assert session.place.reason == "staff_approved"
    session, _ = walk(*asked, (99.0, TimePassed()), (99.5, StaffAnswered(1, StaffAnswer.APPROVED)))
    assert isinstance(session.place, Idle)


def test_staff_close_and_open_the_kiosk_at_any_time() -> None:
    session, done = walk((0, CardLaid(1, AN)), (1, LockSet("staff")))
    assert isinstance(session.place, Locked)
    assert [type(effect) for effect in done] == [ReadCard, LookAhead, StopWork]
    session, _ = step(session, CardLaid(2, KHOI), 2, RULES)
    assert isinstance(session.place, Locked)
    session, _ = step(session, LockSet(None), 3, RULES)
    assert isinstance(session.place, Idle)


def test_what_could_not_be_recorded_is_said_to_be_so() -> None:
    session, _ = walk(*GOOD_VISIT[:3], (1.2, NotSent(1, "kiosk.spool")))
    assert isinstance(session.place, Trouble)
    assert not session.place.retry


def test_no_repr_shows_a_person() -> None:
    session, _ = walk(*GOOD_VISIT)
    assert "An" not in repr(session)
    assert AN.value not in repr(walk(GOOD_VISIT[0])[0])
    assert "b'x'" not in repr(walk(*GOOD_VISIT[:2])[0])


@given(st.sampled_from([NeedCode, NeedCard, Reading, Looking, NeedChatCode, Trouble, Help]))
def test_the_back_button_leads_out_of_every_place_where_somebody_stands(kind: type) -> None:
    places = {
        NeedCode: NeedCode(9, 1),
        NeedCard: NeedCard(9, AN),
        Reading: Reading(9, 1, AN),
        Looking: Looking(9, subject()),
        NeedChatCode: NeedChatCode(9, subject(), MATCH),
        Trouble: Trouble(9, "card.removed"),
        Help: Help(9, "help"),
    }
    session, _ = step(Session(place=places[kind], visit=3), Pressed(3, Button.CANCEL), 1, RULES)
    assert isinstance(session.place, Idle)
    assert session.visit == 4
