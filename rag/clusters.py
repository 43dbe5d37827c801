"""Groups questions that mean the same, for the people who will answer them.

Closeness is the sum of three cosines: of sentence vectors (centred on the known questions, because the vectors of
one language crowd into a cone), of syllables and of syllable pairs, weighed by how rare they are. Questions are
repaired first, so that one without diacritics falls in with its like. Nothing is decided here about answering.
"""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.ports import Embedder
from rag.retrieval.search import Searcher
from rag.retrieval.terms import folded, with_bigrams
from rag.retrieval.texts import known_texts
from rag.vietnamese.forms import canonical, tokens

CLOSE = 0.95
"""Of 3; chosen on paraphrases of parents' questions (tests/rag/test_clusters.py): groups stay pure, few split."""

Matrix = NDArray[np.float32]


def group(texts: Sequence[str], searcher: Searcher, close: float = CLOSE) -> tuple[tuple[int, ...], ...]:
    """Give groups of places in `texts`, the largest first; the first place of a group is its middle.

    Every place is in exactly one group. CPU work, quadratic: for some thousand questions, in a worker thread.
    """
    if not texts:
        return ()
    return _gather(closeness(texts, searcher), close)


def closeness(texts: Sequence[str], searcher: Searcher) -> Matrix:
    """Give how near any two texts are, from about -1 to 3."""
    said = [_repaired(text, searcher) for text in texts]
    known = known_texts(searcher.index)
    syllables, usual = [folded(words) for words in said], [folded(tokens(text)) for text in known]
    near = _rare(syllables, usual)
    near += _rare([with_bigrams(one) for one in syllables], [with_bigrams(one) for one in usual])
    if searcher.embedder is not None:
        near += _dense([" ".join(words) for words in said], known, searcher.embedder)
    return near


def _gather(near: Matrix, close: float) -> tuple[tuple[int, ...], ...]:
    """Take the place with the most like it, with these; go on with what is left."""
    alike = near >= close
    np.fill_diagonal(alike, val=True)
    left = np.ones(len(alike), dtype=bool)
    groups: list[tuple[int, ...]] = []
    while left.any():
        counts = np.where(left, (alike & left).sum(axis=1), 0)
        best = np.flatnonzero(counts == counts.max())
        sums = (near[best] * (alike[best] & left)).sum(axis=1)
        middle = int(best[int(np.argmax(sums))])
        members = np.flatnonzero(alike[middle] & left)
        left[members] = False
        groups.append((middle, *(int(one) for one in members if one != middle)))
    return tuple(sorted(groups, key=lambda group: (-len(group), group[0])))


def _repaired(text: str, searcher: Searcher) -> tuple[str, ...]:
    plain = canonical(text)
    return tuple(tokens(searcher.repairer.repair(plain) if searcher.repairer else plain))


def _dense(texts: list[str], known: list[str], embedder: Embedder) -> Matrix:
    vectors = np.asarray(embedder.embed_passages(texts), dtype=np.float32)
    if known:
        vectors = vectors - np.asarray(embedder.embed_passages(known), dtype=np.float32).mean(axis=0)
    return _cosines(vectors)


def _rare(texts: list[list[str]], known: list[list[str]]) -> Matrix:
    seen: Counter[str] = Counter(term for terms in (*texts, *known) for term in set(terms))
    everything = len(texts) + len(known)
    places = {term: place for place, term in enumerate(dict.fromkeys(t for terms in texts for t in terms))}
    weights = np.zeros((len(texts), max(1, len(places))), dtype=np.float32)
    for row, terms in enumerate(texts):
        for term, count in Counter(terms).items():
            weights[row, places[term]] = (1 + math.log(count)) * math.log(1 + everything / seen[term])
    return _cosines(weights)


def _cosines(rows: Matrix) -> Matrix:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit = rows / np.maximum(lengths, np.float32(1e-6))
    cosines: Matrix = unit @ unit.T
    return cosines
