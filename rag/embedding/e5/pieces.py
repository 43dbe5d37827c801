"""Cuts a text into the pieces the model knows: the likeliest cut of each word (unigram model of SentencePiece).

No piece goes beyond a word, so words are cut one by one and those met last are remembered.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from rag.embedding.e5.packed import Vocabulary

_MARK = "\u2581"  # stands before every word
_SPACES = re.compile(" +")
_REMEMBERED = 20_000
_AT_ONCE = 200  # characters of a word without end, such as a file pasted as text
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

    def of_word(self, word: str, *, joined: bool) -> tuple[int, ...]:
        """Give the numbers of the pieces of one word; `joined` stands right after another, without a space."""
        plain = word.translate(self._plain).strip() or word
        return self._cut(plain if joined else _MARK + plain)

    def _likeliest(self, word: str) -> tuple[int, ...]:
        """Find the likeliest cut of a word (Viterbi)."""
        best, back = [0.0], [(0, 0)]
        for end, known in enumerate(self._known(word), 1):
            unknown = best[-1] + self._rarest, end - 1, self._vocabulary.unknown
            total, *step = max(
                [(best[start] + score, start, number) for start, number, score in known] + [unknown]
            )
            best.append(total)
            back.append((step[0], step[1]))
        cut, end = [], len(word)
        while end:
            end, number = back[end]
            cut.append(number)
        return tuple(reversed(cut))

    def _known(self, word: str) -> Iterator[list[tuple[int, int, float]]]:
        """Give the known pieces that end at each character: where they begin, their numbers and scores."""
        words = self._vocabulary
        for first in range(1, len(word) + 1, _AT_ONCE):
            ends = range(first, min(first + _AT_ONCE, len(word) + 1))
            spans = [(start, end) for end in ends for start in range(max(0, end - self._longest), end)]
            parts = np.asarray([word[start:end].encode() for start, end in spans])
            at = np.searchsorted(words.pieces, parts) % len(words.pieces)
            found: dict[int, list[tuple[int, int, float]]] = {end: [] for end in ends}
            for i in np.flatnonzero((words.pieces[at] == parts) & (words.numbers[at] != words.unknown)):
                start, end = spans[i]
                found[end].append((start, int(words.numbers[at[i]]), float(words.scores[at[i]])))
            yield from found.values()
