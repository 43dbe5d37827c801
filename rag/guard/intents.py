"""What a person wants: to ask, to see private data, to reach people, or what nobody may have. A learned, small model.

Softmax over the question's sentence vector and a handful of cue words; learned by `rag.fit` from
`examples.json`. Used only with the embedder it was learned with; with another one the cue words alone decide.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.guard.cues import cues_in
from rag.ports import Vectors

CLASSES = ("ask", "personal_data", "handover", "danger", "unsafe", "greeting")
VECTOR_SCALE = 8.0
LABELLED = Path(__file__).with_name("examples.json")


@dataclass(frozen=True, slots=True)
class IntentModel:
    """The intent model: probability of each class of `CLASSES`."""

    weights: NDArray[np.float64]
    bias: NDArray[np.float64]
    mean: NDArray[np.float64]
    model_id: str

    def judge(self, text: str, vector: Vectors | None, model_id: str) -> dict[str, float]:
        """Give the probability of each class for a canonical text and its question vector."""
        usable = vector if vector is not None and model_id == self.model_id else None
        features = intent_features(
            text, usable - self.mean if usable is not None else np.zeros_like(self.mean)
        )
        logits = self.weights @ features + self.bias
        share = np.exp(logits - logits.max())
        return dict(zip(CLASSES, (share / share.sum()).tolist(), strict=True))


def intent_features(text: str, vector: Vectors) -> NDArray[np.float64]:
    """Give the features of a text: its vector (stretched to a useful scale) and its cue words."""
    return np.concatenate((np.asarray(vector, dtype=np.float64) * VECTOR_SCALE, cues_in(text)))


@lru_cache(maxsize=1)
def load_intents() -> IntentModel:
    """Load the shipped model."""
    raw = json.loads(Path(__file__).with_name("intents.json").read_text(encoding="utf-8"))
    if tuple(raw["classes"]) != CLASSES:
        raise ValueError("intents.json was fitted for other classes: run python -m rag.fit")
    return IntentModel(
        np.asarray(raw["weights"]), np.asarray(raw["bias"]), np.asarray(raw["mean"]), raw["model_id"]
    )
