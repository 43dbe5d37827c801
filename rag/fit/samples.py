"""Turns the knowledge base into training samples for ranking and abstention.

Two folds: a question is searched in an index that holds only the other half of the known questions.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from rag.build import make_searcher
from rag.corpus import Corpus
from rag.guard.evidence import evidence
from rag.ports import Embedder
from rag.rerank.logistic import LogisticRanker
from rag.retrieval.features import features_of
from rag.retrieval.fusion import stretch
from rag.retrieval.search import Found, Hidden, Searcher
from rag.settings import RagSettings
from rag.values import KnownQuestion, Passage
from rag.vietnamese.forms import canonical
from rag.vietnamese.noise import NOISES

Item = TypeVar("Item")
FOLDS = 2
CANDIDATES = 30
_BEFORE = (
    "Dạ chào nhà trường, nhà em có bé năm nay lên lớp 4, cho em hỏi ",
    "Em ơi chị hỏi chút nha, ",
    "Chào thầy cô. Gia đình tôi vừa chuyển nhà nên còn bỡ ngỡ, nhờ thầy cô xem giúp ",
    "Hôm qua họp phụ huynh có nghe nói mà em chưa rõ lắm ạ, là ",
    "Tôi là ông nội cháu, cháu đang học lớp 7, tôi muốn biết ",
    "alo ad, ",
)
_AFTER = (
    "",
    " ạ, em cảm ơn nhiều",
    " vậy em, chị đang cần gấp",
    " Mong thầy cô trả lời giúp.",
    " nhỉ, hỏi mãi không ai biết",
)


@dataclass(frozen=True, slots=True)
class RankingSample:
    """Features of the candidates of one question, and which candidate is right."""

    features: NDArray[np.float64]
    right: int


@dataclass(frozen=True, slots=True)
class AbstentionSample:
    """Evidence of one search, whether its first hit answers, and how the sample was made."""

    evidence: tuple[float, ...]
    answers: bool
    kind: str
    passage: int
    text: str


@dataclass(frozen=True, slots=True)
class Fold:
    """One searcher without the wordings it is asked, the questions with their passage's place."""

    searcher: Searcher
    asked: tuple[tuple[str, int], ...]


def folds(
    passages: Sequence[Passage],
    embedder: Embedder,
    settings: RagSettings,
    outside: Callable[[int], Embedder],
    *,
    bare: bool = False,
    most: int = 1_000,
) -> Iterator[Fold]:
    """Give the folds of the knowledge base; a `bare` index (texts only) looks like anybody's documents.

    Of each passage's held-back wordings at most `most` are asked. `outside` gives an embedder that learned nothing of
    a fold.
    """
    for number in range(FOLDS):
        kept = [replace(p, questions=_half(p.questions, number, own=False)) for p in passages]
        if bare:  # under names that no branch has learned
            kept = [replace(p, id=f"bare:{p.id}", questions=(), answer="") for p in passages]
        asked = [
            (q.text, place)
            for place, p in enumerate(passages)
            for q in spread(_half(p.questions, number, own=True), most)
        ]
        told = embedder if bare else outside(number)
        yield Fold(make_searcher(kept, told, settings), tuple(asked))


def asked_in(corpus: Corpus, number: int) -> frozenset[str]:
    """Give what a fold asks: its half of the wordings of each passage and of the questions that none answers."""
    own = (q for passage in corpus.passages for q in _half(passage.questions, number, own=True))
    return frozenset(canonical(question.text) for question in (*own, *corpus.impossible[number::FOLDS]))


def _half(questions: Sequence[KnownQuestion], number: int, *, own: bool) -> tuple[KnownQuestion, ...]:
    real = [question for question in questions if not question.is_impossible]
    return tuple(q for at, q in enumerate(real) if (at % FOLDS == number) == own)


