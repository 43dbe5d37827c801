"""Finds the few words of a passage that answer a question: người đọc.

It serves the exact match and F1 of `rag evaluate`; a parent is told approved answers and whole sentences, which hold
the conditions that a few words leave out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from rag.reading.network import LONGEST, load_weights, scores_of
from rag.reading.words import Floats, Word, signs_of, words_of

if TYPE_CHECKING:
    from rag.embedding.e5.engine import Engine

_MOST, _MOST_ASKED = 400, 64  # pieces of a passage and of a question that are read together
_LIKELY = 50  # answers that are compared
_SPACE = 4_000  # characters of a passage around the nearest sentence that are cut into words at all


@dataclass(frozen=True, slots=True)
class Framed:
    """Words with the vectors the network reads: the mean of the question's, and one a word."""

    words: list[Word]
    asked: Floats
    vectors: Floats


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads with the bundled model's layers; may be asked by many threads at once."""

    engine: "Engine"

    def answer(self, question: str, text: str, near: str = "") -> str:
        """Give the words of a text that most likely answer; of a long one only what stands around `near` is read."""
        at = max(text.find(near), 0)
        start = max(at - _SPACE, 0)
        text = text[start : at + len(near) + _SPACE]
        words = self.window(words_of(text), at - start, at - start + len(near))
        if not words or not question.strip():
            return ""
        framed = self.framed(question, words)
        scores = scores_of(framed.asked, framed.vectors, signs_of(question, words), load_weights())
        first, more = likeliest(scores)
        return text[words[first].start : words[first + more].end]

    def window(self, words: list[Word], start: int, end: int) -> list[Word]:
        """Give the words that are read at once: those from character `start` to `end`, and as many on either side."""
        sizes = [len(self._cut(word)) for word in words]
        if sum(sizes) <= _MOST:
            return words
        inside = [at for at, word in enumerate(words) if word.end > start and word.start < end] or [0]
        low, high, room = inside[0], inside[0], _MOST
        while high <= inside[-1] and room >= sizes[high]:
            room, high = room - sizes[high], high + 1
        while True:
            before, after = low > 0 and room >= sizes[low - 1], high < len(words) and room >= sizes[high]
            if not (before or after):
                return words[low:high]
            if before and (not after or inside[0] - low <= high - 1 - inside[-1]):
                low, room = low - 1, room - sizes[low - 1]
            else:
                high, room = high + 1, room - sizes[high]

    def framed(self, question: str, words: list[Word]) -> Framed:
        """Read a question and words together."""
        asked = [piece for word in words_of(question) for piece in self._cut(word)][:_MOST_ASKED]
        cuts = [self._cut(word) for word in words]
        sizes = np.asarray([len(cut) for cut in cuts])
        query, passage = self.engine.pieces_of("query:"), self.engine.pieces_of("passage:")
        first, second = [*query, *asked], [*passage, *(piece for cut in cuts for piece in cut)]
        rows = self.engine.layers(first, second)
        own = rows[len(first) + len(passage) :]
        starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
        vectors = np.add.reduceat(own, starts, axis=0) / sizes[:, None]
        return Framed(words, rows[len(query) : len(first)].mean(axis=0), vectors.astype(np.float32))

    def _cut(self, word: Word) -> Sequence[int]:
        return self.engine.pieces_of_word(word.text, joined=word.joined)


def likeliest(scores: Floats) -> tuple[int, int]:
    """Give the answer (first word, words more) that shares most with the likely ones and is likely itself.

    Of "7", "07 ngày" and "trong 07 ngày" the middle one shares most with the others, even where "7" alone is likelier.
    """
    places = np.argsort(-scores, axis=None)[:_LIKELY]
    chance = np.exp(scores.flat[places] - scores.flat[places[0]])
    chance /= chance.sum()
    first, more = np.divmod(places, LONGEST)
    last = first + more
    shared = np.minimum(last[:, None], last) - np.maximum(first[:, None], first) + 1
    alike = 2 * np.maximum(shared, 0) / (more[:, None] + more + 2)
    best = int(np.argmax(alike @ chance + chance))
    return int(first[best]), int(more[best])


@lru_cache(maxsize=1)
def load_reader() -> Reader:
    """Load the reader, once a process.

    Raises:
        ImportError: onnxruntime, whose layers it reads, is not installed.
    """
    from rag.embedding.e5.engine import load_engine

    return Reader(load_engine())
