"""A product of eight-bit rows is that of their floats, but for rounding, and fits into older processors."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.embedding.e5 import product
from rag.embedding.e5.product import paired, product_with
from rag.guard.likeness import load_likeness

WIDTH, STEP = 256, 1 / 180


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.floats(0.5, 1))
def test_a_product_of_unit_vectors_is_off_by_a_hundredth_at_most(seed, many, fall):
    chance = np.random.default_rng(seed)
    reach = np.arange(1, WIDTH + 1) ** -fall
    rows, vector = (chance.standard_normal(size) * reach for size in ((many, WIDTH), WIDTH))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    whole = np.clip(np.round(rows / STEP), -127, 127).astype(np.int8)
    vector = (vector / np.linalg.norm(vector)).astype(np.float32)

    made = product_with(whole, STEP)(vector)

    assert made.shape == (many,)
    assert np.abs(made - whole.astype(np.float32) * STEP @ vector).max() < 0.01


def test_sums_of_two_products_of_the_shipped_points_fit_where_processors_have_sixteen_bits(monkeypatch):
    points, multiplied = load_likeness().points, []
    order, write = paired(points), product.model

    monkeypatch.setattr(product, "model", lambda *given: multiplied.append(given[1]["rows"]) or write(*given))
    product_with(points, STEP)

    (rows,) = multiplied
    neighbours = np.abs(rows.T.astype(int)).reshape(len(points), -1, 2).sum(axis=2)
    assert neighbours.max() * 255 < 2**15
    assert neighbours.sum() == np.abs(points.astype(int)).sum()
    assert set(order.tolist()) >= set(range(points.shape[1])), "none is lost"
    assert len(order) < 1.1 * points.shape[1], "few stand beside noughts"
