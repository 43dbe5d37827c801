"""No flat picture answers the challenge, however it is held; and the trials can tell, for the living pass.

A fixed few of what `bench/face_attacks.py` measures whole.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from kiosk.face.engine import FaceEngine
from kiosk.face.match import Use
from tests.kiosk.face.attacks import film
from tests.kiosk.face.render import Head
from tests.kiosk.face.trials import ATTACKS, FLAT, between, good_heads, living, meet, passed


@pytest.fixture(scope="module")
def heads(engine: FaceEngine, pictures: Path) -> list[Head]:
    return good_heads(pictures, engine, 4)


@pytest.mark.parametrize("attack", FLAT)
def test_a_flat_picture_never_passes(attack: str, heads: list[Head], engine: FaceEngine) -> None:
    show = ATTACKS[attack](heads[1], random.Random(attack))
    assert not passed(meet(engine, heads[1], show, seed=len(attack)))


def test_rendered_living_people_pass_so_that_the_attacks_could_have(
    heads: list[Head], engine: FaceEngine
) -> None:
    results = [
        passed(meet(engine, head, living(head, random.Random(seed)), seed)) for seed, head in enumerate(heads)
    ]
    assert sum(results) >= 3


@pytest.mark.parametrize("seed", range(3))
def test_a_perfect_film_in_an_order_of_its_own_does_not_fit_an_exams_challenge(
    seed: int, heads: list[Head], engine: FaceEngine
) -> None:
    recording = film(heads[0], lambda picture, _: picture, movements=("look_up", "blink", "turn_left"))
    assert not passed(meet(engine, heads[0], recording, seed, use=Use.EXAM))


def test_somebody_living_passes_an_exams_challenge(heads: list[Head], engine: FaceEngine) -> None:
    assert passed(meet(engine, heads[1], living(heads[1], random.Random(5)), 5, use=Use.EXAM))


def test_no_hit_in_a_few_trials_is_not_said_to_be_none() -> None:
    assert between(0, 18)[1] == pytest.approx(0.185, abs=0.001)
    assert between(5, 10) == pytest.approx((0.187, 0.813), abs=0.001)
    assert between(10, 10)[1] == 1.0
