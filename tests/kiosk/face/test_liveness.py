"""A living face answers the challenge; a picture of one does not."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.face.challenge import MOST_TURNS, TURNS, Caution, ChallengeRun
from kiosk.face.depth import parallax
from kiosk.face.embed import Template, unit
from kiosk.face.liveness import Challenge, LivenessOutcome, Step, films_chance, judge
from kiosk.face.match import Use
from kiosk.face.movements import WAYS, FrameSignals, Movement

ME = Template("m", unit(np.ones(8, np.float32)))
OTHER = Template("m", unit(np.array([1, -1] * 4, np.float32)))
REST = np.array(
    [
        [60, 80],
        [80, 80],
        [110, 80],
        [130, 80],
        [75, 135],
        [115, 135],
        [70, 65],
        [120, 65],
        [95, 118],
        [95, 150],
        [95, 110],
    ],
    float,
)
CHALLENGE = Challenge((Step(Movement.TURN_LEFT, 500, 2500), Step(Movement.BLINK, 3000, 5000)))


DEGREES = {
    Movement.TURN_LEFT: (0.4, 0.0),
    Movement.TURN_RIGHT: (-0.4, 0.0),
    Movement.LOOK_UP: (0.0, -0.16),
    Movement.LOOK_DOWN: (0.0, 0.16),
    Movement.BLINK: (0.0, 0.0),
}
"""Yaw and pitch of somebody who does what is asked."""


def points(yaw: float, *, standing_out: float, down: float = 0.0) -> np.ndarray:
    """The anchors of a face seen after a turn: the plane narrows, the nose stands out of it."""
    seen = REST * [1 - abs(yaw) / 2, 1.0]
    distance = float(np.linalg.norm(seen[0] - seen[3]))
    seen[-1] += [standing_out * distance, down * distance]
    return seen


def living(challenge: Challenge = CHALLENGE) -> list[FrameSignals]:
    """Frames of somebody who does what is asked, 400 ms after being asked."""
    frames = []
    for at in range(0, challenge.steps[-1].until_ms + 600, 60):
        yaw, pitch, eyes = 0.0, 0.0, 0.27
        for step in challenge.steps:
            if step.from_ms + 400 < at < step.from_ms + 900:
                yaw, pitch = DEGREES[step.movement]
                eyes = 0.08 if step.movement is Movement.BLINK else eyes
        seen = points(yaw, standing_out=yaw / 2, down=pitch)
        frames.append(FrameSignals(at, yaw, eyes, 0.05, 1, ME, seen, pitch))
    return frames


@settings(deadline=None)
@given(st.integers(), st.integers(1, MOST_TURNS))
def test_somebody_who_does_what_is_asked_is_accepted_whatever_is_drawn(seed: int, turns: int) -> None:
    challenge = Challenge.draw(random.Random(seed), turns=turns)
    assert judge(living(challenge), challenge).outcome is LivenessOutcome.ACCEPT


@settings(deadline=None)
@given(st.integers(), st.floats(0, 0.26), st.floats(0.92, 1.0))
def test_a_flat_photograph_turned_and_tilted_is_never_accepted(
    seed: int, shift: float, closing: float
) -> None:
    challenge = Challenge.draw(random.Random(seed))
    chance = random.Random(seed)
    frames = [
        replace(
            f,
            yaw=(yaw := chance.uniform(-shift, shift)),
            eye_openness=0.27 * chance.uniform(closing, 1),
            anchors=points(yaw, standing_out=0.0),
        )
        for f in living(challenge)
    ]
    assert judge(frames, challenge).outcome is not LivenessOutcome.ACCEPT


@settings(deadline=None)
@given(st.integers(), st.integers(), st.integers(1, MOST_TURNS))
def test_a_recording_of_other_turns_never_fits_while_its_head_is_at_rest_when_something_is_asked(
    seed: int, other: int, turns: int
) -> None:
    """`ChallengeRun` asks nobody before the head has come to rest; a film need not begin with its own rest, see below."""
    challenge = Challenge.draw(random.Random(seed), turns=turns)
    film = Challenge.draw(random.Random(other), turns=turns)
    wanted, shown = (
        [s.movement for s in one.steps if s.movement is not Movement.BLINK] for one in (challenge, film)
    )
    frames = living(film)
    asked = [step.from_ms for step in challenge.steps]
    at_rest = all(frame.pitch == 0 for frame in frames for at in asked if at - 120 <= frame.at_ms <= at)
    if wanted != shown and at_rest:
        assert judge(frames, challenge).outcome is not LivenessOutcome.ACCEPT


@settings(deadline=None)
@given(st.integers(), st.integers(0, 5000))
def test_a_recording_of_one_turn_fits_at_most_one_of_the_four_ways_whenever_it_is_asked(
    seed: int, asked_at: int
) -> None:
    """A film that comes back from a nod shows the other nod: it wins no second chance by that."""
    film = living(Challenge.draw(random.Random(seed)))
    ways = [Challenge((Step(way, asked_at, asked_at + 2500),)) for way in WAYS]
    assert sum(judge(film, way).outcome is LivenessOutcome.ACCEPT for way in ways) <= 1


@pytest.mark.parametrize("asked", WAYS)
@pytest.mark.parametrize("first", WAYS)
def test_who_turns_another_way_first_is_asked_to_try_again_even_when_the_right_way_follows(
    asked: Movement, first: Movement
) -> None:
    """A film that shows every way in turn would otherwise always fit."""
    step = Step(asked, 500, 3000)
    both = Challenge((Step(first, 500, 1500), Step(asked, 1500, 2500)))
    verdict = judge(living(both), Challenge((step,)))
    if asked is first:
        assert verdict.outcome is LivenessOutcome.ACCEPT
    else:
        assert (verdict.outcome, "another_way" in verdict.reasons) == (LivenessOutcome.TRY_AGAIN, True)


@given(st.integers())
def test_no_turn_is_asked_for_twice_in_a_row_and_every_draw_is_equally_likely(seed: int) -> None:
    turns = [
        s.movement
        for s in Challenge.draw(random.Random(seed), turns=4).steps
        if s.movement is not Movement.BLINK
    ]
    assert all(one is not other for one, other in itertools.pairwise(turns))
    assert films_chance(4) == pytest.approx(1 / (4 * 3 * 3 * 3))


@given(st.integers())
def test_one_turn_alone_is_quick_and_several_bring_a_blink(seed: int) -> None:
    for turns in range(1, MOST_TURNS + 1):
        asked = [step.movement for step in Challenge.draw(random.Random(seed), turns=turns).steps]
        assert asked.count(Movement.BLINK) == (turns > 1)


def test_whoever_looked_away_before_anything_was_asked_for_is_only_waited_for() -> None:
    run = ChallengeRun(Challenge((Step(Movement.TURN_LEFT, 0, 2500),)), (150,))
    still = living()[0]
    for at in (0, 60, 9_000, 9_060, 9_120):
        run.see(replace(still, at_ms=at))
        run.nobody(at + 1)
    assert not run.begun
    assert not run.over
    assert run.see(replace(still, at_ms=9_180)) == "turn_left"


def test_an_exam_leaves_a_film_made_beforehand_at_most_one_chance_in_a_hundred() -> None:
    assert films_chance(TURNS[Use.EXAM]) <= 0.01
    assert films_chance(TURNS[Use.DAILY_GATE]) <= 0.25


def test_after_a_failure_more_turns_are_asked_for_until_somebody_living_came_or_a_minute_went_by() -> None:
    caution = Caution()
    assert caution.turns(1, 1000) == 1
    caution.note(1000, alive=False)
    assert caution.turns(1, 2000) == 3
    caution.note(2000, alive=False)
    caution.note(3000, alive=False)
    assert caution.turns(1, 4000) == MOST_TURNS
    assert caution.turns(1, 64_000) == 1
    caution.note(65_000, alive=False)
    caution.note(66_000, alive=True)
    assert caution.turns(1, 67_000) == 1


def test_the_challenge_ends_at_once_when_another_way_is_shown() -> None:
    run = ChallengeRun(
        Challenge((Step(Movement.TURN_LEFT, 0, 2500), Step(Movement.BLINK, 0, 2500))), (400, 400)
    )
    wrong = Challenge((Step(Movement.LOOK_UP, 600, 3000),))
    for frame in living(wrong):
        if not run.over:
            run.see(frame)
    assert run.over
    assert judge(run.frames, run.asked).reasons == ("no_turn_left", "no_blink", "another_way")


@pytest.mark.parametrize(
    ("behind", "outcome"), [(4, LivenessOutcome.ACCEPT), (30, LivenessOutcome.TRY_AGAIN)]
)
def test_who_walks_past_behind_somebody_is_not_held_against_them_and_who_stays_is(
    behind: int, outcome: LivenessOutcome
) -> None:
    frames = [replace(f, faces=2 if 30 <= n < 30 + behind else 1) for n, f in enumerate(living())]
    verdict = judge(frames, CHALLENGE)
    assert verdict.outcome is outcome
    assert ("several_faces" in verdict.reasons) is (outcome is LivenessOutcome.TRY_AGAIN)


def test_movements_before_they_are_asked_for_do_not_count() -> None:
    early = [replace(frame, at_ms=frame.at_ms - 1500) for frame in living() if frame.at_ms >= 1500]
    assert judge(early, CHALLENGE).outcome is LivenessOutcome.TRY_AGAIN


def test_another_face_in_between_goes_to_staff() -> None:
    frames = living()
    frames[len(frames) // 2] = replace(frames[len(frames) // 2], template=OTHER)
    verdict = judge(frames, CHALLENGE)
    assert verdict.outcome is LivenessOutcome.STAFF
    assert "face_changed" in verdict.reasons


def test_marks_of_a_screen_go_to_staff_even_when_every_movement_fits() -> None:
    frames = [replace(frame, screen_marks=0.9) for frame in living()]
    assert judge(frames, CHALLENGE).outcome is LivenessOutcome.STAFF


@pytest.mark.parametrize("count", [0, 1, 5])
def test_too_few_frames_ask_for_another_try(count: int) -> None:
    assert judge(living()[:count], CHALLENGE).reasons == ("too_few_frames",)


def test_eyes_that_stay_closed_are_no_blink() -> None:
    frames = [replace(f, eye_openness=0.08 if f.at_ms > 3200 else 0.27) for f in living()]
    assert "no_blink" in judge(frames, CHALLENGE).reasons


@given(st.floats(-60, 60), st.floats(-40, 40), st.floats(-30, 30), st.floats(0.5, 2.0), st.floats(-0.3, 0.3))
def test_no_plane_however_it_is_held_makes_the_nose_stand_out(
    yaw: float, pitch: float, roll: float, scale: float, shift: float
) -> None:
    turn = cv2.Rodrigues(np.radians([pitch, yaw, roll]))[0]
    solid = np.column_stack([scale * (REST - REST.mean(axis=0)), np.zeros(len(REST))]) @ turn.T
    solid += [100 * shift, 0, 600]
    assert max(map(abs, parallax(REST, 500 * solid[:, :2] / solid[:, 2:]))) < 1e-3


def test_a_turn_without_depth_does_not_count() -> None:
    frames = [replace(f, anchors=points(f.yaw, standing_out=0.03)) for f in living()]
    assert "no_turn_left" in judge(frames, CHALLENGE).reasons
