"""What a person wants: to ask, to see private data, to reach people, or what nobody may have. A learned, small model.

Softmax over hashed n-grams of the folded text, cue words, signs of danger and trickery, and the question's sentence
vector; learned by `rag.fit` from `examples/`. With another embedder than it was learned with, the text alone decides.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.guard.cues import cues_in
from rag.guard.grams import SIZE, gram_features
from rag.guard.signs import signs_in
from rag.ports import Vectors

CLASSES = ("ask", "personal_data", "handover", "danger", "unsafe", "greeting", "elsewhere")
VECTOR_SCALE = 8.0
EXAMPLES = Path(__file__).with_name("examples")


@dataclass(frozen=True, slots=True)
class IntentModel:
    """The intent model: probability of each class of `CLASSES`."""

    weights: NDArray[np.float64]
    grams: NDArray[np.float64]
    bias: NDArray[np.float64]
    mean: NDArray[np.float64]
    model_id: str

    def judge(self, text: str, vector: Vectors | None, model_id: str) -> dict[str, float]:
        """Give the probability of each class for a canonical text and its question vector."""
        usable = vector if vector is not None and model_id == self.model_id else None
        features = intent_features(
            text, usable - self.mean if usable is not None else np.zeros_like(self.mean)
        )
        logits = self.weights @ features + self.grams @ gram_features(text) + self.bias
        share = np.exp(logits - logits.max())
        return dict(zip(CLASSES, (share / share.sum()).tolist(), strict=True))


def intent_features(text: str, vector: Vectors) -> NDArray[np.float64]:
    """Give the dense features of a text: its vector (stretched to a useful scale), its cues and signs."""
    return np.concatenate(
        (np.asarray(vector, dtype=np.float64) * VECTOR_SCALE, cues_in(text), signs_in(text))
    )


def packed(grams: NDArray[np.floating[Any]]) -> str:
    """Give n-gram weights (classes, SIZE) as base64 of little-endian half floats."""
    return base64.b64encode(grams.astype("<f2").tobytes()).decode("ascii")


@lru_cache(maxsize=1)
def load_intents() -> IntentModel:
    """Load the shipped model."""
    return read_intents(json.loads(Path(__file__).with_name("intents.json").read_text(encoding="utf-8")))


def read_intents(raw: Mapping[str, Any]) -> IntentModel:
    """Read a model from the content of its file.

    Raises:
        ValueError: it was fitted for other classes or features.
    """
    if tuple(raw["classes"]) != CLASSES:
        raise ValueError("intents.json was fitted for other classes or features: run python -m rag.fit")
    grams = np.frombuffer(base64.b64decode(raw["grams"]), dtype="<f2").astype(np.float64)
    return IntentModel(
        np.asarray(raw["weights"]),
        grams.reshape(len(CLASSES), SIZE),
        np.asarray(raw["bias"]),
        np.asarray(raw["mean"]),
        raw["model_id"],
    )
