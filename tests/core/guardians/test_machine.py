"""The table of states: complete, one-way where it must be, and the one that the handbook shows."""

from __future__ import annotations

import itertools
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from core.guardians.domain import LEVEL_OF, GuardianshipState, Level, Relation, TransitionError
from core.guardians.levels import (
    LEVEL_BY,
    LEVEL_FOR,
    MOST_FOR,
    Feature,
    Standing,
    is_adult,
    level_of,
    may,
)
from core.guardians.machine import ENDINGS, PROOFS, TABLE, Event, after, as_markdown

State = GuardianshipState
ROOT = Path(__file__).parents[3]
TODAY = date(2026, 11, 21)
OVER = {State.EXPIRED, State.DISPUTED, State.REVOKED}

# The whole table once more, written by hand from the plan and not from the code: "." cannot happen.
# columns: invited claimed data_matched verified_at_school verified_online expired disputed revoked
EXPECTED = """
code_sent        C C D S O . . .
phone_shared     C C D S O . . .
card_matched     D D D S O . . .
code_handed_over S S S S O S . .
bound_at_kiosk   S S S S O . . .
staff_approved   S S S S O S S .
vneid            O O O O O . . .
contested        . P P P P . . .
revoked          R R R R R R R .
ran_out          X X X X X . X .
came_of_age      X X X X X . X .
left_school      X X X X X . X .
adult_agreed     . C D S O S . .
invited_again    . . . . . I . I
"""
LETTER = dict(zip("ICDSOXPR", State, strict=True))


def test_the_table_is_the_one_of_the_plan() -> None:
    said = {}
    for line in EXPECTED.split("\n")[1:-1]:
        event, *cells = line.split()
        for state, cell in zip(State, cells, strict=True):
            if cell != ".":
                said[state, Event(event)] = LETTER[cell]
    assert said == dict(TABLE)
    assert {event for _, event in TABLE} == set(Event)


@pytest.mark.parametrize(("state", "event"), list(itertools.product(State, Event)))
def test_every_pair_either_leads_somewhere_or_is_refused(state: State, event: Event) -> None:
    if (state, event) in TABLE:
        assert after(state, event) is TABLE[state, event]
    else:
        with pytest.raises(TransitionError):
            after(state, event)


def test_no_proof_ever_lowers_a_level() -> None:
    for (state, event), to in TABLE.items():
        if event in PROOFS:
            assert LEVEL_OF[to] >= LEVEL_OF[state]
            assert LEVEL_OF[to] >= LEVEL_BY[event]


def test_what_is_over_comes_back_only_through_people() -> None:
    back = {event for (state, event), to in TABLE.items() if state in OVER and to not in OVER}
    assert back == {
        Event.STAFF_APPROVED, Event.CODE_HANDED_OVER, Event.ADULT_AGREED, Event.INVITED_AGAIN,
    }  # fmt: skip
    assert {event for state, event in TABLE if state is State.REVOKED} == {Event.INVITED_AGAIN}


def test_the_handbook_shows_this_table() -> None:
    assert as_markdown() in (ROOT / "docs" / "guardians.md").read_text("utf-8")


def test_the_handbook_names_the_level_of_every_feature() -> None:
    text = (ROOT / "docs" / "guardians.md").read_text("utf-8")
    for feature, level in LEVEL_FOR.items():
        assert f"| `{feature}` | {int(level)} |" in text


class Life(RuleBasedStateMachine):
    """A guardianship that anything may happen to, against a small model of what must hold."""

    def __init__(self) -> None:
        super().__init__()
        self.state = State.INVITED
        self.best = Level.NONE
        self.people_needed = False

    @rule(event=st.sampled_from(sorted(PROOFS)))
    def somebody_proves(self, event: Event) -> None:
        if (self.state, event) not in TABLE:
            with pytest.raises(TransitionError):
                after(self.state, event)
            return
        self.state = after(self.state, event)
        self.best = max(self.best, LEVEL_BY[event])
        if event in {Event.STAFF_APPROVED, Event.CODE_HANDED_OVER}:
            self.people_needed = False

    @rule(event=st.sampled_from(sorted({*ENDINGS, Event.REVOKED, Event.CONTESTED})))
    def it_ends_or_is_contested(self, event: Event) -> None:
        if (self.state, event) in TABLE:
            self.state = after(self.state, event)
            self.best, self.people_needed = Level.NONE, True

    @precondition(lambda self: self.state in {State.EXPIRED, State.REVOKED})
    @rule()
    def the_school_begins_anew(self) -> None:
        self.state, self.best, self.people_needed = after(self.state, Event.INVITED_AGAIN), Level.NONE, False

    @precondition(lambda self: (self.state, Event.ADULT_AGREED) in TABLE)
    @rule()
    def the_adult_agrees(self) -> None:
        before, self.state = self.state, after(self.state, Event.ADULT_AGREED)
        if before is State.EXPIRED:
            self.best, self.people_needed = Level.VERIFIED, False

    @invariant()
    def the_level_is_the_best_proof_since_the_last_end(self) -> None:
        assert LEVEL_OF[self.state] == self.best

    @invariant()
    def after_an_end_nothing_opens_without_a_person(self) -> None:
        if self.people_needed:
            assert LEVEL_OF[self.state] is Level.NONE


TestLife = Life.TestCase

standings = st.builds(
    Standing,
    state=st.sampled_from(State),
    relation=st.sampled_from(Relation),
    account=st.sampled_from(Level),
    valid_until=st.none() | st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    restricted=st.booleans(),
    pupil_left=st.booleans(),
    pupil_born_on=st.none() | st.dates(date(2005, 1, 1), date(2020, 12, 31)),
    adult_agreed=st.booleans(),
)


@given(standings)
def test_a_level_never_exceeds_any_of_its_grounds(standing: Standing) -> None:
    level = level_of(standing, TODAY)
    assert level <= min(LEVEL_OF[standing.state], standing.account, MOST_FOR[standing.relation])
    if standing.restricted or standing.pupil_left:
        assert level is Level.NONE
    grown, own = is_adult(standing.pupil_born_on, TODAY), standing.relation is Relation.SELF
    if (grown and not own and not standing.adult_agreed) or (own and not grown):
        assert level is Level.NONE


@pytest.mark.parametrize(
    ("born_on", "today", "adult"),
    [
        (date(2008, 11, 21), TODAY, True),
        (date(2008, 11, 22), TODAY, False),
        (date(2008, 2, 29), date(2026, 2, 28), False),
        (date(2008, 2, 29), date(2026, 3, 1), True),
        (None, TODAY, False),
    ],
)
def test_eighteen_begins_on_the_birthday(born_on: date | None, today: date, *, adult: bool) -> None:
    assert is_adult(born_on, today) is adult


@given(st.sampled_from(Level), st.sampled_from(Feature))
def test_one_function_lets_through_who_is_known_as_surely_as_the_feature_asks(
    level: Level, feature: Feature
) -> None:
    assert may(level, feature) is (level in {one for one in Level if one >= LEVEL_FOR[feature]})
    assert not may(Level.NONE, feature)
    assert may(Level.VERIFIED, feature)
