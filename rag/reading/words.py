"""Words of a passage as the reader sees them: where they stand, and what of them the question says too.

Everything is relative to the one passage; how common a word is elsewhere is not asked.
"""

import re
from collections import Counter
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from rag.vietnamese.forms import fold

Floats = NDArray[np.float32]

SIGNS = 11
"""So many features a word has beside its vectors."""
_WORD = re.compile(r"[^\W_]+(?:[.,]\d+)*|[^\w\s]|_")
_SYLLABLE = re.compile(r"[^\W_]+")
_DIGIT = re.compile(r"\d")
_ENDS = frozenset(".?!;")
_NEAR, _AROUND = 5, 15  # words on either side


@dataclass(frozen=True, slots=True)
class Word:
    """A word or a sign of a text, and where it stands; `joined` follows another without a space."""

    text: str
    start: int
    end: int
    joined: bool


def words_of(text: str) -> list[Word]:
    """Cut a text into words and signs.

    >>> [word.text for word in words_of("Nộp 1.500.000 đồng (một lần).")]
    ['Nộp', '1.500.000', 'đồng', '(', 'một', 'lần', ')', '.']
    """
    found: list[Word] = []
    last = -1
    for match in _WORD.finditer(text):
        found.append(Word(match.group(), match.start(), match.end(), match.start() == last))
        last = match.end()
    return found


def signs_of(question: str, words: list[Word]) -> Floats:
    """Give what each word shows beside its vectors (words, `SIGNS`): what is asked, figures, capitals, its sentence."""
    asked = _SYLLABLE.findall(question.lower())
    asked_once, asked_plain, asked_pairs = set(asked), set(map(fold, asked)), set(pairwise(asked))
    said = [word.text.lower() for word in words]
    sentence = list(accumulate((word.text in _ENDS for word in words[:-1]), initial=0))
    held = Counter(word for _, word in set(zip(sentence, said, strict=True)))
    rare = np.asarray([1 / held[word] if word in asked_once else 0.0 for word in said], np.float32)
    told = np.zeros(sentence[-1] + 1, np.float32)
    for place, word in set(zip(sentence, said, strict=True)):
        told[place] += 1 / held[word] if word in asked_once else 0.0
    told /= sum(1 / held[word] for word in asked_once if word in held) + 1e-6
    paired = np.asarray([pair in asked_pairs for pair in pairwise(said)], bool)
    of_sentence = told[sentence]
    columns = (
        rare > 0,
        [fold(word) in asked_plain for word in said],
        [bool(_DIGIT.search(word)) for word in said],
        [word.text[0].isupper() for word in words],
        [not word.text[0].isalnum() for word in words],
        of_sentence,
        of_sentence >= told.max() - 1e-6,
        np.append(paired, False) | np.append(False, paired),
        _blurred(rare, _NEAR),
        _blurred(rare, _AROUND),
        rare,
    )
    return np.stack([np.asarray(column, np.float32) for column in columns], axis=1)


def _blurred(row: Floats, width: int) -> Floats:
    """Give how much stands within `width` words on either side."""
    spread = np.convolve(row, np.full(2 * width + 1, width**-0.5, np.float32))
    return spread[width : width + len(row)].astype(np.float32)
