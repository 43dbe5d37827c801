"""What is looked up: syllable uni- and bigrams, accented or folded, and character 4-grams for typos.

Syllable bigrams do for Vietnamese what word segmentation promises, without a segmenter (measured: +9 points on law).
"""

import re
import sys
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from rag.vietnamese.forms import fold

GRAM = 4  # letters of a character n-gram
COURTESY = frozenset({"a", "da", "ad", "oi", "co", "em", "vay", "nhe", "v"})
"""Folded words that do not change what is asked."""
_HOI = r"hoi(?! (?:phi|phu huynh|dong|khuyen hoc)\b)"  # "hỏi", and not "hội": folded they are one
_BEGINS = re.compile(rf"^(?:(?:thua|thay|toi|minh|cho|{_HOI}|xin|muon|thu tuc|cach|huong dan|giup) )+")
_FOR = re.compile(r" cho (?:con|chau|be|hs|hoc sinh)\b(?: toi| minh| nha)?")
_HOW = re.compile(
    r"(?: nhu| thi| phai| lam| duoc)* (?:the nao|nhu nao|ntn|lam sao|ra sao|kieu gi|sao)(?: ha| nhi| day)?$"
)


def with_bigrams(syllables: Sequence[str]) -> list[str]:
    """Give the syllables and each pair of neighbours.

    >>> with_bigrams(["học", "phí"])
    ['học', 'phí', 'học_phí']
    """
    return [*syllables, *(sys.intern(f"{a}_{b}") for a, b in pairwise(syllables))]


def folded(syllables: Sequence[str]) -> list[str]:
    """Fold each syllable."""
    return [_fold(syllable) for syllable in syllables]


@lru_cache(maxsize=50_000)
def _fold(syllable: str) -> str:
    return sys.intern(fold(syllable))


def bare(words: Sequence[str]) -> tuple[str, ...]:
    """Give what folded words name, without courtesy and the frame of asking how it is done.

    >>> bare("cho em hoi rut ho so cho con the nao a".split())
    ('rut', 'ho', 'so')
    """
    named = " ".join(word for word in words if word not in COURTESY)
    return tuple(_HOW.sub("", _FOR.sub("", _BEGINS.sub("", named))).split())


def gram_line(plain: Sequence[str]) -> str:
    """Give folded syllables as the line that character n-grams are cut from."""
    return "_" + "_".join(plain) + "_"


def char_grams(syllables: Sequence[str]) -> list[str]:
    """Give the character n-grams of the folded text, word limits included.

    >>> char_grams(["phí"])
    ['_phi', 'phi_']
    """
    line = gram_line(folded(syllables))
    return [sys.intern(line[i : i + GRAM]) for i in range(len(line) - GRAM + 1)]
