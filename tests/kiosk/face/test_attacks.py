"""No flat picture answers the challenge, however it is held; and the trials can tell, for the living pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.face.engine import FaceEngine
from kiosk.face.models import ModelStore, default_models
from tests.kiosk.face.attacks import replayed
from tests.kiosk.face.render import Head
from tests.kiosk.face.trials import ATTACKS, FLAT, good_heads, living, meet, passed


@pytest.fixture(scope="module")
def heads(engine: FaceEngine, pictures: Path) -> list[Head]:
    return good_heads(pictures, engine, 3)


@pytest.fixture
def store() -> ModelStore:
    return ModelStore(default_models())


@pytest.mark.parametrize("attack", FLAT)
def test_a_flat_picture_never_passes(attack: str, heads: list[Head], store: ModelStore) -> None:
    report = meet(store, heads[1], ATTACKS[attack](heads[1]), seed=len(attack))
    assert report is None or report.liveness_passed is False


def test_most_rendered_living_people_pass_so_that_the_attacks_could_have(
    heads: list[Head], store: ModelStore
) -> None:
    results = [passed(meet(store, head, living(head), seed)) for seed, head in enumerate(heads)]
    assert sum(results) >= 2


def test_a_perfect_recording_made_for_another_challenge_does_not_pass(
    heads: list[Head], store: ModelStore
) -> None:
    recording = replayed(heads[0], lambda picture: picture, order=("blink", "blink"))
    assert not passed(meet(store, heads[0], recording, seed=1))
