"""Signs of what a message may be: patterns by kind (a missing child, a weapon, another family's marks, a trick…).

Signs are features of the intent model, never verdicts: it weighs them against everything else that is said, so that
asking for the rule about a thing stays a question. The patterns read folded text and stand in JSON files.
"""

import json
import re
from functools import lru_cache
from pathlib import Path

from rag.guard.net import UNSAFE_KINDS, caught_kinds
from rag.vietnamese.forms import fold

_STEP, _SEVERAL = 1.5, 2  # how far one sign moves a text, and how many signs of danger count as several


@lru_cache(maxsize=1)
def _danger() -> tuple[tuple[str, re.Pattern[str]], ...]:
    raw: dict[str, list[str]] = json.loads(Path(__file__).with_name("danger.json").read_text("utf-8"))
    return tuple((kind, re.compile("|".join(f"(?:{p})" for p in found))) for kind, found in raw.items())


@lru_cache(maxsize=1)
def _hints() -> tuple[tuple[re.Pattern[str], ...], tuple[re.Pattern[str], ...]]:
    raw: dict[str, list[str]] = json.loads(Path(__file__).with_name("hints.json").read_text("utf-8"))
    return tuple(map(re.compile, raw["folded"])), tuple(map(re.compile, raw["written"]))


_AROUND = (
    "cry",
    "asks_rules",
)  # said around a danger, or around a question about the rules; no danger by itself


def danger_signs(text: str) -> tuple[str, ...]:
    """Give the kinds of danger that a canonical text has signs of.

    >>> danger_signs("Có người lạ cầm dao ở cổng trường")
    ('taken', 'violence')
    """
    return tuple(kind for kind in _seen(text) if kind not in _AROUND)


def signs_in(text: str) -> list[float]:
    """Give one number a kind of danger and of the net, any and several dangers, danger without rules, each hint."""
    seen = _seen(text)
    dangers = danger_signs(text)
    caught = caught_kinds(text)
    rows = [kind in seen for kind, _ in _danger()]
    rows += [kind in caught for kind in (*UNSAFE_KINDS, "about_rules")]
    rows += [bool(dangers), len(dangers) >= _SEVERAL, bool(dangers) and "asks_rules" not in seen]
    folded, written = _hints()
    plain = fold(text)
    rows += [bool(hint.search(plain)) for hint in folded] + [bool(hint.search(text)) for hint in written]
    return [_STEP if row else 0.0 for row in rows]


@lru_cache(maxsize=256)
def _seen(text: str) -> tuple[str, ...]:
    plain = fold(text)
    return tuple(kind for kind, pattern in _danger() if pattern.search(plain))
