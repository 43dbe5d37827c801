"""What the logistic re-ranker sees of a candidate: its legs, and how its sentences cover the words of the question.

Every feature lies in 0..1 and is relative to the question, so weights learned on one knowledge base hold on another.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import TypeVar

import numpy as np

from rag.ports import Scores
from rag.retrieval.index import LEGS, PassageIndex
from rag.retrieval.parts import Sides
from rag.understanding.aspect import Aspect, agreement, aspects_asked

FEATURES = (
    *LEGS,
    "words",
    "pairs",
    "sentence_words",
    "window_words",
    "rare_in_window",
    "longest_run",
    "numbers",
    "known_question",
    "aspect_told",
    "aspect_answered",
    "aspect_known",
    "known_and_aspect",
)
_RARE = 3
Word = TypeVar("Word", str, tuple[str, str])


@dataclass(frozen=True, slots=True)
class Asked:
    """The words of a question with their weights."""

    words: tuple[str, ...]
    weight: dict[str, float]
    pairs: dict[tuple[str, str], float]
    rare: dict[str, float]
    aspects: frozenset[Aspect]


def asked_of(words: Sequence[str], index: PassageIndex) -> Asked:
    """Weigh the folded words and neighbouring pairs of a question by their rarity in the index."""
    weight = {word: index.folded.idf(word) for word in words}
    pairs = {pair: index.folded.idf("_".join(pair)) for pair in pairwise(words)}
    rare = dict(sorted(weight.items(), key=lambda item: -item[1])[:_RARE])
    return Asked(tuple(words), weight, pairs, rare, aspects_asked(" ".join(words)))


def features_of(asked: Asked, place: int, stretched: Scores, index: PassageIndex) -> list[float]:
    """Give the features of one candidate (see `FEATURES`)."""
    said = index.words(place)
    bags = [asked.weight.keys() & sentence for sentence in said]
    windows = [a | b for a, b in pairwise(bags)] or bags
    flat = set().union(*bags)
    together = asked.pairs.keys() & pairwise(chain.from_iterable(said))
    knowns = [covered(asked.weight, known) for known in index.known(place)]
    sides = index.sides(place) if asked.aspects else Sides()
    agreeing = [agreement(asked.aspects, other) for other in sides.asks] or [0.0] * len(knowns)
    return [
        *stretched[:, place].tolist(),
        covered(asked.weight, flat),
        covered(asked.pairs, together),
        max(covered(asked.weight, bag) for bag in bags),
        max(covered(asked.weight, window) for window in windows),
        max(covered(asked.rare, window) for window in windows),
        _longest_run(asked.words, together),
        _numbers(asked.words, flat),
        max(knowns, default=0.0),
        agreement(asked.aspects, sides.told),
        agreement(asked.aspects, sides.answered),
        max(agreeing, default=0.0),
        max((near * same for near, same in zip(knowns, agreeing, strict=True)), default=0.0),
    ]


def covered(weight: Mapping[Word, float], said: AbstractSet[Word]) -> float:
    """Give the share of the question's weight that is said."""
    total = sum(weight.values())
    return sum(value for key, value in weight.items() if key in said) / total if total else 0.0


def _longest_run(words: Sequence[str], said: set[tuple[str, str]]) -> float:
    best = run = 0
    for pair in pairwise(words):
        run = run + 1 if pair in said else 0
        best = max(best, run)
    return best / max(len(words) - 1, 1)


def _numbers(words: Sequence[str], said: set[str]) -> float:
    numbers = [word for word in words if word.isdigit()]
    return float(np.mean([number in said for number in numbers])) if numbers else 1.0
