"""Cuts a text into the pieces the model knows: the likeliest cut of each word (unigram model of SentencePiece).

No piece goes beyond a word, so words are cut one by one and those met last are remembered.
"""

import re
from functools import lru_cache

from rag.embedding.e5.packed import Vocabulary

_MARK = "\u2581"  # stands before every word
_SPACES = re.compile(" +")
_REMEMBERED = 20_000
_RARER = 10.0  # an unknown character is this much less likely than the rarest piece (log)


class Pieces:
    """The cut of one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._plain, self._unknown = dict(vocabulary.plain), vocabulary.unknown
        self._number = {piece: number for number, piece in enumerate(vocabulary.pieces)}
        del self._number[vocabulary.pieces[vocabulary.unknown]]
        self._scores = vocabulary.scores.data
        self._longest = max(map(len, vocabulary.pieces))
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
            found = total + self._rarest, (*cut, self._unknown)
            for start in range(max(0, end - self._longest), end):
                number = self._number.get(word[start:end])
                if number is not None and (total := best[start][0] + self._scores[number]) > found[0]:
                    found = total, (*best[start][1], number)
            best.append(found)
        return best[-1][1]
