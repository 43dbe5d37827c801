"""What the logistic re-ranker sees of a candidate: its legs, and how its sentences cover the words of the question.

Every feature lies in 0..1 and is relative to the question, so weights learned on one knowledge base hold on another.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import chain, pairwise
from operator import mul
from typing import Generic, TypeVar

from rag.ports import Scores
from rag.retrieval.index import LEGS, PassageIndex
from rag.retrieval.known import Shares
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


class Weights(Generic[Word]):
    """Words or pairs of a question with their weights, and how much of all that a text says."""

    def __init__(self, of: Mapping[Word, float]) -> None:
        self.of: dict[Word, float] = dict(of)
        self._total: float = sum(self.of.values())

    def said(self, words: Iterable[Word]) -> set[Word]:
        """Give those that are among the words of a text."""
        found: set[Word] = self.of.keys() & words
        return found

    def share(self, said: AbstractSet[Word]) -> float:
        """Give the share of the weight that is said."""
        if not self._total:
            return 0.0
        told: float = sum(map(self.of.__getitem__, filter(said.__contains__, self.of)))
        return told / self._total


@dataclass(frozen=True, slots=True)
class Asked:
    """The words of a question with their weights, and how much of it each known question of the index says."""

    words: tuple[str, ...]
    weight: Weights[str]
    pairs: Weights[tuple[str, str]]
    rare: Weights[str]
    numbers: tuple[str, ...]
    aspects: frozenset[Aspect]
    knowns: Shares


def asked_of(words: Sequence[str], index: PassageIndex) -> Asked:
    """Weigh the folded words and neighbouring pairs of a question by their rarity in the index."""
    weight = {word: index.folded.idf(word) for word in words}
    pairs = {pair: index.folded.idf("_".join(pair)) for pair in pairwise(words)}
    rare = dict(sorted(weight.items(), key=lambda item: -item[1])[:_RARE])
    numbers = tuple(word for word in words if word.isdigit())
    aspects = aspects_asked(" ".join(words))
    knowns = index.questions.shares(weight)
    return Asked(tuple(words), Weights(weight), Weights(pairs), Weights(rare), numbers, aspects, knowns)


def features_of(asked: Asked, place: int, stretched: Scores, index: PassageIndex) -> list[float]:
    """Give the features of one candidate (see `FEATURES`)."""
    said = index.words(place)
    bags = [asked.weight.said(sentence) for sentence in said]
    windows = [a | b for a, b in pairwise(bags)] or bags
    flat = set().union(*bags)
    together = asked.pairs.said(pairwise(chain.from_iterable(said)))
    knowns = asked.knowns[index.questions.of(place)].tolist()
    sides = index.sides(place) if asked.aspects else Sides()
    agreeing = [agreement(asked.aspects, other) for other in sides.asks]
    return [
        *stretched[:, place].tolist(),
        asked.weight.share(flat),
        asked.pairs.share(together),
        max(map(asked.weight.share, bags)),
        max(map(asked.weight.share, windows)),
        max(map(asked.rare.share, windows)),
        _longest_run(asked.words, together),
        _numbers(asked.numbers, flat),
        max(knowns, default=0.0),
        agreement(asked.aspects, sides.told),
        agreement(asked.aspects, sides.answered),
        max(agreeing, default=0.0),
        max(map(mul, knowns, agreeing), default=0.0),
    ]


def _longest_run(words: Sequence[str], said: AbstractSet[tuple[str, str]]) -> float:
    best = run = 0
    for pair in pairwise(words):
        run = run + 1 if pair in said else 0
        best = max(best, run)
    return best / max(len(words) - 1, 1)


def _numbers(numbers: Sequence[str], said: AbstractSet[str]) -> float:
    return sum(number in said for number in numbers) / len(numbers) if numbers else 1.0
