"""The default re-ranker: two learned weighted sums of candidate features, one for the first place, one for the others.

What makes a passage the answer is not what makes it worth a place behind one that may be wrong. Both are fitted by
`rag.fit`: the first on the knowledge base's own questions and their spoilt forms, the second on these and on a public
set (docs/retrieval-measured.md). No set that is told as a figure taught either.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from rag.ports import Scores
from rag.retrieval.features import FEATURES, Asked, features_of
from rag.retrieval.index import DENSE, LEGS, PassageIndex


@dataclass(frozen=True, slots=True)
class LogisticRanker:
    """Orders candidates of one search.

    `first` weighs the legs that choose them; `weights` the features, for the first place; `behind` for the others.
    """

    first: tuple[float, ...]
    weights: tuple[float, ...]
    behind: tuple[float, ...]

    def rank(
        self, asked: Asked, places: Sequence[int], stretched: Scores, index: PassageIndex
    ) -> tuple[tuple[int, float], ...]:
        """Give candidate places in order, each with its score for the first place: the highest of these leads.

        The others follow by what they are worth behind it, so their scores need not fall.
        """
        if not places:
            return ()
        rows = np.asarray([features_of(asked, place, stretched, index) for place in places])
        scores, behind = rows @ np.asarray(self.weights), rows @ np.asarray(self.behind)
        behind[int(scores.argmax())] = np.inf
        return tuple((places[at], float(scores[at])) for at in np.argsort(-behind, kind="stable"))

    def in_mode(self, mode: str) -> "LogisticRanker":
        """Give the ranker of one mode: `hybrid` as it is, `lexical` or `dense` with the other legs silent."""
        if mode == "hybrid":
            return self
        dense = mode == "dense"
        keep = [(name in DENSE) == dense for name in FEATURES]
        return LogisticRanker(
            _where(keep[: len(LEGS)], self.first), _where(keep, self.weights), _where(keep, self.behind)
        )


def _where(keep: Sequence[bool], weights: Sequence[float]) -> tuple[float, ...]:
    return tuple(w if kept else 0.0 for w, kept in zip(weights, keep, strict=True))


@lru_cache(maxsize=1)
def load_ranker() -> LogisticRanker:
    """Load the shipped weights."""
    raw = json.loads(Path(__file__).with_name("logistic.json").read_text(encoding="utf-8"))
    if tuple(raw["features"]) != FEATURES:
        raise ValueError("logistic.json was fitted for other features: run python -m rag.fit")
    return LogisticRanker(tuple(raw["first"]), tuple(raw["weights"]), tuple(raw["behind"]))
