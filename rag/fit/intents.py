"""Learns the intent model (sentence vector, cues, n-grams) from the examples and the knowledge base's questions."""

import json
import random

import numpy as np
from numpy.typing import NDArray

from rag.corpus import Corpus
from rag.fit.learning import fit_classes
from rag.guard.grams import gram_features
from rag.guard.intents import CLASSES, LABELLED, intent_features, packed
from rag.ports import Embedder
from rag.vietnamese.forms import canonical
from rag.vietnamese.noise import without_marks

_MOST_PLAIN, _L2 = 800, 3e-4


def fit_intents(corpus: Corpus, embedder: Embedder) -> dict[str, object]:
    """Give the content of `intents.json`: weights by class, and accuracy in five-fold cross-validation."""
    examples = [
        (canonical(text), CLASSES.index(label)) for label, texts in _written().items() for text in texts
    ]
    plain = sorted(
        {q.text for p in corpus.passages for q in p.questions} | {q.text for q in corpus.impossible}
    )
    chance = random.Random(7)  # noqa: S311 - picks training questions, guards nothing
    asked = chance.sample(plain, min(_MOST_PLAIN, len(plain)))
    examples += [(text, CLASSES.index("ask")) for text in asked]
    examples += [
        (canonical(without_marks(text)), label) for text, label in examples[: len(examples) - len(asked)]
    ]
    chance.shuffle(examples)
    vectors = embedder.embed_questions([text for text, _ in examples])
    mean = vectors.mean(axis=0)
    dense = np.asarray([intent_features(t, v - mean) for (t, _), v in zip(examples, vectors, strict=True)])
    rows = np.hstack((dense, np.asarray([gram_features(text) for text, _ in examples]))).astype(np.float32)
    width = dense.shape[1]
    labels = np.asarray([label for _, label in examples], dtype=np.int64)
    weights, bias = fit_classes(rows, labels, len(CLASSES), l2=_L2)
    return {
        "classes": list(CLASSES),
        "weights": [[round(float(value), 4) for value in row[:width]] for row in weights],
        "grams": packed(weights[:, width:]),
        "bias": [round(float(value), 4) for value in bias],
        "mean": [round(float(value), 5) for value in mean],
        "model_id": embedder.model_id,
        "provenance": "python -m rag.fit intents; rag/guard/examples.json and knowledge questions",
        "samples": len(examples),
        "cross_validated_accuracy": _crossed([text for text, _ in examples], rows, labels),
    }


def _crossed(texts: list[str], rows: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    """Give five-fold accuracy; a text and its unmarked twin stay in one fold."""
    fold = np.asarray([sum(without_marks(text).lower().encode()) % 5 for text in texts])
    right = 0
    for number in range(5):
        out = fold == number
        weights, bias = fit_classes(rows[~out], labels[~out], len(CLASSES), l2=_L2)
        right += int(((rows[out] @ weights.T + bias).argmax(axis=1) == labels[out]).sum())
    return round(right / len(labels), 4)


def _written() -> dict[str, list[str]]:
    raw: dict[str, list[str]] = json.loads(LABELLED.read_text(encoding="utf-8"))
    return raw
