"""How much of a question each known question of an index says, found through the words they share.

A knowledge base knows thousands of wordings and a question has a dozen words: going through their lists costs a tenth
of going through the wordings of the candidates. Sums are made in the order of the question's words, as for one text.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.retrieval.lexical import count
from rag.retrieval.parts import Filed

Shares = NDArray[np.float64]


class KnownQuestions:
    """The known questions of all passages of an index, by their different folded words."""

    def __init__(self, groups: Sequence[Sequence[tuple[str, ...]]]) -> None:
        counted = count(Filed(words, (1,) * len(words), len(words)) for group in groups for words in group)
        self._rows, self._size = counted.terms, len(counted.lengths)
        order = np.argsort(counted.rows, kind="stable")
        self._documents = counted.documents[order]
        self._ends = np.cumsum(np.bincount(counted.rows, minlength=len(self._rows)))
        self._starts = np.concatenate(([0], np.cumsum([len(group) for group in groups]))).astype(int).tolist()

    def shares(self, weight: Mapping[str, float]) -> Shares:
        """Give the share of the weight of a question's words that each known question says."""
        total = sum(weight.values())
        rows = [(self._rows[word], held) for word, held in weight.items() if word in self._rows]
        if not total or not rows:
            return np.zeros(self._size)
        spans = [self._documents[self._ends[row - 1] if row else 0 : self._ends[row]] for row, _ in rows]
        weights = np.repeat([held for _, held in rows], [len(span) for span in spans])
        return np.bincount(np.concatenate(spans), weights, minlength=self._size) / total

    def of(self, place: int) -> slice:
        """Give where the known questions of a passage stand among all."""
        return slice(self._starts[place], self._starts[place + 1])
