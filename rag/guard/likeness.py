"""A second look at what a message is: how much it is like the written examples (kernel regression).

The linear model beside it adds up words; this one also weighs what stands together, where each word alone says
nothing. Both looks are multiplied: neither decides alone. Learned by `python -m rag.fit likeness`; with another
embedder than it was learned with, or one that gives no inner layer, there is no second look: the last layer of its
model knows what matter a message is about, an inner one more of how it is said; most of both fits into 256 numbers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.guard.grams import gram_features, marked_features
from rag.guard.intents import CLASSES
from rag.ports import Reading

Reals = NDArray[np.floating[Any]]
LATER = Path(__file__).with_name("examples") / "later"
SHIPPED = Path(__file__).with_name("likeness.npz")
_STEP = 180.0  # points are kept as whole numbers of 1/180
_GRAMS, _MARKED = 0.3, 0.3
"""What shared n-grams count beside the nearness of the vectors, folded and with marks."""
_WEIGHT, _LINEAR = 6.0, 0.5  # of this look and of the linear one; chosen on messages that neither had learned
_LEAST = 0.03  # what the linear look gives a class at least: surer of the others, nothing could correct it


@dataclass(frozen=True)
class Likeness:
    """The examples as rounded points, and how much nearness to each speaks for each class."""

    points: NDArray[np.int8]
    weights: Reals
    grams: Reals
    mean: Reals
    axes: Reals
    model_id: str

    def second_look(
        self, shares: Mapping[str, float], text: str, read: Reading | None, model_id: str
    ) -> dict[str, float]:
        """Give the probabilities of the linear model, corrected by what the examples like this message are."""
        if read is None or read.inner is None or model_id != self.model_id:
            return dict(shares)
        row = joined(read.vector, read.inner, self.mean) @ self.axes
        near = nearness(lengths_of(row[None]), self._lengths, self._times(row))[0]
        speaks = near @ self.weights + shared_grams(text) @ self.grams
        first = np.asarray([max(_LEAST, shares[name]) for name in CLASSES])
        raised = first**_LINEAR * np.exp(_WEIGHT * speaks)
        return dict(zip(CLASSES, (raised / raised.sum()).tolist(), strict=True))

    @cached_property
    def _lengths(self) -> Reals:
        return lengths_of(points_of(self.points))

    @cached_property
    def _times(self) -> Callable[[Reals], Reals]:
        # Whoever gives an inner layer has onnxruntime; the others come without it.
        from rag.embedding.e5.product import product_with

        return product_with(self.points, 1 / _STEP)


def unit(vectors: Reals) -> Reals:
    """Give vectors the length 1."""
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9))


def joined(vectors: Reals, inner: Reals, mean: Reals) -> Reals:
    """Give the vectors of both layers as one of length 1: each less its mean, both of the same weight."""
    width = vectors.shape[-1]
    halves = unit(vectors - mean[:width]), unit(inner - mean[width:])
    return np.concatenate(halves, axis=-1) * np.float32(0.5**0.5)


def rounded(vectors: Reals) -> NDArray[np.int8]:
    """Give vectors as whole numbers small enough to ship; the model is learned from these very points."""
    return np.clip(np.round(vectors * _STEP), -127, 127).astype(np.int8)


def points_of(whole: NDArray[np.int8]) -> Reals:
    """Give the points of rounded vectors."""
    return whole / np.float32(_STEP)


def lengths_of(points: Reals) -> Reals:
    """Give the squared length of each point."""
    return np.asarray(np.einsum("ij,ij->i", points, points))


def nearness(ones: Reals, others: Reals, products: Reals) -> Reals:
    """Give how near each row lies to each other, by their squared lengths and products: 1 where they are one.

    Where they are opposite, it is exp(-4).
    """
    return np.asarray(np.exp(2 * products - ones[:, None] - others[None, :]))


def shared_grams(text: str) -> Reals:
    """Give the n-grams of a canonical text, scaled so that the product of two texts is what they share."""
    folded, marked = np.sqrt(_GRAMS) * unit(gram_features(text)), np.sqrt(_MARKED) * marked_features(text)
    return np.concatenate((folded, marked), dtype=np.float32)


@lru_cache(maxsize=1)
def load_likeness() -> Likeness:
    """Load the shipped model."""
    with np.load(SHIPPED, allow_pickle=False) as kept:
        if tuple(kept["classes"].tolist()) != CLASSES:
            raise ValueError("likeness.npz was fitted for other classes: run python -m rag.fit likeness")
        weights, grams, mean = kept["weights"], kept["grams"], kept["mean"]
        axes = kept["axes"].astype(np.float32)
        return Likeness(kept["points"], weights, grams, mean, axes, str(kept["model_id"]))
