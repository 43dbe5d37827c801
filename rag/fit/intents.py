"""Learns the intent model from `rag/guard/examples` and the knowledge base's questions, and measures it.

It is measured at thresholds of its own (`rag.guard.screen` weighs it with other looks, at others), chosen on texts the
weights were not learned from (cross-validation): the lowest at which few enough harmless messages are taken for
something grave. A text and its spoilt twins always stand in one fold.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.corpus import Corpus
from rag.fit.learning import Reals, fit_classes
from rag.fit.remembered import RememberedQuestions
from rag.fit.samples import chatty, spread
from rag.guard.grams import gram_features
from rag.guard.intents import CLASSES, EXAMPLES, IntentModel, intent_features, packed, read_intents
from rag.vietnamese.forms import canonical
from rag.vietnamese.noise import without_marks

_L2, _FOLDS = 1e-4, 3
_MOST = 5  # wordings of one passage: more teach no more of what asking is, and take minutes
_HARMLESS = ("ask", "personal_data", "handover", "elsewhere")
_FALSE = {"danger": 0.01, "unsafe": 0.02}  # share of harmless messages that may be taken for it
_GRID = np.arange(0.1, 0.91, 0.02)


@dataclass(frozen=True, slots=True)
class Training:
    """Texts, their class, and the number of the message each was made from."""

    texts: tuple[str, ...]
    labels: NDArray[np.int64]
    origins: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Unseen:
    """What an intent model that has not seen a text thinks of it: by cross-validation where it was taught."""

    judged: Mapping[str, Reals]
    model: IntentModel
    embedder: RememberedQuestions

    def __call__(self, text: str) -> dict[str, float]:
        """Give the probability of each class for a canonical text."""
        if text in self.judged:
            return dict(zip(CLASSES, map(float, self.judged[text]), strict=True))
        return self.model.judge(text, self.embedder.embed_questions([text])[0], self.embedder.model_id)


def fit_intents(corpus: Corpus, embedder: RememberedQuestions) -> tuple[dict[str, object], Unseen]:
    """Give the content of `intents.json`, with what cross-validation says of it, and what it thinks of unseen texts."""
    training = _training(corpus)
    vectors = embedder.embed_questions(training.texts)
    mean = vectors.mean(axis=0).round(5)
    dense = np.asarray([intent_features(t, v - mean) for t, v in zip(training.texts, vectors, strict=True)])
    rows = np.hstack((dense, np.asarray([gram_features(t) for t in training.texts]))).astype(np.float32)
    width = dense.shape[1]
    weights, bias = fit_classes(rows, training.labels, len(CLASSES), l2=_L2)
    shares = _crossed(rows, training)
    thresholds = choose(shares, training.labels)
    content: dict[str, object] = {
        "classes": list(CLASSES),
        "weights": [[round(float(value), 4) for value in row[:width]] for row in weights],
        "grams": packed(weights[:, width:]),
        "bias": [round(float(value), 4) for value in bias],
        "mean": [round(float(value), 5) for value in mean],
        "model_id": embedder.model_id,
        "thresholds": thresholds,
        "provenance": "python -m rag.fit intents; rag/guard/examples and knowledge questions",
        "learned_from": fingerprint(EXAMPLES),
        "samples": len(training.texts),
        "cross_validated": _figures(shares, training.labels, thresholds),
    }
    judged = dict(zip(training.texts, shares, strict=True))
    return content, Unseen(judged, read_intents(content), embedder)


def written(folder: Path) -> dict[str, list[str]]:
    """Give the written examples of each class."""
    return {
        label: [line for line in (folder / f"{label}.txt").read_text("utf-8").splitlines() if line.strip()]
        for label in CLASSES
    }


def fingerprint(folder: Path) -> str:
    """Name the written examples, so that a test can tell whether the shipped weights were learned from them."""
    said = "\n".join(f"{label}\t{text}" for label, texts in written(folder).items() for text in texts)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def choose(shares: Reals, labels: NDArray[np.int64]) -> dict[str, float]:
    """Give, for each grave class, the lowest threshold at which few enough harmless messages are taken for it."""
    harmless = np.isin(labels, [CLASSES.index(name) for name in _HARMLESS])
    chosen: dict[str, float] = {}
    for name, most in _FALSE.items():
        own = shares[harmless, CLASSES.index(name)]
        good = [float(cut) for cut in _GRID if float((own >= cut).mean()) <= most]
        chosen[name] = round(good[0] if good else float(_GRID[-1]), 2)
    return chosen


def messages(
    corpus: Corpus, examples: Sequence[Mapping[str, Sequence[str]]], most: int = _MOST
) -> list[tuple[str, str]]:
    """Give each message to learn from once, canonical, with its class: examples, then the knowledge's questions.

    Of one passage there are at most `most` wordings.
    """
    real = ([q.text for q in p.questions if not q.is_impossible] for p in corpus.passages)
    known = {text for texts in real for text in spread(texts, most)}
    plain = [(text, "ask") for text in sorted(known)]
    plain += [(text, "elsewhere") for text in sorted({q.text for q in corpus.impossible})]
    said = [(text, label) for group in examples for label, texts in group.items() for text in texts]
    first: dict[str, tuple[str, str]] = {}
    for text, label in (*said, *plain):
        first.setdefault(canonical(text).lower(), (canonical(text), label))
    return list(first.values())


def _training(corpus: Corpus) -> Training:
    rows = [
        (twin, CLASSES.index(label), origin)
        for origin, (text, label) in enumerate(messages(corpus, (written(EXAMPLES),)))
        for twin in _twins(text, label)
    ]
    texts, labels, origins = zip(*rows, strict=True)
    return Training(texts, np.asarray(labels, dtype=np.int64), np.asarray(origins, dtype=np.int64))


def _twins(text: str, label: str) -> Iterator[str]:
    yield text
    yield canonical(without_marks(text))
    if label != "greeting":
        yield canonical(chatty(text))


def _crossed(rows: NDArray[np.float32], training: Training) -> Reals:
    """Give every text's shares, from weights learned without it and its twins."""
    fold = training.origins % _FOLDS
    shares = np.zeros((len(rows), len(CLASSES)), dtype=np.float64)
    for number in range(_FOLDS):
        out = fold == number
        weights, bias = fit_classes(rows[~out], training.labels[~out], len(CLASSES), l2=_L2)
        logits = rows[out] @ weights.T + bias
        raised = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares[out] = raised / raised.sum(axis=1, keepdims=True)
    return shares


def _figures(
    shares: Reals, labels: NDArray[np.int64], thresholds: dict[str, float]
) -> dict[str, dict[str, float] | float]:
    grave = {name: shares[:, CLASSES.index(name)] >= cut for name, cut in thresholds.items()}
    harmless = np.isin(labels, [CLASSES.index(name) for name in _HARMLESS])
    return {
        "accuracy": round(float((shares.argmax(axis=1) == labels).mean()), 4),
        "recall": {n: round(float(hit[labels == CLASSES.index(n)].mean()), 4) for n, hit in grave.items()},
        "false": {n: round(float(hit[harmless].mean()), 4) for n, hit in grave.items()},
    }
