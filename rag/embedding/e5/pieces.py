"""Cuts a text into the pieces the model knows: the likeliest cut of each word (unigram model of SentencePiece).

No piece goes beyond a word, so words are cut one by one and those met last are remembered.
"""

import re
from functools import lru_cache

import numpy as np

from rag.embedding.e5.packed import Vocabulary

_MARK = "\u2581"  # stands before every word
_SPACES = re.compile(" +")
_REMEMBERED = 20_000
_RARER = 10.0  # an unknown character is this much less likely than the rarest piece (log)


class Pieces:
    """The cut of one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._plain = dict(vocabulary.plain)
        self._longest = vocabulary.pieces.itemsize
        self._rarest = float(vocabulary.scores.min()) - _RARER
        self._cut = lru_cache(maxsize=_REMEMBERED)(self._likeliest)

    def numbers(self, text: str) -> list[int]:
        """Give the numbers of the pieces of a text, without its frame."""
        plain = _SPACES.sub(" ", text.translate(self._plain)).removeprefix(" ")
        return [number for word in plain.split(" ") for number in self._cut(_MARK + word)]

    def _likeliest(self, word: str) -> tuple[int, ...]:
        """Find the likeliest cut of a word (Viterbi)."""
        best: list[tuple[float, tuple[int, ...]]] = [(0.0, ())]
        for end in range(1, len(word) + 1):
            total, cut = best[-1]
            found = total + self._rarest, (*cut, self._vocabulary.unknown)
            for start, number, score in self._known(word, end):
                if best[start][0] + score > found[0]:
                    found = best[start][0] + score, (*best[start][1], number)
            best.append(found)
        return best[-1][1]

    def _known(self, word: str, end: int) -> list[tuple[int, int, float]]:
        """Give where known pieces begin that end there, with their numbers and scores."""
        starts = range(max(0, end - self._longest), end)
        parts = np.asarray([word[start:end].encode() for start in starts])
        words = self._vocabulary
        at = np.searchsorted(words.pieces, parts) % len(words.pieces)
        found = np.flatnonzero((words.pieces[at] == parts) & (words.numbers[at] != words.unknown))
        return [(starts[i], int(words.numbers[at[i]]), float(words.scores[at[i]])) for i in found]
