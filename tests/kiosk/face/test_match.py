"""Thresholds follow from wanted error rates; searches name nobody when in doubt."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.face.embed import Template, average, compare, unit
from kiosk.face.errors import TemplateMismatchError
from kiosk.face.match import Gallery, ThresholdTable, Use, calibrate

TABLE = ThresholdTable.shipped()


def person(seed: int, noise: float = 0.0, variant: int = 0) -> Template:
    chance = np.random.default_rng(seed)
    base = unit(chance.normal(size=128).astype(np.float32))
    other = np.random.default_rng((seed, variant, 7)).normal(size=128).astype(np.float32)
    return Template(TABLE.model_id, unit(base + noise * unit(other)))


def test_an_exam_asks_for_more_than_the_daily_gate() -> None:
    assert TABLE.threshold(Use.EXAM) > TABLE.threshold(Use.DAILY_GATE)


@given(st.integers(2, 5000), st.integers(2, 5000))
def test_a_larger_gallery_never_lowers_the_threshold(one: int, other: int) -> None:
    small, large = sorted((one, other))
    assert TABLE.threshold(Use.DAILY_GATE, small) <= TABLE.threshold(Use.DAILY_GATE, large)


def test_a_search_finds_the_person_among_three_thousand() -> None:
    gallery = Gallery({f"p{n}": [person(n)] for n in range(3000)}, TABLE.model_id)
    result = gallery.search(person(1234, noise=0.5), TABLE, Use.DAILY_GATE)
    assert result.accepted
    assert result.best is not None
    assert result.best.person == "p1234"


def test_a_stranger_is_nobody() -> None:
    gallery = Gallery({f"p{n}": [person(n)] for n in range(300)}, TABLE.model_id)
    assert gallery.search(person(9999), TABLE, Use.DAILY_GATE).reason == "below_threshold"


def test_twins_go_to_staff() -> None:
    gallery = Gallery({"one": [person(1, 0.2, 1)], "two": [person(1, 0.2, 2)]}, TABLE.model_id)
    assert gallery.search(person(1), TABLE, Use.DAILY_GATE).reason == "two_alike"


def test_several_pictures_of_one_person_are_not_two_people() -> None:
    gallery = Gallery({"one": [person(1, 0.2, 1), person(1, 0.2, 2)], "two": [person(2)]}, TABLE.model_id)
    assert gallery.search(person(1), TABLE, Use.DAILY_GATE).accepted


def test_an_empty_gallery_knows_nobody() -> None:
    assert Gallery({}, TABLE.model_id).search(person(1), TABLE, Use.EXAM).reason == "empty_gallery"


def test_templates_of_different_models_are_never_compared() -> None:
    foreign = Template("other-model", person(1).vector)
    with pytest.raises(TemplateMismatchError):
        compare(person(1), foreign)
    with pytest.raises(TemplateMismatchError):
        average([person(1), foreign])
    with pytest.raises(TemplateMismatchError):
        Gallery({"p": [foreign]}, TABLE.model_id)


def test_a_calibration_gives_only_rates_that_its_sample_carries() -> None:
    scores = np.random.default_rng(1).normal(0, 0.1, 100_000)
    made = calibrate(scores, "m", 0.0, "synthetic")
    table = ThresholdTable(
        "m", *zip(*((float(r), s) for r, s in made["thresholds"].items()), strict=True), 0.0
    )
    assert min(table.rates) == pytest.approx(1e-4)
    assert (scores >= table.threshold(Use.DAILY_GATE)).mean() <= 1.5e-4


def test_no_template_shows_in_a_repr() -> None:
    assert "vector" not in repr(person(1))
