"""A product of eight-bit rows is that of their floats, but for rounding."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.embedding.e5.product import product_with

WIDTH, STEP = 256, 1 / 180


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 40))
def test_a_product_of_unit_vectors_is_off_by_a_hundredth_at_most(seed, many):
    chance = np.random.default_rng(seed)
    rows, vector = (chance.standard_normal(size).astype(np.float32) for size in ((many, WIDTH), WIDTH))
    whole = np.round(rows / np.linalg.norm(rows, axis=1, keepdims=True) / STEP).astype(np.int8)
    vector /= np.linalg.norm(vector)

    made = product_with(whole, STEP)(vector)

    assert made.shape == (many,)
    assert np.abs(made - whole.astype(np.float32) * STEP @ vector).max() < 0.01
