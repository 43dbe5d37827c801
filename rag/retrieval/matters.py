"""Which passage of the shipped knowledge a question asks for, as a leg and as evidence.

Told by a branch of the embedder that learned it from the parents' wordings of each passage (`rag.tuning.matters`), for
the passages it learned alone: a school's own, or documents of anybody, are neither preferred by it nor put back.
"""

import math
from collections.abc import Collection, Mapping

import numpy as np

from rag.ports import Scores

NONE = ""
_LEAST = 8.0  # nats below certainty, as far as shares are told apart


def matter_row(matters: Mapping[str, float], place: Mapping[str, int]) -> Scores:
    """Give each passage's likelihood to be asked for, from 0 (e^-8 and less) to 1; one not learned gets the best.

    So against the likeliest passage, one that was not learned stands where it would stand without this leg. All are
    0 where none was learned.

    >>> matter_row({"a": 0.5, "b": 0.1, "": 0.4}, {"a": 0, "b": 1, "own": 2}).astype(float).round(2).tolist()
    [0.91, 0.71, 0.91]
    """
    learned = {place[id_]: _height(share) for id_, share in matters.items() if id_ in place}
    row: Scores = np.full(len(place), max(learned.values(), default=0.0), dtype=np.float32)
    row[list(learned)] = list(learned.values())
    return row


def matter_evidence(
    matters: Mapping[str, float] | None, first: str, visible: Collection[str]
) -> tuple[float, float, float]:
    """Give how likely the first passage is asked for, how likely none is, and 1; zeros where it was not learned.

    Only what is `visible` could be found, so the shares are those among it.

    >>> [round(one, 2) for one in matter_evidence({"a": 0.4, "b": 0.5, "": 0.1}, "a", {"a"})]
    [0.97, 0.2, 1.0]
    """
    if matters is None or first not in matters:
        return 0.0, 0.0, 0.0
    whole = max(1e-9, matters[NONE] + sum(matters[id_] for id_ in visible if id_ in matters))
    return _height(matters[first] / whole), matters[NONE] / whole, 1.0


def likeliest(matters: Mapping[str, float] | None, most: int) -> list[str]:
    """Give the ids of the passages that are likeliest asked for, at most so many."""
    return sorted((id_ for id_ in matters or {} if id_ != NONE), key=lambda id_: -(matters or {})[id_])[:most]


def _height(share: float) -> float:
    return max(0.0, 1 + math.log(max(share, 1e-9)) / _LEAST)
