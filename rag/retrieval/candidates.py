"""Files candidates of one question under its terms only: a few dozen passages that no other question is asked of.

Counts what `rag.retrieval.parts.documents_of` counts but for terms that are not asked, in one pass over all
candidates; lengths are those of the whole passages, so that both are scored alike.
"""

from collections.abc import Mapping, Sequence
from itertools import chain, repeat

import numpy as np
from numpy.typing import NDArray

from rag.retrieval.lexical import Counted
from rag.retrieval.parts import Parts
from rag.retrieval.terms import GRAM, gram_line

Numbers = NDArray[np.int64]

_BETWEEN = "\n" * GRAM  # between two passages: no gram that can be asked holds it
_BITS, _LAST = 16, 0xFFFF  # of a character in a gram's number; the rare characters beyond it count as one


def count_asked(read: Sequence[Parts], asked: Mapping[str, Mapping[str, int]]) -> dict[str, Counted]:
    """Count the terms of one question in passages and, for `sentence_terms`, in all their sentences."""
    return {
        "accented": _by_words([one.accented for one in read], tuple(asked["accented"])),
        "folded": _by_words([one.plain for one in read], tuple(asked["folded"])),
        "grams": _by_grams([gram_line(one.plain) for one in read], tuple(asked["grams"])),
        "sentence_terms": _by_words(
            [words for one in read for words in one.said], tuple(asked["sentence_terms"])
        ),
    }


def _by_words(documents: Sequence[Sequence[str]], asked: Sequence[str]) -> Counted:
    """Count the asked syllables and pairs of neighbours; a pair is found only where both its syllables are asked."""
    number = {term: place for place, term in enumerate(asked)}
    sizes = np.asarray([len(words) for words in documents], dtype=np.int64)
    said = np.fromiter(map(number.get, chain.from_iterable(documents), repeat(-1)), np.int64, sizes.sum())
    of = np.repeat(np.arange(len(documents)), sizes)
    single = np.flatnonzero(said >= 0)
    left = single[:-1][np.diff(single) == 1]
    left = left[of[left] == of[left + 1]]
    paired = _pairs(number)[said[left], said[left + 1]]
    known = paired >= 0
    terms, documents_of = (
        np.concatenate((said[single], paired[known])),
        np.concatenate((of[single], of[left][known])),
    )
    return _counted(asked, terms, documents_of, np.maximum(2 * sizes - 1, 0))


def _pairs(number: Mapping[str, int]) -> Numbers:
    """Give the number of each asked pair by the numbers of its two syllables, -1 for others."""
    table = np.full((len(number), len(number)), -1)
    for term, place in number.items():
        left, _, right = term.partition("_")
        if left in number and right in number:
            table[number[left], number[right]] = place
    return table


def _by_grams(lines: Sequence[str], asked: Sequence[str]) -> Counted:
    """Count the asked character n-grams of each line, overlaps too."""
    sizes = np.asarray([len(line) for line in lines], dtype=np.int64)
    lengths = np.maximum(sizes - GRAM + 1, 0)
    if not asked or not lines:
        nothing = np.zeros(0, dtype=np.int64)
        return _counted(asked, nothing, nothing, lengths)
    said = _numbers("".join(f"{line}{_BETWEEN}" for line in lines))
    of = np.repeat(np.arange(len(lines)), sizes + GRAM)[: len(said)]
    wanted = _numbers("".join(asked))[::GRAM]
    order = np.argsort(wanted)
    at = order[np.searchsorted(wanted, said, sorter=order) % len(asked)]
    found = wanted[at] == said
    return _counted(asked, at[found], of[found], lengths)


def _numbers(text: str) -> NDArray[np.uint64]:
    """Give the number of the n-gram that begins at each character; equal n-grams have equal numbers."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    letters = np.minimum(codes, _LAST).astype(np.uint64)
    ends = len(letters) - GRAM + 1
    numbers = np.zeros(ends, dtype=np.uint64)
    for place in range(GRAM):
        numbers = (numbers << np.uint64(_BITS)) | letters[place : place + ends]
    return numbers


def _counted(asked: Sequence[str], terms: Numbers, documents: Numbers, lengths: Numbers) -> Counted:
    """Count how often each term was found in each document."""
    number = {term: place for place, term in enumerate(asked)}
    size = max(len(asked), 1)
    counts = np.bincount(documents * size + terms, minlength=len(lengths) * size)
    found = np.flatnonzero(counts)
    return Counted(number, found % size, found // size, counts[found], lengths)
