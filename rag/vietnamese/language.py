"""What is said next to what: counts of syllables and their neighbours, learned from the texts of one index.

Small on purpose (an index has some ten thousand sentences); it only has to prefer what the index can answer. Neighbours
that are common in any Vietnamese (`common.txt`) cost less, because an index of one field never says most of them.
Smoothed as Witten and Bell, and Kneser and Ney do: a word that many different words follow leaves more room for one
never seen there, and a word that stands after many different words is likelier to stand after another.
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
_ROOM = (
    3.0  # room for the unseen, by each different follower; between 1 and 6 three sets of questions all gain
)
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
        self._size = len(self.counts) + 1
        self._heads: Counter[str] = Counter()
        for (left, _), count in self._pairs.items():
            self._heads[left] += count
        self._followers = Counter(left for left, _ in self._pairs)
        self._leaders = Counter(word for _, word in self._pairs)
        self.by_fold: dict[str, list[str]] = defaultdict(list)
        for word in self.counts:
            self.by_fold[fold(word)].append(word)

    def __contains__(self, word: str) -> bool:
        return word in self.counts

    def cost(self, left: str, word: str, near: "Language | None" = None) -> float:
        """Give the surprise (nats) of `word` after `left` ('' at the start).

        `near` is the language of texts the message is likely about: each of their words counts as several.
        """
        leaders, pairs, seen, head, followers = self._observed(left or _START, word)
        if near is not None:
            more = near._observed(left or _START, word)  # noqa: SLF001 - another of the same class
            leaders, pairs, seen, head = (
                a + _NEAR * b for a, b in zip((leaders, pairs, seen, head), more[:4], strict=True)
            )
            followers += more[4]
        alone = (leaders + 0.3) / (pairs + 1 + 0.3 * self._size)
        room = _ROOM * followers + 1
        usual = _COMMON if (left, word) in common_pairs() else 0.0
        return -math.log((seen + room * alone) / (head + room)) - usual

    def _observed(self, left: str, word: str) -> tuple[int, int, int, int, int]:
        """Give after how many different words the word stood, of how many pairs; how often it stood after `left`.

        Then how often anything stood after `left`, and how many different words did.
        """
        return (
            self._leaders[word],
            len(self._pairs),
            self._pairs[(left, word)],
            self._heads[left],
            self._followers[left],
        )


@lru_cache(maxsize=1)
def common_pairs() -> frozenset[tuple[str, str]]:
    """Give the neighbours that are common in any Vietnamese: a list written for this project, of everyday phrases."""
    listed = Path(__file__).with_name("common.txt").read_text(encoding="utf-8").replace("\n", ",").split(",")
    return frozenset(pair for phrase in listed for pair in pairwise(tokens(phrase)))


def marked_share(words: Iterable[str]) -> float:
    """Give the share of words that carry a Vietnamese mark (about 0.75 in careful writing)."""
    letters = [word for word in words if word.isalpha()]
    return sum(not word.isascii() for word in letters) / max(len(letters), 1)
