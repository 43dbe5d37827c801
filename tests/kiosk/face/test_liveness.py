"""A living face answers the challenge; a picture of one does not."""

from __future__ import annotations

import random
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.face.depth import parallax
from kiosk.face.embed import Template, unit
from kiosk.face.liveness import Challenge, FrameSignals, LivenessOutcome, Movement, Step, judge

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


def points(yaw: float, *, standing_out: float) -> np.ndarray:
    """The anchors of a face seen after a turn: the plane narrows, the nose stands out of it."""
    seen = REST * [1 - abs(yaw) / 2, 1.0]
    seen[-1, 0] += standing_out * float(np.linalg.norm(seen[0] - seen[3]))
    return seen


def living(challenge: Challenge = CHALLENGE) -> list[FrameSignals]:
    """Frames of somebody who does what is asked, 400 ms after being asked."""
    frames = []
    for at in range(0, challenge.steps[-1].until_ms + 600, 60):
        yaw, eyes = 0.0, 0.27
        for step in challenge.steps:
            if step.from_ms + 400 < at < step.from_ms + 900:
                if step.movement is Movement.BLINK:
                    eyes = 0.08
                else:
                    yaw = 0.4 if step.movement is Movement.TURN_LEFT else -0.4
        frames.append(FrameSignals(at, yaw, eyes, 0.05, 1, ME, points(yaw, standing_out=yaw / 2)))
    return frames


@given(st.integers())
def test_somebody_who_does_what_is_asked_is_accepted_whatever_is_drawn(seed: int) -> None:
    challenge = Challenge.draw(random.Random(seed))
    assert judge(living(challenge), challenge).outcome is LivenessOutcome.ACCEPT


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


@given(st.integers(), st.integers())
def test_a_recording_made_for_another_challenge_hardly_ever_fits(seed: int, other: int) -> None:
    challenge, recorded = Challenge.draw(random.Random(seed)), Challenge.draw(random.Random(other))
    verdict = judge(living(recorded), challenge)
    if [s.movement for s in recorded.steps] != [s.movement for s in challenge.steps]:
        assert verdict.outcome is not LivenessOutcome.ACCEPT


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
    assert abs(parallax(REST, 500 * solid[:, :2] / solid[:, 2:])) < 1e-3


def test_a_turn_without_depth_does_not_count() -> None:
    frames = [replace(f, anchors=points(f.yaw, standing_out=0.03)) for f in living()]
    assert "no_turn_left" in judge(frames, CHALLENGE).reasons