def spread(items: Sequence[Item], most: int) -> Sequence[Item]:
    """Give at most `most` of some items, evenly spread: what was written together is often alike."""
    return items if len(items) <= most else [items[at * len(items) // most] for at in range(most)]


def ranking_samples(fold: Fold, noises: Sequence[str]) -> Iterator[RankingSample]:
    """Give ranking samples of a fold, spoilt by each of `noises` ('clean' for none)."""
    for text, place in _spoilt(fold.asked, noises):
        found = fold.searcher.search(text, limit=CANDIDATES)
        if place in found.places:
            yield RankingSample(candidate_features(found, fold.searcher), found.places.index(place))


def candidate_features(found: Found, searcher: Searcher) -> NDArray[np.float64]:
    """Give the feature rows of the hits of a search."""
    stretched = stretch(found.legs.scores)
    rows = [features_of(found.asked, place, stretched, searcher.index) for place in found.places]
    return np.asarray(rows, dtype=np.float64)


def abstention_samples(
    fold: Fold, impossible: Sequence[str], noises: Sequence[str], ranker: LogisticRanker
) -> Iterator[AbstentionSample]:
    """Give samples that answer (right passage first), and that cannot (passage deleted, impossible question).

    Each question is asked once, spoilt by the next of `noises` in turn.
    """
    searcher = replace(fold.searcher, ranker=ranker)
    passages = searcher.index.passages
    for number, (asked, place) in enumerate(fold.asked):
        text = _spoilt_by(noises[number % len(noises)], asked)
        found = searcher.search(text)
        if found.places[0] == place:
            yield AbstentionSample(
                evidence(found, searcher.index), answers=True, kind="present", passage=place, text=text
            )
        without = searcher.search(text, hidden=_but(place))
        if _tells_the_same(without.hits[0].passage, passages[place]):
            continue  # a twin of the deleted passage may well answer
        yield AbstentionSample(
            evidence(without, searcher.index), answers=False, kind="deleted", passage=place, text=text
        )
    for number, text in enumerate(impossible):
        found = searcher.search(canonical(text))
        passage = len(passages) + number
        proof = evidence(found, searcher.index)
        yield AbstentionSample(proof, answers=False, kind="impossible", passage=passage, text=canonical(text))


def _tells_the_same(one: Passage, other: Passage) -> bool:
    return bool(set(one.fact_ids) & set(other.fact_ids)) or one.title == other.title


def _but(place: int) -> Hidden:
    return lambda _: (place,)


def _spoilt(asked: Sequence[tuple[str, int]], noises: Sequence[str]) -> Iterator[tuple[str, int]]:
    for noise in noises:
        for text, place in asked:
            yield _spoilt_by(noise, text), place


def _spoilt_by(noise: str, text: str) -> str:
    spoil = {**NOISES, "chatty": chatty}.get(noise, str)
    return canonical(spoil(text))


_CIRCUMSTANCES = (
    "",
    "nhà em ở trọ, vợ chồng đi làm ca, ",
    "em là mẹ đơn thân, ",
    "tôi là bà ngoại, bố mẹ cháu đi làm xa, ",
    "hai vợ chồng em ly hôn rồi, ",
    "tui ở quê mới lên, không rành, ",
)
_PLEAS = (
    " thì phải làm sao ạ",
    ", em phải làm gì ạ",
    " giờ phải làm sao",
    " vậy phải làm gì trước",
    ", giờ làm sao đây ạ",
)


def chatty(text: str) -> str:
    """Put a question among the words people write around it; the same text always gets the same words."""
    at = sum(text.encode())
    return f"{_BEFORE[at % len(_BEFORE)]}{text[:1].lower()}{text[1:]}{_AFTER[at // 7 % len(_AFTER)]}"


def pleading(text: str) -> str:
    """Put a message among a family's circumstances and a plea for advice; the same text always gets the same words.

    What is grave stays grave in them, and what is not stays harmless.
    """
    at = sum(text.encode())
    told = text.rstrip(" .!?")
    return f"{_CIRCUMSTANCES[at % len(_CIRCUMSTANCES)]}{told}{_PLEAS[at // 7 % len(_PLEAS)]}"
