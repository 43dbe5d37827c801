"""One score from many legs: each leg stretched to 0..1 for this question, then a weighted sum.

A leg that says the same of every passage adds nothing, so no leg can starve another. The weights are learned by
`rag.fit` from the knowledge base's own questions (see `rag/rerank/logistic.json`), not from any public test set.
"""

from collections.abc import Sequence

import numpy as np

from rag.ports import Scores


def stretch(scores: Scores) -> Scores:
    """Stretch each row to 0..1; a flat row becomes 0."""
    low = scores.min(axis=-1, keepdims=True)
    high = scores.max(axis=-1, keepdims=True)
    spread = high - low
    stretched: Scores = np.where(spread > 1e-9, (scores - low) / np.maximum(spread, 1e-9), 0.0)
    return stretched.astype(np.float32, copy=False)


def blend(stretched: Scores, weights: Sequence[float]) -> Scores:
    """Give the weighted sum of stretched legs for every passage."""
    total: Scores = np.asarray(weights, dtype=np.float32) @ stretched
    return total


def highest(scores: Scores, most: int) -> list[int]:
    """Give the places of the highest scores, highest first; of equal ones the earlier.

    >>> highest(np.asarray([0.1, 0.7, 0.4, 0.7], dtype=np.float32), 3)
    [1, 3, 2]
    """
    if len(scores) > most:
        least = np.partition(scores, len(scores) - most)[len(scores) - most]
        among = np.flatnonzero(scores >= least)
    else:
        among = np.arange(len(scores))
    order: list[int] = among[np.argsort(-scores[among], kind="stable")][:most].tolist()
    return order
