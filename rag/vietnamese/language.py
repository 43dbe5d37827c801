"""What is said next to what: counts of syllables and their neighbours, learned from the texts of one index.

Small on purpose (an index has some ten thousand sentences); it only has to prefer what the index can answer. Neighbours
that are common in any Vietnamese (`common.txt`) cost less, because an index of one field never says most of them.
Smoothed as Witten and Bell, and Kneser and Ney do: a word that many different words follow leaves more room for one
never seen there, and a word that stands after many different words is likelier to stand after another.
"""

import math
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import chain, pairwise
from operator import itemgetter
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


def words_said(text: str) -> tuple[tuple[str, ...], ...]:
    """Give the words of each sentence of a text; one typed without marks would teach to leave them out, and is none."""
    said = (tuple(map(sys.intern, tokens(one))) for line in text.splitlines() for one in sentences(line))
    return tuple(words for words in said if marked_share(words) >= _UNMARKED or len(words) < _LONG_ENOUGH)


class Language:
    """Bigram language model and vocabulary of texts, each given as `words_said` gives it."""

    def __init__(self, texts: Iterable[Sequence[Sequence[str]]]) -> None:
        self.counts: Counter[str] = Counter()
        self._heads: Counter[str] = Counter()
        self._pairs: Counter[tuple[str, str]] = Counter()
        for sentences_said in texts:
            framed = [(_START, *words, _START) for words in sentences_said]
            self.counts.update(chain.from_iterable(sentences_said))
            self._heads.update(chain.from_iterable(words[:-1] for words in framed))
            self._pairs.update(chain.from_iterable(map(pairwise, framed)))
        self._followers = Counter(map(itemgetter(0), self._pairs))
        self._leaders = Counter(map(itemgetter(1), self._pairs))

    @cached_property
    def by_fold(self) -> Mapping[str, list[str]]:
        """The words by what is left of them without marks."""
        found: dict[str, list[str]] = defaultdict(list)
        for word in self.counts:
            found[fold(word)].append(word)
        return found

    def __contains__(self, word: str) -> bool:
        return word in self.counts

    def surprise(self, near: "Language | None" = None) -> "Surprise":
        """Give the surprise of words after others, for one message.

        `near` is the language of texts the message is likely about: each of their words counts as several.
        """
        return Surprise([(self, 1)] if near is None else [(self, 1), (near, _NEAR)])

    def followers(self, left: str) -> tuple[int, int]:
        """Give how often anything stood after a word, and how many different words did."""
        return self._heads.get(left, 0), self._followers.get(left, 0)

    def leaders(self, word: str) -> int:
        """Give after how many different words a word stood."""
        return self._leaders.get(word, 0)

    @property
    def pairs(self) -> Mapping[tuple[str, str], int]:
        """How often each word stood after another."""
        return self._pairs

    @property
    def size(self) -> int:
        """How many words the language has, and one for all others."""
        return len(self.counts) + 1


class Surprise:
    """The surprise (nats) of a word after another, by languages that each count so many times.

    What is known of one word alone is looked up once: a message asks for each word beside ten others.
    """

    def __init__(self, languages: Sequence[tuple[Language, int]]) -> None:
        self._languages = languages
        self._pairs = [(language.pairs, times) for language, times in languages]
        known = sum(times * len(language.pairs) for language, times in languages)
        self._all = known + 1 + 0.3 * languages[0][0].size
        self._usual = common_pairs()
        self._after: dict[str, tuple[float, float]] = {}
        self._alone: dict[str, float] = {}

    def __call__(self, left: str, word: str) -> float:
        """Give the surprise of `word` after `left` ('' at the start)."""
        left = left or _START
        room, whole = self._after.get(left) or self._look_after(left)
        alone = self._alone.get(word) or self._look_at(word)
        pair, seen = (left, word), 0
        for pairs, times in self._pairs:
            seen += times * pairs.get(pair, 0)
        usual = _COMMON if pair in self._usual else 0.0
        return -math.log((seen + room * alone) / whole) - usual

    def _look_after(self, left: str) -> tuple[float, float]:
        """Remember the room a word leaves for what never followed it, and that with all that did."""
        found = [(language.followers(left), times) for language, times in self._languages]
        head = sum(times * often for (often, _), times in found)
        room = _ROOM * sum(different for (_, different), _ in found) + 1
        self._after[left] = room, head + room
        return self._after[left]

    def _look_at(self, word: str) -> float:
        """Remember how freely a word stands after others."""
        leaders = sum(times * language.leaders(word) for language, times in self._languages)
        self._alone[word] = alone = (leaders + 0.3) / self._all
        return alone


@lru_cache(maxsize=1)
def common_pairs() -> frozenset[tuple[str, str]]:
    """Give the neighbours that are common in any Vietnamese: a list written for this project, of everyday phrases."""
    listed = Path(__file__).with_name("common.txt").read_text(encoding="utf-8").replace("\n", ",").split(",")
    return frozenset(pair for phrase in listed for pair in pairwise(tokens(phrase)))


def marked_share(words: Iterable[str]) -> float:
    """Give the share of words that carry a Vietnamese mark (about 0.75 in careful writing)."""
    letters = [word for word in words if word.isalpha()]
    return sum(not word.isascii() for word in letters) / max(len(letters), 1)
