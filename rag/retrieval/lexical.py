"""BM25 over an inverted index in numpy: one immutable object a field, scores for all documents at once.

Scores are exact, so a lexical leg never hides a passage from another leg.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

K1, B = 0.9, 0.4  # best of the grid on law texts; long and short passages mix


class LexicalIndex:
    """An inverted index with its BM25 weights worked out beforehand."""

    def __init__(self, documents: Iterable[Sequence[str]], *, k1: float = K1, b: float = B) -> None:
        self._rows: dict[str, int] = {}
        rows: list[int] = []
        docs: list[int] = []
        counts: list[int] = []
        lengths: list[int] = []
        for number, terms in enumerate(documents):
            lengths.append(len(terms))
            for term, count in Counter(terms).items():
                rows.append(self._rows.setdefault(term, len(self._rows)))
                docs.append(number)
                counts.append(count)
        self.size = len(lengths)
        order = np.argsort(np.asarray(rows, dtype=np.int64), kind="stable")
        row_of = np.asarray(rows, dtype=np.int32)[order]
        self._docs = np.asarray(docs, dtype=np.int32)[order]
        frequency = np.bincount(row_of, minlength=len(self._rows)).astype(np.float32)
        self._starts = np.concatenate(([0], np.cumsum(frequency))).astype(np.int64)
        self._idf = np.log1p((self.size - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
        tf = np.asarray(counts, dtype=np.float32)[order]
        length = np.asarray(lengths, dtype=np.float32)
        norm = k1 * (1 - b + b * length / max(float(length.mean()) if self.size else 1.0, 1.0))
        self._weights = self._idf[row_of] * tf * (k1 + 1) / (tf + norm[self._docs])
        self._k1 = k1

    def scores(self, terms: Iterable[str]) -> NDArray[np.float32]:
        """Give the BM25 score of every document; a term asked twice counts twice."""
        total = np.zeros(self.size, dtype=np.float32)
        for term, count in Counter(terms).items():
            row = self._rows.get(term)
            if row is not None:
                here = slice(self._starts[row], self._starts[row + 1])
                total[self._docs[here]] += count * self._weights[here]
        return total

    def idf(self, term: str) -> float:
        """Give the weight of a term; an unknown one weighs as the rarest."""
        row = self._rows.get(term)
        return float(self._idf[row]) if row is not None else float(np.log1p((self.size + 0.5) / 0.5))

    def ideal(self, terms: Iterable[str]) -> float:
        """Give the score of an imagined document that says every term often."""
        return sum(self.idf(term) for term in terms) * (self._k1 + 1)

    def __contains__(self, term: str) -> bool:
        return term in self._rows
