"""Does the best passage answer the question? A small logistic model over the evidence of a search.

One cosine threshold fails inside the domain (AUROC 73 to 75); the evidence of a search does not, and what the intent
model thinks of the question knows matters that no passage is near. The weights are learned by
`rag.fit` and stand in `abstention.json` with where they come from.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from rag.guard.evidence import FEATURES as SEARCHED
from rag.guard.evidence import evidence
from rag.retrieval.index import PassageIndex
from rag.retrieval.search import Found

FEATURES = (*SEARCHED, "elsewhere")
_FAR = 5.0  # nats


def elsewhere(shares: Mapping[str, float]) -> float:
    """Give how much more a question looks like another matter than like one of ours (-1..1) to the intent model."""
    nats = math.log(shares["elsewhere"] + 1e-9) - math.log(shares["ask"] + 1e-9)
    return max(-1.0, min(1.0, nats / _FAR))


@dataclass(frozen=True, slots=True)
class Abstainer:
    """The abstention model: probability that the first hit answers."""

    weights: tuple[float, ...]
    bias: float
    usual: float = 0.0

    def confidence(self, found: Found, index: PassageIndex, astray: float | None = None) -> float:
        """Give the probability (0..1) that the first hit answers the question; 0 where nothing was found.

        `astray` is `elsewhere` of the question; without it (documents of anybody) the usual value stands in.
        """
        if not found.hits:
            return 0.0
        last = self.usual if astray is None else astray
        features = np.asarray((*evidence(found, index), last), dtype=np.float64)
        logit = float(np.asarray(self.weights) @ features) + self.bias
        return float(1 / (1 + np.exp(-np.clip(logit, -30, 30))))


@lru_cache(maxsize=1)
def load_abstainer() -> Abstainer:
    """Load the shipped weights."""
    raw = json.loads(Path(__file__).with_name("abstention.json").read_text(encoding="utf-8"))
    if tuple(raw["features"]) != FEATURES:
        raise ValueError("abstention.json was fitted for other features: run python -m rag.fit")
    return Abstainer(tuple(raw["weights"]), raw["bias"], raw["usual"])
