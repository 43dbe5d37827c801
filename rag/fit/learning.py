"""Four small learners in numpy: listwise ranking, who comes behind, binary and many-class logistic regression.

Plain full-batch gradient descent with momentum. All but the second are convex: any start ends in the same place; who
comes behind is learned in a fixed number of steps from a start that is given.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.fit.samples import CANDIDATES, RankingSample

Floats = NDArray[np.float64]
Reals = NDArray[np.floating[Any]]
_STEPS, _CLASS_STEPS, _RATE, _MOMENTUM = 1_500, 300, 0.3, 0.9
_BEHIND_STEPS, _BEHIND_RATE = 600, 0.05
_FILL = slice(2, 5)  # who would stand third to fifth behind the first, without the right one


def fit_ranking(samples: Sequence[RankingSample], *, l2: float = 1e-3) -> Floats:
    """Learn non-negative weights by softmax over the candidates of each question."""
    widest = max(len(sample.features) for sample in samples)
    rows = np.stack([np.pad(s.features, ((0, widest - len(s.features)), (0, 0))) for s in samples])
    absent = np.stack([np.arange(widest) >= len(s.features) for s in samples])
    right = np.asarray([sample.right for sample in samples])
    each = np.arange(len(samples))
    weights = np.full(rows.shape[2], 1.0)
    speed = np.zeros_like(weights)
    for _ in range(_STEPS):
        scores = np.where(absent, -1e9, rows @ weights)
        share = np.exp(scores - scores.max(axis=1, keepdims=True))
        share /= share.sum(axis=1, keepdims=True)
        share[each, right] -= 1
        slope = np.tensordot(share, rows, axes=([0, 1], [0, 1])) / len(samples) + 2 * l2 * weights
        speed = _MOMENTUM * speed - _RATE * slope
        weights = np.maximum(weights + speed, 0.0)
    return weights


def fit_behind(groups: Sequence[Sequence[RankingSample]], start: Floats, *, pull: float = 1e-3) -> Floats:
    """Learn non-negative weights for the places behind the first, beginning at those of the first.

    A question whose first place is right teaches nothing. In the others the right candidate is to pass those that
    would fill places three to five (logistic loss). Each group weighs the same, whatever its size.
    """
    spread = np.concatenate([s.features for group in groups for s in group]).std(axis=0) + 1e-3
    taught = [_missed(group, start) for group in groups]
    at_first = weights = start * spread
    speed = np.zeros_like(weights)
    for _ in range(_BEHIND_STEPS):
        slope = sum((_slope_behind(rows / spread, weights) for rows in taught), np.zeros_like(weights))
        slope = slope / len(taught) + 2 * pull * (weights - at_first)
        speed = _MOMENTUM * speed - _BEHIND_RATE * slope
        weights = np.maximum(weights + speed, 0.0)
    learned: Floats = weights / spread
    return learned


def _missed(samples: Sequence[RankingSample], weights: Floats) -> Floats:
    """Give the candidates of questions whose first place is wrong, the first left out, the right one foremost."""
    kept = []
    for sample in samples:
        first = int(np.argmax(sample.features @ weights))
        if first != sample.right and len(sample.features) == CANDIDATES:
            order = [sample.right, *(at for at in range(CANDIDATES) if at not in (first, sample.right))]
            kept.append(sample.features[order])
    return np.stack(kept)


def _slope_behind(rows: Floats, weights: Floats) -> Floats:
    """Give the slope of the mean loss over questions (questions, candidates, features)."""
    scores = rows @ weights
    rivals = np.argsort(-scores[:, 1:], axis=1)[:, _FILL] + 1
    each = np.arange(len(rows))[:, None]
    lost = 1 / (1 + np.exp(np.clip(scores[:, :1] - scores[each, rivals], -50, 50)))
    slope: Floats = ((rows[each, rivals] - rows[:, :1]) * lost[..., None]).mean(axis=(0, 1))
    return slope


def fit_binary(
    rows: Floats, labels: Floats, sample_weight: Floats, *, l2: float = 1e-3
) -> tuple[Floats, float]:
    """Learn weights and bias of a weighted logistic regression (features standardised inside)."""
    mean, spread = rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-6)
    scaled = (rows - mean) / spread
    weights, bias = np.zeros(rows.shape[1]), 0.0
    speed, bias_speed = np.zeros_like(weights), 0.0
    total = sample_weight.sum()
    for _ in range(_STEPS):
        error = sample_weight * (1 / (1 + np.exp(-(scaled @ weights + bias))) - labels)
        speed = _MOMENTUM * speed - _RATE * (error @ scaled / total + 2 * l2 * weights)
        bias_speed = _MOMENTUM * bias_speed - _RATE * float(error.sum() / total)
        weights, bias = weights + speed, bias + bias_speed
    return weights / spread, float(bias - (weights / spread) @ mean)


def fit_classes(rows: Reals, labels: NDArray[np.int64], classes: int, *, l2: float) -> tuple[Reals, Reals]:
    """Learn weights (classes, features) and biases of a softmax regression; every class weighs the same."""
    share_of = np.bincount(labels, minlength=classes).astype(float)
    each = ((1 / share_of[labels])[:, None] / classes).astype(rows.dtype)
    target = np.eye(classes, dtype=rows.dtype)[labels]
    weights, bias = np.zeros((classes, rows.shape[1]), rows.dtype), np.zeros(classes, rows.dtype)
    speed, bias_speed = np.zeros_like(weights), np.zeros_like(bias)
    for _ in range(_CLASS_STEPS):
        logits = rows @ weights.T + bias
        share = np.exp(logits - logits.max(axis=1, keepdims=True))
        error = each * (share / share.sum(axis=1, keepdims=True) - target)
        speed = _MOMENTUM * speed - 2 * (error.T @ rows + 2 * l2 * weights)
        bias_speed = _MOMENTUM * bias_speed - 2 * error.sum(axis=0)
        weights, bias = weights + speed, bias + bias_speed
    return weights, bias
