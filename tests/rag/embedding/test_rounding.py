"""Weights rounded to eight bits multiply as they did, and no processor cuts their sums off."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rag.embedding.e5.rounding import reach_of_bent, reach_of_level, rounded

SMALL = st.floats(-8, 8, width=32)


@given(
    arrays(np.float32, (5, 7), elements=SMALL),
    arrays(np.float32, 7, elements=st.floats(0.0625, 128, width=32)),
)
def test_a_weight_is_off_by_half_a_step_of_its_row_at_most(weights, reach):
    kept = rounded(weights, reach)
    grown = weights / kept.shrink
    assert np.abs(kept.numbers.T * kept.steps[:, None] - grown).max() <= 0.501 * kept.steps.max() + 1e-6


@given(arrays(np.float32, (5, 7), elements=SMALL))
def test_two_products_of_the_largest_numbers_fit_into_sixteen_bits(weights):
    assert 2 * 255 * int(np.abs(rounded(weights).numbers.astype(int)).max()) < 2**15


def test_a_row_of_noughts_stays_one():
    kept = rounded(np.zeros((2, 3), np.float32), np.ones(3))
    assert np.isfinite(kept.steps).all()
    assert not kept.numbers.any()


def test_a_column_that_reaches_far_leaves_the_others_their_steps():
    chance = np.random.default_rng(1)
    weights = chance.normal(size=(16, 32)).astype(np.float32)
    level = np.ones(32, np.float32)
    level[3] = 200
    rows = chance.normal(size=(40, 32)).astype(np.float32) * level

    def off_by(kept):
        given_ = rows if kept.shrink is None else rows * kept.shrink
        step = (given_.max() - given_.min()) / 255
        product = np.rint(given_ / step) * step @ (kept.numbers * kept.steps)
        plain = np.delete(rows, 3, 1) @ np.delete(weights, 3, 1).T
        return np.abs(product - rows @ weights.T).mean() / np.abs(plain).mean()

    even = rounded(weights, reach_of_level(level, np.zeros(32, np.float32)))
    assert off_by(even) < off_by(rounded(weights)) / 2


def test_what_is_bent_reaches_as_far_as_the_rows_before_it_say():
    chance = np.random.default_rng(2)
    weights, bias = (
        chance.normal(size=(8, 64)).astype(np.float32) / 8,
        np.linspace(-9, 3, 8, dtype=np.float32),
    )
    level = np.abs(chance.normal(size=64)).astype(np.float32), np.zeros(64, np.float32)
    rows = chance.normal(size=(5000, 64)) * level[0] @ weights.T + bias
    reach = reach_of_bent(weights, bias, level)
    assert reach[0] == pytest.approx(0.17)
    assert np.maximum(rows, 0).max(axis=0)[-3:] == pytest.approx(reach[-3:], rel=0.4)
