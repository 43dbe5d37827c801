"""Any events in any order: what the session promises whatever happens."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from core.contracts.checkin import (
    CheckInMode,
    ChipVerdict,
    Decision,
)
from core.contracts.commands import StaffAnswer
from kiosk.screen.view import view_of
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
from kiosk.session.places import (
    Help,
    Idle,
    Locked,
    Sending,
    Session,
    Verdict,
)
from kiosk.session.values import Button, Job, VerdictKind
from tests.kiosk.session.visits import (
    AN,
    GENEROUS,
    KHOI,
    MATCH,
    MISMATCH,
    NAMED,
    RULES,
    receipt,
    subject,
)

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
