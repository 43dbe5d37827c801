"""What the session promises, walked by hypothesis and told by example."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from core.contracts.checkin import (
    CheckInMode,
    CheckInReceipt,
    ChipVerdict,
    Decision,
    FaceOutcome,
    IdentifiedBy,
    Punctuality,
)
from core.contracts.citizen_id import CitizenId
from core.contracts.commands import StaffAnswer
from kiosk.screen.view import view_of
from kiosk.session.effects import CheckFace, Effect, ReadCard, Submit
from kiosk.session.events import (
    Answered,
    CardFailed,
    CardGone,
    CardLaid,
    CardRead,
    CodeSeen,
    CodeTyped,
    Event,
    FaceFailed,
    FaceHint,
    FaceJudged,
    JobSet,
    LockSet,
    NotSent,
    PhaseReached,
    Pressed,
    Queued,
    Settled,
    StaffAnswered,
    TimePassed,
)
from kiosk.session.machine import deadline, step
from kiosk.session.values import (
    Button,
    FaceReport,
    Help,
    Idle,
    Job,
    Locked,
    Looking,
    NeedCard,
    NeedChatCode,
    NeedCode,
    Reading,
    Rules,
    Sending,
    Session,
    Subject,
    Trouble,
    Verdict,
    VerdictKind,
)

RULES = Rules()
GENEROUS = Rules(face_alone=True)
AN, KHOI = CitizenId("001315012345"), CitizenId("031215067890")
MATCH = FaceReport(FaceOutcome.MATCH, 0.7, liveness_passed=True)
MISMATCH = FaceReport(FaceOutcome.MISMATCH, 0.1, liveness_passed=True)


def subject(
    number: CitizenId = AN, chip: ChipVerdict = ChipVerdict.GENUINE, portrait: bytes | None = b"x"
) -> Subject:
    return Subject(number, IdentifiedBy.CHIP, chip, portrait)


def receipt(name: str | None = "An", decision: Decision = Decision.ACCEPTED) -> CheckInReceipt:
    return CheckInReceipt(
        report_id=uuid4(),
        decision=decision,
        reason="ok",
        punctuality=Punctuality.ON_TIME,
        display_name=name,
        recorded_at=datetime(2026, 11, 21, tzinfo=UTC),
    )


def walk(*events: tuple[float, Event], rules: Rules = RULES) -> tuple[Session, list[Effect]]:
    """The session after these events, and all that was to be done."""
    session, done = Session(), list[Effect]()
    for at, event in events:
        session, effects = step(session, event, at, rules)
        done += effects
    return session, done


GOOD_VISIT: tuple[tuple[float, Event], ...] = (
    (0.0, CardLaid(1, AN)),
    (0.5, CardRead(1, subject())),
    (1.0, FaceJudged(1, MATCH)),
    (1.2, Answered(1, receipt())),
)


def test_a_good_visit_reads_looks_sends_and_greets() -> None:
    session, done = walk(*GOOD_VISIT)
    assert [type(effect) for effect in done] == [ReadCard, CheckFace, Submit]
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
    assert [type(effect) for effect in effects] == [ReadCard]
    assert view_of(session, due).name is None
    session, effects = step(session, Answered(1, receipt()), due, RULES)
    assert isinstance(session.place, Reading)
    assert effects == ()


def test_a_card_that_leaves_while_it_waits_is_forgotten() -> None:
    session, _ = walk(*GOOD_VISIT[:3], (1.1, CardLaid(2, KHOI)), (1.15, CardGone(2)))
    assert session.waiting is None


def test_an_altered_card_is_reported_without_looking_at_a_face() -> None:
    _, done = walk((0, CardLaid(1, AN)), (1, CardRead(1, subject(chip=ChipVerdict.ALTERED))))
    assert [type(effect) for effect in done] == [ReadCard, Submit]


def test_a_mismatch_gets_one_more_try_and_is_then_reported_as_it_is() -> None:
    events = ((0.0, CardLaid(1, AN)), (1.0, CardRead(1, subject())), (2.0, FaceJudged(1, MISMATCH)))
    session, _ = walk(*events)
    assert isinstance(session.place, Looking)
    assert session.place.hint == "again"
    _, done = walk(*events, (3.0, FaceJudged(1, MISMATCH)))
    assert isinstance(done[-1], Submit)
    assert done[-1].face == MISMATCH


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
        assert isinstance(done[-1], ReadCard)
        assert done[-1].number == AN


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
    assert len(done) == 2
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


NAMED = replace(MATCH, student_id=UUID(int=7))
_VISITS = st.integers(0, 12)
_NUMBERS = st.sampled_from([AN, KHOI])
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(CardLaid, st.integers(1, 5), st.none() | _NUMBERS),
    st.builds(CardGone, st.integers(1, 5)),
    st.builds(CodeSeen, _NUMBERS),
    st.builds(PhaseReached, _VISITS, st.sampled_from(["details", "done"])),
    st.builds(CardRead, _VISITS, st.builds(subject, _NUMBERS, st.sampled_from(ChipVerdict))),
    st.builds(CardFailed, _VISITS, st.just("card.removed"), st.booleans()),
    st.builds(FaceHint, _VISITS, st.just("blink")),
    st.builds(FaceJudged, _VISITS, st.sampled_from([MATCH, MISMATCH, NAMED])),
    st.builds(FaceFailed, _VISITS, st.just("kiosk.camera")),
    st.builds(
        Answered, _VISITS, st.builds(receipt, st.sampled_from(["An", None]), st.sampled_from(Decision))
    ),
    st.builds(Queued, _VISITS),
    st.builds(
        Queued, _VISITS, st.sampled_from(VerdictKind), st.just("offline"), st.sampled_from(["An", None])
    ),
    st.builds(Settled, _VISITS, st.sampled_from(VerdictKind), st.just("x"), st.sampled_from(["An", None])),
    st.builds(CodeTyped, _VISITS, st.just("204617")),
    st.builds(NotSent, _VISITS, st.just("kiosk.spool")),
    st.builds(Pressed, _VISITS, st.sampled_from(Button)),
    st.builds(JobSet, st.builds(Job, st.sampled_from(CheckInMode))),
    st.builds(LockSet, st.none() | st.just("staff")),
    st.builds(StaffAnswered, _VISITS, st.sampled_from(StaffAnswer)),
    st.just(TimePassed()),
)


class AnyDay(RuleBasedStateMachine):
    """Any events in any order, with a runner's timer that fires when it is due."""

    @initialize()
    def begin(self) -> None:
        self.session, self.at = Session(), 0.0
        self.name_since: float | None = None
        self.name_visit = 0

    def take(self, event: Event) -> None:
        before = self.session
        self.session, effects = step(before, event, self.at, GENEROUS)
        assert self.session.visit >= before.visit
        visit = getattr(event, "visit", before.visit)
        if visit != before.visit:
            assert (self.session, effects) == (before, ())
        for effect in effects:
            assert effect.visit in {before.visit, self.session.visit}
        name = view_of(self.session, self.at).name
        if name is None:
            self.name_since = None
        elif self.name_since is None:
            assert isinstance(event, Answered | Settled | Queued)
            self.name_since, self.name_visit = self.at, self.session.visit

    @rule(event=EVENTS)
    def happens(self, event: Event) -> None:
        self.take(event)

    @rule(now=st.integers(0, 6))
    def of_this_visit(self, now: int) -> None:
        visit = self.session.visit
        self.take(
            [
                CardRead(visit, subject()),
                FaceJudged(visit, NAMED),
                Answered(visit, receipt()),
                Queued(visit, VerdictKind.RECORDED, "offline", "An"),
                CodeTyped(visit, "204617"),
                Settled(visit, VerdictKind.ACCEPTED, "guardian_bound", "Hoa"),
                Pressed(visit, Button.FACE),
            ][now]
        )

    @rule(seconds=st.floats(0, 30))
    def time_goes_on(self, seconds: float) -> None:
        end = self.at + seconds
        while (due := deadline(self.session)) is not None and due <= end:
            self.at = max(self.at, due)
            before = self.session
            self.take(TimePassed())
            assert self.session != before
        self.at = end

    @invariant()
    def a_name_is_never_shown_longer_than_two_seconds_nor_to_another_visit(self) -> None:
        if getattr(self, "name_since", None) is not None:
            assert self.name_since is not None
            assert self.at - self.name_since <= 2.0
            assert self.session.visit == self.name_visit

    @invariant()
    def every_place_has_a_way_out(self) -> None:
        place = getattr(self, "session", Session()).place
        if not isinstance(place, Idle | Locked):
            assert deadline(self.session) is not None
            session, at = self.session, self.at
            for _ in range(8):
                due = deadline(session)
                if due is None or session.waiting is not None:
                    break
                at = max(at, due)
                session, _ = step(session, TimePassed(), at, RULES)
            assert isinstance(session.place, Idle | Locked) or session.waiting is not None

    @invariant()
    def only_a_visit_knows_a_person(self) -> None:
        place = getattr(self, "session", Session()).place
        if isinstance(place, Idle | Help | Locked | Sending | Verdict):
            for number in (AN, KHOI):
                assert number.value not in str(view_of(self.session, self.at).wire())


TestAnyDay = AnyDay.TestCase
TestAnyDay.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)


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
