"""Brings back what the typist left out: diacritics, keystrokes meant for a Telex or VNI keyboard, slips.

A noisy-channel decoder over syllables: candidates from the vocabulary of the index, a cost for each kind of change,
bigram counts for what is said next to what, Viterbi for the cheapest whole. Learned anew from each index.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from pathlib import Path

from rag.vietnamese.forms import fold, match_case
from rag.vietnamese.keystrokes import from_telex, from_vni
from rag.vietnamese.language import Language, marked_share, words_said
from rag.vietnamese.neighbours import Neighbours
from rag.vietnamese.syllable import is_syllable

Cost = Callable[[str, str], float]

_WORD = re.compile(r"[^\W_]+")
_MOST_CANDIDATES = 10
_KEYED_SHARE = 0.2
_UNMARKED, _CAREFUL, _CONTRADICT = 0.0, 12.0, 3.0  # surprise (nats) of leaving marks out, or typing others
_SLIP, _UNKNOWN = 4.0, 2.0
# An unknown syllable whose marks were typed: nobody sets them by a slip alone. -2 to -4 keep as many of our own words;
# the lowest that does still mends a last letter left out of a name ("Tư Hã" beside "Tư Hãn").
_PLAUSIBLE = -2.0
_NAMES = frozenset(
    ("uk", "hp", "vs", "ns", "ph", "dt", "dc", "gd", "hc", "cx", "mn", "kg", "k", "j", "z", "r")
)
_LAST = frozenset(("nha", "nhen"))
_ENDS = re.compile(r"\s*(?:$|[.!?,;\n]|(?:em|anh|chị|chi|ad|ạ|a|shop|bạn|ban|cô|co|thầy|thay)\b)")
_ANYWHERE = "?"
_said_near = lru_cache(maxsize=512)(words_said)  # the same few passages are near what many people ask


class Repairer:
    """Repairs questions with the language of one index."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._language = Language(map(words_said, texts))
        self._near = Neighbours(word for word in self._language.counts if word.isalpha())
        self._near_plain = Neighbours(word for word in self._language.by_fold if word.isalpha())

    def repair(self, text: str, near: Sequence[str] = ()) -> str:
        """Give the text as it was most likely meant; known words in careful writing stay as they are.

        `near` are texts it is likely about (found by its words without marks): what they say is preferred.
        """
        text = expand_slang(text)
        words = [found.group().lower() for found in _WORD.finditer(text)]
        if not words:
            return text
        decode = _keyboard(words, self._language)
        if decode is not None:
            words = [decode(word) for word in words]
        missing = _CAREFUL if decode else _cost_of_missing_marks(marked_share(words))
        cost = self._language.surprise(Language(map(_said_near, near)) if near else None)
        chosen = iter(_cheapest([self._options(word, missing, cost) for word in words], cost))
        return _WORD.sub(lambda found: _written(found.group(), next(chosen)), text)

    def read_keys(self, text: str) -> str:
        """Give a text typed as raw Telex or VNI keys as the words that were meant; any other text as it is."""
        words = [found.group().lower() for found in _WORD.finditer(text)]
        decode = _keyboard(words, self._language)
        if decode is None:
            return text
        return _WORD.sub(lambda found: match_case(found.group(), decode(found.group().lower())), text)

    def _options(self, word: str, missing: float, cost: Cost) -> list[tuple[str, float]]:
        """Give the words that may have been meant, each with what it costs to have been typed so."""
        if not word.isalpha():
            return [(word, 0.0)]
        known = word in self._language
        if known and missing == _CAREFUL:
            return [(word, 0.0)]
        found = {
            other: _mark_cost(word, other, missing) for other in self._language.by_fold.get(fold(word), ())
        }
        if not known and (not word.isascii() or not found):
            for other, slip in self._slips(word, missing):
                found[other] = min(found.get(other, slip), slip)
        found[word] = 0.0 if known else _cost_of_unknown(word)
        ranked = sorted(found.items(), key=lambda pair: pair[1] + cost(_ANYWHERE, pair[0]))
        return ranked[:_MOST_CANDIDATES]

    def _slips(self, word: str, missing: float) -> Iterator[tuple[str, float]]:
        """Give known words one or two slips away, with their cost."""
        for other, far in self._near.of(word):
            yield other, far * _SLIP
        plain = fold(word)
        for base, far in self._near_plain.of(plain):
            for other in self._language.by_fold[base]:
                yield other, far * _SLIP + _mark_cost(word, other, missing)


def _written(typed: str, meant: str) -> str:
    """Give the word that was meant with the capitals of the typed one; one that stays ("VNeID") stays as it is."""
    return typed if typed.lower() == meant else match_case(typed, meant)


def _cheapest(options: list[list[tuple[str, float]]], cost: Cost) -> list[str]:
    """Find the cheapest way through the options (Viterbi)."""
    paths: dict[str, tuple[float, tuple[str, ...]]] = {"": (0.0, ())}
    for group in options:
        fresh: dict[str, tuple[float, tuple[str, ...]]] = {}
        for word, price in group:
            total, left = min([(total + cost(left, word), left) for left, (total, _) in paths.items()])
            fresh[word] = (total + price, (*paths[left][1], word))
        paths = fresh
    return list(min(paths.values())[1])


def _keyboard(words: list[str], language: Language) -> Callable[[str], str] | None:
    """Tell which keyboard the raw keys of a message were meant for, if any, and how to read a word of it."""
    letters = [word for word in words if len(word) > 1]
    for decode in (from_telex, from_vni):
        made = [decode(word) for word in letters if word not in language]
        if sum(word is not None and word in language for word in made) >= max(2, _KEYED_SHARE * len(letters)):
            return partial(_read_keys, decode=decode, language=language)
    return None


def _read_keys(word: str, *, decode: Callable[[str], str | None], language: Language) -> str:
    made = decode(word)
    if made is None or language.counts[word] > language.counts[made]:
        return word
    return made


def _cost_of_missing_marks(share: float) -> float:
    return _UNMARKED if share < 0.2 else 1.5 if share < 0.45 else _CAREFUL


def _cost_of_unknown(word: str) -> float:
    """Give the cost of a word that the index never says having been meant: less where its marks were typed and fit."""
    return _UNKNOWN if word.isascii() or not is_syllable(word) else _PLAUSIBLE


def _mark_cost(word: str, other: str, missing: float) -> float:
    """Give the cost of `other` having been typed as `word`: marks left out, or wrong."""
    if word == other:
        return 0.0
    return missing if word.isascii() else max(missing, _CONTRADICT)


@lru_cache(maxsize=1)
def _slang() -> dict[str, str]:
    raw: dict[str, str] = json.loads(Path(__file__).with_name("slang.json").read_text(encoding="utf-8"))
    return raw


def expand_slang(text: str) -> str:
    """Write out what chat shortens; "nha" only where it ends a sentence, "UK" in capitals never.

    >>> expand_slang("con ko có sđt thì dc ko")
    'con không có số điện thoại thì được không'
    """
    table = _slang()

    def written_out(found: re.Match[str]) -> str:
        word = found.group()
        if word.isupper() and word.lower() in _NAMES:
            return word
        if word.lower() in _LAST and not _ENDS.match(text, found.end()):
            return word
        return table.get(word.lower(), word)

    return _WORD.sub(written_out, text)
