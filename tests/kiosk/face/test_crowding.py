"""Whoever lies in the model's crowd pays for it in likeness, whoever it is; nobody else pays anything."""

from __future__ import annotations

import numpy as np
import pytest

from kiosk.face.crowding import likeness, likenesses, shipped
from kiosk.face.embed import Template, compare, unit
from kiosk.face.match import Gallery, ThresholdTable, Use
from kiosk.face.measuring.crowd import crowd_of
from kiosk.face.measuring.evaluation import Person

MODEL = ThresholdTable.shipped().model_id


def template(vector: np.ndarray, model: str = MODEL) -> Template:
    return Template(model, unit(vector.astype(np.float32)))


def test_the_shipped_crowd_is_of_the_shipped_model_and_a_unit_direction() -> None:
    assert shipped().model_id == MODEL
    assert np.linalg.norm(shipped().direction) == pytest.approx(1, abs=1e-3)


def test_in_the_crowd_strangers_are_less_alike_than_their_cosine_and_outside_as_much() -> None:
    away = np.random.default_rng(1).normal(size=128)
    away -= (away @ shipped().direction) * shipped().direction
    inside, outside = (
        template(shipped().direction),
        template(away - np.linalg.norm(away) * shipped().direction),
    )
    assert likeness(inside, inside) == pytest.approx(1 - 2 * 0.075 * (1 + 0.0242), abs=1e-3)
    assert likeness(outside, outside) == pytest.approx(1)
    assert likeness(inside, outside) < compare(inside, outside)


def test_templates_of_another_model_are_compared_as_they_are() -> None:
    other = template(shipped().direction, "another model")
    assert likeness(other, other) == pytest.approx(1)
    assert likenesses(other.vector[None], other.vector[None], other.model_id)[0, 0] == pytest.approx(1)


def test_one_comparison_many_and_a_search_say_the_same() -> None:
    chance = np.random.default_rng(2)
    some = [template(chance.normal(size=128) + 20 * shipped().direction) for _ in range(5)]
    stacked = np.stack([one.vector for one in some])
    found = likenesses(stacked, stacked, MODEL)
    for n, one in enumerate(some):
        assert [likeness(one, other) for other in some] == pytest.approx(found[n].tolist(), abs=1e-5)
    searched = Gallery({str(n): [one] for n, one in enumerate(some)}, MODEL).search(
        some[3], ThresholdTable.shipped(), Use.DAILY_GATE
    )
    assert searched.best is not None
    assert (searched.best.person, searched.best.score) == ("3", pytest.approx(found[3, 3], abs=1e-5))


def test_the_direction_in_which_a_group_crowds_is_found() -> None:
    chance, planted = np.random.default_rng(3), np.eye(128)[7]
    people = [
        Person(f"{number}", (template(chance.normal(size=128) + 12 * planted * (number < 40)),), (1.0,))
        for number in range(400)
    ]
    crowd = crowd_of(people, {f"{number}" for number in range(40)})
    assert abs(crowd.direction[7]) > 0.9
    costs = crowd.cost(np.stack([one.templates[0].vector for one in people]))
    assert costs[:40].min() > costs[40:].mean()
    with pytest.raises(ValueError, match="not all"):
        crowd_of(people, {one.name for one in people})
