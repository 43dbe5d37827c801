"""What is said next to what: counts of syllables and their neighbours, learned from the texts of one index.

Small on purpose (an index has some ten thousand sentences); it only has to prefer what the index can answer.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable

from rag.vietnamese.forms import fold, tokens
from rag.vietnamese.sentences import sentences

_START = "<"
_PRIOR = 1.5  # how many observations the unigram guess is worth
_UNMARKED = 0.15
_LONG_ENOUGH = 3


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

    def cost(self, left: str, word: str) -> float:
        """Give the surprise (nats) of `word` after `left` ('' at the start)."""
        left = left or _START
        alone = (self.counts[word] + 0.3) / (self._total + 0.3 * self._size)
        seen = self._pairs[(left, word)]
        return -math.log((seen + _PRIOR * alone) / (self._heads[left] + _PRIOR))


def marked_share(words: Iterable[str]) -> float:
    """Give the share of words that carry a Vietnamese mark (about 0.75 in careful writing)."""
    letters = [word for word in words if word.isalpha()]
    return sum(not word.isascii() for word in letters) / max(len(letters), 1)
