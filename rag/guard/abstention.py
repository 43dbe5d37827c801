"""Does the best passage answer the question? A small logistic model over the evidence of a search.

One cosine threshold fails inside the domain (AUROC 73 to 75); twelve features do not. The weights are learned by
`rag.fit` and stand in `abstention.json` with where they come from.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from rag.guard.evidence import FEATURES, evidence
from rag.retrieval.index import PassageIndex
from rag.retrieval.search import Found


@dataclass(frozen=True, slots=True)
class Abstainer:
    """The abstention model: probability that the first hit answers."""

    weights: tuple[float, ...]
    bias: float

    def confidence(self, found: Found, index: PassageIndex) -> float:
        """Give the probability (0..1) that the first hit answers the question; 0 where nothing was found."""
        if not found.hits:
            return 0.0
        features = np.asarray(evidence(found, index), dtype=np.float64)
        logit = float(np.asarray(self.weights) @ features) + self.bias
        return float(1 / (1 + np.exp(-np.clip(logit, -30, 30))))


@lru_cache(maxsize=1)
def load_abstainer() -> Abstainer:
    """Load the shipped weights."""
    raw = json.loads(Path(__file__).with_name("abstention.json").read_text(encoding="utf-8"))
    if tuple(raw["features"]) != FEATURES:
        raise ValueError("abstention.json was fitted for other features: run python -m rag.fit")
    return Abstainer(tuple(raw["weights"]), raw["bias"])
