"""Ranking and ranking-like figures: recall at k, MRR, nDCG with one right passage, AUROC, percentiles.

Checked in the tests against `ir-measures`.
"""

import math
from collections.abc import Sequence

import numpy as np

_CUT = 10


def ranking_figures(ranks: Sequence[int | None]) -> dict[str, float]:
    """Give r@1, r@5, r@10, mrr@10 and ndcg@10 (0 to 1) from the rank (1 is best, None is missing) of each question.

    >>> ranking_figures([1, 2, None, 1])["r@1"]
    0.5
    """
    total = max(len(ranks), 1)
    found = [rank for rank in ranks if rank is not None and rank <= _CUT]
    return {
        "r@1": sum(rank == 1 for rank in found) / total,
        "r@5": sum(rank <= 5 for rank in found) / total,
        "r@10": len(found) / total,
        "mrr@10": sum(1 / rank for rank in found) / total,
        "ndcg@10": sum(1 / math.log2(rank + 1) for rank in found) / total,
    }


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """Give the chance that a positive scores above a negative (ties count half); None without both.

    >>> auroc([0.9, 0.8], [0.1, 0.8])
    0.875
    """
    if not positive or not negative:
        return None
    ordered = np.sort(np.asarray(negative))
    below = np.searchsorted(ordered, positive, side="left")
    equal = np.searchsorted(ordered, positive, side="right") - below
    return float((below + equal / 2).mean() / len(negative))


def percentile(values: Sequence[float], share: float) -> float:
    """Give a percentile (share 0..1), 0 for no values."""
    return float(np.quantile(np.asarray(values), share)) if len(values) else 0.0
