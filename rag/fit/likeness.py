"""Learns the second look at what a message is: kernel ridge regression on the examples, in closed form.

Each example is learned as it was written, without spoilt twins. `examples/later` is learned here only: in the linear
model these examples cost key facts, because the abstention model leans on what that model thinks.
"""

import numpy as np

from rag.corpus import Corpus
from rag.fit.intents import fingerprint, messages, written
from rag.fit.learning import Floats
from rag.fit.remembered import RememberedQuestions
from rag.guard.intents import CLASSES, EXAMPLES
from rag.guard.likeness import LATER, joined, lengths_of, nearness, points_of, rounded, shared_grams

_RIDGE = 0.02
_AXES = 256  # of 768; they hold nine tenths of what differs
_MOST = 9  # wordings of one passage: with five, harmless questions nobody had seen were refused


def fit_likeness(corpus: Corpus, embedder: RememberedQuestions) -> dict[str, np.ndarray]:
    """Give the content of `likeness.npz`."""
    said = messages(corpus, (written(EXAMPLES), written(LATER)), _MOST)
    texts = [text for text, _ in said]
    labels = np.asarray([CLASSES.index(label) for _, label in said])
    vectors, inner = embedder.embed_questions(texts), embedder.inner_of(texts)
    mean = np.concatenate((vectors.mean(axis=0), inner.mean(axis=0)))
    both = joined(vectors, inner, mean)
    axes = widest(both.astype(np.float64)).astype(np.float16)
    whole = rounded(both @ axes.astype(np.float32))
    points = points_of(whole).astype(np.float64)
    grams = np.asarray([shared_grams(text) for text in texts])
    lengths = lengths_of(points)
    near = nearness(lengths, lengths, points @ points.T)
    weights = solved(near + grams @ grams.T, labels)
    return {
        "classes": np.asarray(CLASSES),
        "points": whole,
        "weights": weights.astype(np.float32),
        "grams": (grams.T @ weights).astype(np.float32),
        "mean": mean,
        "axes": axes,
        "model_id": np.asarray(embedder.model_id),
        "learned_from": np.asarray([fingerprint(EXAMPLES), fingerprint(LATER)]),
    }


def widest(rows: Floats) -> Floats:
    """Give the directions in which the rows differ most (width, `_AXES`)."""
    return np.asarray(np.linalg.eigh(rows.T @ rows)[1][:, : -_AXES - 1 : -1])


def solved(alike: Floats, labels: np.ndarray) -> Floats:
    """Give the weight of each example for each class; every class counts the same."""
    each = np.bincount(labels, minlength=len(CLASSES))[labels] * len(CLASSES) / len(labels)
    wanted = np.eye(len(CLASSES))[labels] - 1 / len(CLASSES)
    return np.asarray(np.linalg.solve(alike + np.diag(_RIDGE * each), wanted))
