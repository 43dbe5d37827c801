"""What is said next to what: counts of syllables and their neighbours, learned from the texts of one index.

Small on purpose (an index has some ten thousand sentences); it only has to prefer what the index can answer. Neighbours
that are common in any Vietnamese (`common.txt`) cost less, because an index of one field never says most of them.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from rag.vietnamese.forms import fold, tokens
from rag.vietnamese.sentences import sentences

_START = "<"
_PRIOR = 1.5  # how many observations the unigram guess is worth
_UNMARKED = 0.15
_NEAR = 12  # chosen on the knowledge's own questions, asked without marks
_LONG_ENOUGH = 3
_COMMON = 2.0  # nats; between 0.7 and 2.5 three sets of questions without marks all gain


class Language:
    """Bigram language model and vocabulary of one index."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.counts: Counter[str] = Counter()
        self._pairs: Counter[tuple[str, str]] = Counter()
        for text in texts:
            for sentence in (s for line in text.splitlines() for s in sentences(line)):
                words = tokens(sentence)
                if marked_share(words) < _UNMARKED and len(words) >= _LONG_ENOUGH:
                    continue  # typed without marks: it would teach the repairer to leave them out
                self.counts.update(words)
                self._pairs.update(zip([_START, *words], [*words, _START], strict=False))
        self._total = sum(self.counts.values()) + 1
        self._size = len(self.counts) + 1
        self._heads: Counter[str] = Counter()
        for (left, _), count in self._pairs.items():
            self._heads[left] += count
        self.by_fold: dict[str, list[str]] = defaultdict(list)
        for word in self.counts:
            self.by_fold[fold(word)].append(word)

    def __contains__(self, word: str) -> bool:
        return word in self.counts

    def cost(self, left: str, word: str, near: "Language | None" = None) -> float:
        """Give the surprise (nats) of `word` after `left` ('' at the start).

        `near` is the language of texts the message is likely about: each of their words counts as several.
        """
        count, total, seen, head = self._observed(left or _START, word)
        if near is not None:
            more = near._observed(left or _START, word)  # noqa: SLF001 - another of the same class
            added = (_NEAR * number for number in more)
            count, total, seen, head = (a + b for a, b in zip((count, total, seen, head), added, strict=True))
        alone = (count + 0.3) / (total + 0.3 * self._size)
        usual = _COMMON if (left, word) in common_pairs() else 0.0
        return -math.log((seen + _PRIOR * alone) / (head + _PRIOR)) - usual

    def _observed(self, left: str, word: str) -> tuple[int, int, int, int]:
        """Give how often the word stood, of how many; how often after `left`, of how many after it."""
        return self.counts[word], self._total, self._pairs[(left, word)], self._heads[left]


@lru_cache(maxsize=1)
def common_pairs() -> frozenset[tuple[str, str]]:
    """Give the neighbours that are common in any Vietnamese: a list written for this project, of everyday phrases."""
    listed = Path(__file__).with_name("common.txt").read_text(encoding="utf-8").replace("\n", ",").split(",")
    return frozenset(pair for phrase in listed for pair in pairwise(tokens(phrase)))


def marked_share(words: Iterable[str]) -> float:
    """Give the share of words that carry a Vietnamese mark (about 0.75 in careful writing)."""
    letters = [word for word in words if word.isalpha()]
    return sum(not word.isascii() for word in letters) / max(len(letters), 1)
