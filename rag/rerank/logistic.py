"""The default re-ranker: a learned weighted sum of candidate features (softmax over candidates when fitted).

Fitted by `rag.fit` on the knowledge base's own questions and their spoilt forms; no public test set was used.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from rag.ports import Scores
from rag.retrieval.features import FEATURES, asked_of, features_of
from rag.retrieval.index import DENSE, LEGS, PassageIndex, SearchQuery
from rag.retrieval.terms import folded


@dataclass(frozen=True, slots=True)
class LogisticRanker:
    """Scores candidates of one search; `first` weighs the legs that choose them, `weights` the features."""

    first: tuple[float, ...]
    weights: tuple[float, ...]

    def score(
        self, query: SearchQuery, places: Sequence[int], stretched: Scores, index: PassageIndex
    ) -> "np.ndarray[tuple[int, ...], np.dtype[np.float64]]":
        """Give one score a candidate place; higher is better."""
        asked = asked_of(folded(query.repaired), index)
        rows = [features_of(asked, place, stretched, index) for place in places]
        scores: np.ndarray[tuple[int, ...], np.dtype[np.float64]] = np.asarray(rows) @ np.asarray(
            self.weights
        )
        return scores

    def in_mode(self, mode: str) -> "LogisticRanker":
        """Give the ranker of one mode: `hybrid` as it is, `lexical` or `dense` with the other legs silent."""
        if mode == "hybrid":
            return self
        dense = mode == "dense"
        keep = [(name in DENSE) == dense for name in FEATURES]
        weights = tuple(w if kept else 0.0 for w, kept in zip(self.weights, keep, strict=True))
        first = tuple(w if kept else 0.0 for w, kept in zip(self.first, keep[: len(LEGS)], strict=True))
        return LogisticRanker(first, weights)


@lru_cache(maxsize=1)
def load_ranker() -> LogisticRanker:
    """Load the shipped weights."""
    raw = json.loads(Path(__file__).with_name("logistic.json").read_text(encoding="utf-8"))
    if tuple(raw["features"]) != FEATURES:
        raise ValueError("logistic.json was fitted for other features: run python -m rag.fit")
    return LogisticRanker(tuple(raw["first"]), tuple(raw["weights"]))
