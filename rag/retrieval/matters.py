"""Which passage of the shipped knowledge a question asks for, as a leg and as evidence.

Told by a branch of the embedder that learned it from the parents' wordings of each passage (`rag.tuning.matters`), for
the passages it learned alone: a school's own stand beside the likeliest of those (`unlearned`), and documents of
anybody are ranked without it.
"""

import math
from collections.abc import Collection, Mapping

import numpy as np
from numpy.typing import NDArray

from rag.ports import Scores

NONE = ""
_LEAST = 8.0  # nats below certainty, as far as shares are told apart


def matter_row(matters: Mapping[str, float], place: Mapping[str, int]) -> Scores:
    """Give each passage's likelihood to be asked for, from 0 (e^-8 and less, or not learned) to 1.

    >>> matter_row({"a": 0.5, "b": 0.1, "": 0.4}, {"a": 0, "b": 1, "own": 2}).astype(float).round(2).tolist()
    [0.91, 0.71, 0.0]
    """
    row: Scores = np.zeros(len(place), dtype=np.float32)
    told = {place[id_]: share for id_, share in matters.items() if id_ in place}
    shares = np.fromiter(told.values(), dtype=np.float64, count=len(told))
    row[list(told)] = np.maximum(0, 1 + np.log(np.maximum(shares, 1e-9)) / _LEAST)
    return row


def unlearned(matters: Mapping[str, float] | None, place: Mapping[str, int], size: int) -> NDArray[np.bool_]:
    """Tell of each of `size` passages whether the branch knows nothing of it; of none where there is no branch.

    Among the candidates they are given what the likeliest has: against it they stand where they would stand without
    this leg, and so ahead of what is unlikely. Candidates they become by the other legs alone.
    """
    unknown = np.full(size, bool(matters))
    unknown[[place[id_] for id_ in matters or () if id_ in place]] = False
    return unknown


def matter_evidence(
    matters: Mapping[str, float] | None, first: str, place: Mapping[str, int], hidden: Collection[int] = ()
) -> tuple[float, float, float]:
    """Give how likely the first passage is asked for, how likely none is, and 1; zeros where it was not learned.

    Only what is not `hidden` could be found, so the shares are those among it.

    >>> [round(one, 2) for one in matter_evidence({"a": 0.4, "b": 0.5, "": 0.1}, "a", {"a": 0, "b": 1}, {1})]
    [0.97, 0.2, 1.0]
    """
    if matters is None or first not in matters:
        return 0.0, 0.0, 0.0
    none = matters.get(NONE, 0.0)
    seen = (share for id_, share in matters.items() if id_ in place and place[id_] not in hidden)
    whole = max(1e-9, none + sum(seen))
    return _height(matters[first] / whole), none / whole, 1.0


def likeliest(matters: Mapping[str, float] | None, most: int) -> list[str]:
    """Give the ids of the passages that are likeliest asked for, at most so many."""
    told = {id_: share for id_, share in (matters or {}).items() if id_ != NONE}
    return sorted(told, key=told.__getitem__, reverse=True)[:most]


def _height(share: float) -> float:
    return max(0.0, 1 + math.log(max(share, 1e-9)) / _LEAST)
