"""BM25 over an inverted index in numpy: one immutable object a field, scores for all documents at once.

Scores are exact, so a lexical leg never hides a passage from another leg.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.retrieval.parts import Filed

K1, B = 0.9, 0.4  # best of the grid on law texts; long and short passages mix


@dataclass(frozen=True, slots=True)
class TermStats:
    """How common terms are in a whole of which an index holds a part: số liệu từ ngữ.

    `frequency` names the documents that hold a term, for every term that will be asked; `size` counts all documents.
    """

    size: int
    mean_length: float
    frequency: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Counted:
    """How often terms stand in documents, as numbers: số lần xuất hiện.

    `terms` numbers the terms; `rows`, `documents` and `counts` say side by side which term stands in which document
    how often; `lengths` are those of all documents, in terms.
    """

    terms: Mapping[str, int]
    rows: NDArray[np.integer]
    documents: NDArray[np.integer]
    counts: NDArray[np.integer]
    lengths: NDArray[np.integer]


def count(documents: Iterable[Filed]) -> Counted:
    """Count documents that come one by one; their terms are numbered in the order in which they come."""
    terms = _Numbers()
    rows, counts, sizes, lengths = (array("i") for _ in range(4))
    for document in documents:
        rows.extend(map(terms.__getitem__, document.terms))
        counts.extend(document.counts)
        sizes.append(len(document.terms))
        lengths.append(document.length)
    of = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    return Counted(terms, _numbers(rows), of, _numbers(counts), _numbers(lengths))


def _numbers(told: "array[int]") -> NDArray[np.int32]:
    return np.asarray(told, dtype=np.int32)


class LexicalIndex:
    """An inverted index with its BM25 weights worked out beforehand.

    With `whole`, the documents are weighed as a part of that whole; it names each of their terms.
    """

    def __init__(
        self,
        counted: Counted,
        *,
        k1: float = K1,
        b: float = B,
        whole: TermStats | None = None,
    ) -> None:
        self._whole = whole
        self._rows = counted.terms
        self.size = len(counted.lengths)
        order = np.argsort(counted.rows, kind="stable")
        row_of = counted.rows[order]
        self._docs = counted.documents[order].astype(np.min_scalar_type(self.size), copy=False)
        here = np.bincount(row_of, minlength=len(self._rows)).astype(np.float32)
        self._starts = np.concatenate(([0], np.cumsum(here))).astype(np.int64)
        self._of = whole.size if whole else self.size
        frequency = np.asarray([whole.frequency[t] for t in self._rows], np.float32) if whole else here
        self._idf = np.log1p((self._of - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
        tf = counted.counts[order].astype(np.float32)
        length = counted.lengths.astype(np.float32)
        mean = whole.mean_length if whole else float(length.mean()) if self.size else 1.0
        norm = k1 * (1 - b + b * length / max(mean, 1.0))
        self._weights = self._idf[row_of] * tf * (k1 + 1) / (tf + norm[self._docs])
        self._k1 = k1

    def scores(self, terms: Iterable[str]) -> NDArray[np.float32]:
        """Give the BM25 score of every document; a term asked twice counts twice."""
        asked = {
            row: count for term, count in Counter(terms).items() if (row := self._rows.get(term)) is not None
        }
        if not asked:
            return np.zeros(self.size, dtype=np.float32)
        rows = np.fromiter(asked, dtype=np.intp, count=len(asked))
        starts, ends = self._starts[rows], self._starts[rows + 1]
        spans = list(map(slice, starts.tolist(), ends.tolist()))
        docs = np.concatenate([self._docs[span] for span in spans])
        weights = np.concatenate([self._weights[span] for span in spans])
        if max(asked.values()) > 1:
            times = np.fromiter(asked.values(), dtype=np.float32, count=len(asked))
            weights *= np.repeat(times, ends - starts)
        return np.bincount(docs, weights, minlength=self.size).astype(np.float32)

    def idf(self, term: str) -> float:
        """Give the weight of a term; an unknown one weighs as the rarest."""
        row = self._rows.get(term)
        if row is not None:
            return float(self._idf[row])
        held = self._whole.frequency.get(term, 0) if self._whole else 0
        return float(np.log1p((self._of - held + 0.5) / (held + 0.5)))

    def ideal(self, terms: Iterable[str]) -> float:
        """Give the score of an imagined document that says every term often."""
        return sum(self.idf(term) for term in terms) * (self._k1 + 1)

    def __contains__(self, term: str) -> bool:
        return term in (self._whole.frequency if self._whole else self._rows)


class _Numbers(dict[str, int]):
    """Numbers terms in the order in which they are first looked up."""

    def __missing__(self, term: str) -> int:
        self[term] = number = len(self)
        return number
