"""Exact match and F1 of answer texts, by SQuAD's English normaliser and by MLQA's Vietnamese one.

Both are published because each mangles Vietnamese in its own way: the English one deletes a/an/the ("an toàn"), the
Vietnamese one deletes của, là, cái, chiếc, những. Written after the two public evaluation scripts.
"""

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

_ENGLISH_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_VIETNAMESE_ARTICLES = re.compile(r"\b(?:của|là|cái|chiếc|những)\b")


def english(text: str) -> list[str]:
    """Normalise as SQuAD's script does: lower case, no ASCII punctuation, no articles."""
    plain = "".join(char for char in text.lower() if char not in string.punctuation)
    return _ENGLISH_ARTICLES.sub(" ", plain).split()


def vietnamese(text: str) -> list[str]:
    """Normalise as MLQA's script does for Vietnamese: no punctuation (Unicode's or ASCII's), no function words."""
    plain = "".join(char for char in text.lower() if not _is_punctuation(char))
    return _VIETNAMESE_ARTICLES.sub(" ", plain).split()


def _is_punctuation(char: str) -> bool:
    return char in string.punctuation or unicodedata.category(char).startswith("P")


def exact_and_f1(
    given: str, gold: Iterable[str], normalise: Callable[[str], list[str]]
) -> tuple[float, float]:
    """Give exact match (0 or 1) and F1 of an answer against the best of the gold answers ('' for none)."""
    pairs = [_one(normalise(given), normalise(answer)) for answer in gold] or [_one(normalise(given), [])]
    return max(exact for exact, _ in pairs), max(f1 for _, f1 in pairs)


def _one(given: Sequence[str], gold: Sequence[str]) -> tuple[float, float]:
    if not given or not gold:
        same = float(list(given) == list(gold))
        return same, same
    shared = sum((Counter(given) & Counter(gold)).values())
    if not shared:
        return 0.0, 0.0
    precision, recall = shared / len(given), shared / len(gold)
    return float(list(given) == list(gold)), 2 * precision * recall / (precision + recall)
