"""From a question to ranked hits: prepare, ask the legs, blend, keep the best, let a re-ranker order them.

Decides nothing about answering; `rag.guard` and `rag.answerer` do.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rag.errors import RerankerError
from rag.ports import Embedder, Reranker
from rag.rerank.logistic import LogisticRanker
from rag.retrieval.features import Asked, asked_of
from rag.retrieval.fusion import blend, highest, stretch
from rag.retrieval.index import MATTER, Legs, PassageIndex, SearchQuery
from rag.retrieval.matters import unlearned
from rag.retrieval.question import prepare
from rag.retrieval.terms import folded
from rag.values import Passage
from rag.vietnamese.repair import Repairer

CANDIDATES = 30
Hidden = Callable[[PassageIndex], Sequence[int]]
"""Names the places of an index that a search passes by."""


def nothing_hidden(index: PassageIndex) -> Sequence[int]:
    """Pass nothing by."""
    return ()


@dataclass(frozen=True, slots=True)
class Hit:
    """One found passage: its place in the index, the ranker's score for the first place, its nearest sentence."""

    passage: Passage
    place: int
    score: float
    sentence: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a search gave: hits, best first, and the evidence the abstention model judges; places are in `index`."""

    query: SearchQuery
    asked: Asked
    hits: tuple[Hit, ...]
    legs: Legs
    places: tuple[int, ...]
    index: PassageIndex


@dataclass(frozen=True, slots=True)
class Searcher:
    """Searches one index; made anew, whole, when the index changes."""

    index: PassageIndex
    embedder: Embedder | None
    repairer: Repairer | None
    ranker: LogisticRanker
    reranker: Reranker | None = None

    @property
    def version(self) -> str:
        """Name the state of what is searched; equal names give equal answers to equal questions."""
        return self.index.version

    def follow(self) -> None:
        """Take up what others have made of the index since; one in memory is changed by nobody else."""

    def search(self, text: str, *, hidden: Hidden = nothing_hidden, limit: int = 10) -> Found:
        """Find the passages nearest a canonical question; `hidden` names places to pass by (other provinces' rules)."""
        query = prepare(text, self.embedder, self.repairer, self.index.near)
        return self.ranked(text, query, self.index, self.index.legs(query), hidden=hidden, limit=limit)

    def ranked(
        self,
        text: str,
        query: SearchQuery,
        index: PassageIndex,
        legs: Legs,
        *,
        hidden: Hidden = nothing_hidden,
        limit: int = 10,
    ) -> Found:
        """Rank the passages of an index by their legs; one known to be asked in these words is always among the hits.

        A few words alone lie near too many passages: “hội phí” was not among the first ten of the one that knows it.
        """
        asked = asked_of(folded(query.repaired), index)
        if not index.passages:
            return Found(query, asked, (), legs, (), index)
        legs = _hide(legs, hidden(index))
        stretched = stretch(legs.scores)
        fused = blend(stretched, self.ranker.first)
        fused[list(legs.hidden)] = -1.0
        here = stretched[MATTER, : len(index.passages)]
        here[unlearned(query.matters, index.place, len(here))] = stretched[MATTER].max()
        order = highest(fused, max(limit, CANDIDATES))
        known = [place for place in index.asked_by(folded(query.typed)) if fused[place] >= 0]
        places = list(dict.fromkeys((*(place for place in order if fused[place] >= 0), *known)))
        found = tuple(
            Hit(index.passages[place], place, score, index.best_sentence(place, legs))
            for place, score in self.ranker.rank(asked, places, stretched, index)
        )
        ordered = self._rerank(text, found)
        hits = ordered[:limit] + tuple(hit for hit in ordered[limit:] if hit.place in known)
        return Found(query, asked, hits, legs, tuple(hit.place for hit in hits), index)

    def _rerank(self, text: str, hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
        if self.reranker is None or len(hits) < 2:
            return hits
        try:
            scores = self.reranker.score(text, [hit.passage for hit in hits])
        except RerankerError:
            return hits
        ranked = sorted(zip(scores, hits, strict=True), key=lambda pair: -pair[0])
        return tuple(hit for _, hit in ranked)


def _hide(legs: Legs, hidden: Sequence[int]) -> Legs:
    """Take passages out of every leg, so that they neither are found nor bend the scale of the others."""
    if not hidden:
        return legs
    scores = legs.scores.copy()
    seen = np.delete(scores, hidden, axis=1)
    scores[:, hidden] = seen.min(axis=1, keepdims=True) if seen.shape[1] else 0.0
    return replace(legs, scores=scores, hidden=(*legs.hidden, *hidden))
