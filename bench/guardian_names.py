"""How well names are compared: precision and recall on labelled pairs, beside exact comparison and edit distance."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from rapidfuzz.distance import OSA

from core.guardians.likeness import Likeness, likeness
from core.students.names import fold_name, plain_name
from tests.core.guardians.make_names import pairs

NAME = "guardian-names"
SUMMARY = "Precision and recall of the name matcher on labelled pairs, the held-out half apart."


def run() -> dict[str, Any]:
    """Compare three matchers on both halves, and time ours."""
    figures = {
        half: {
            "ours": _scores(half, _ours),
            "exact": _scores(half, _exact),
            "edit distance 2": _scores(half, _edits),
        }
        for half in ("tuning", "held_out")
    }
    labelled = list(pairs())
    started = time.perf_counter()
    for one, other, *_ in labelled:
        likeness(one, other)
    each = (time.perf_counter() - started) / len(labelled)
    return {
        "target": "precision >= 0.995 at recall >= 0.95, held-out half included",
        "figures": {half: scores["ours"] for half, scores in figures.items()}
        | {"pairs": len(labelled), "microseconds_a_pair": round(each * 1e6, 1)},
        "reference": {
            half: {name: score for name, score in scores.items() if name != "ours"}
            for half, scores in figures.items()
        },
        "limits": "Fictional names; most pairs are made by rules (the file says which), 46 by hand.",
    }


def _scores(half: str, same: Callable[[str, str], bool]) -> dict[str, float]:
    counted = Counter((bool(label), same(one, other)) for one, other, label, _, of in pairs() if of == half)
    right, wrong, missed = counted[True, True], counted[False, True], counted[True, False]
    return {"precision": round(right / (right + wrong), 4), "recall": round(right / (right + missed), 4)}


def _ours(one: str, other: str) -> bool:
    return likeness(one, other) is not Likeness.DIFFERENT


def _exact(one: str, other: str) -> bool:
    return fold_name(one) == fold_name(other)


def _edits(one: str, other: str) -> bool:
    return OSA.distance(plain_name(one), plain_name(other)) <= 2
