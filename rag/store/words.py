"""What reading a passage yields, as a line in its row, and back: a search splits, folds and judges no text anew.

`FORM` names how this code reads texts. A build written by code that reads them otherwise is read anew, passage by
passage, until `rag index` writes the next one.
"""

import json
from collections.abc import Iterable
from functools import lru_cache
from itertools import accumulate, pairwise

from rag.retrieval.parts import Parts, Sides, parts_of, sides_of
from rag.understanding.aspect import Aspect
from rag.values import Passage

FORM = 1
_BITS = {aspect: 1 << place for place, aspect in enumerate(Aspect)}


def as_line(passage: Passage) -> str:
    """Read a passage and write what that yields."""
    parts, sides = parts_of(passage), sides_of(passage)
    line = [
        parts.sentences,
        " ".join(parts.accented),
        " ".join(parts.plain),
        [len(parts.title), *map(len, parts.said)],
        [" ".join(words) for words in parts.known],
        [_number(asked) for asked in (sides.told, sides.answered, *sides.asks)],
    ]
    return json.dumps(line, ensure_ascii=False, separators=(",", ":"))


def from_line(line: str) -> tuple[Parts, Sides]:
    """Give what reading a passage yielded when its row was written."""
    texts, accented, plain, sizes, known, numbers = json.loads(line)
    words = tuple(plain.split())
    title, *said = (words[start:end] for start, end in pairwise(accumulate(sizes, initial=0)))
    told, answered, *asks = map(_aspects, numbers)
    parts = Parts(
        tuple(texts),
        title,
        tuple(said),
        tuple(tuple(group.split()) for group in known),
        tuple(accented.split()),
        words,
    )
    return parts, Sides(told, answered, tuple(asks))


def _number(aspects: Iterable[Aspect]) -> int:
    return sum(_BITS[aspect] for aspect in aspects)


@lru_cache(maxsize=1 << len(Aspect))
def _aspects(number: int) -> frozenset[Aspect]:
    return frozenset(aspect for aspect, bit in _BITS.items() if number & bit)
