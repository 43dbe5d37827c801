"""Cue words of intents: what people write when they mean their own child's record, people, danger, or a trick.

Patterns read folded text (names are read in the text as written). They are features of the intent model, not verdicts;
the few that are verdicts stand in `rag.guard.screen`.
"""

import json
import re
from pathlib import Path

from rag.vietnamese.forms import fold

_RAW: dict[str, list[str]] = json.loads(Path(__file__).with_name("cues.json").read_text(encoding="utf-8"))
_CUES = tuple(re.compile(pattern) for pattern in _RAW["folded"])
_NAMED = tuple(re.compile(pattern) for pattern in _RAW["written"])
_WEIGHT = 1.5


def cues_in(text: str) -> list[float]:
    """Give one number a cue: its weight where a canonical text holds it, else 0."""
    plain = fold(text)
    found = [cue.search(plain) for cue in _CUES] + [name.search(text) for name in _NAMED]
    return [_WEIGHT if hit else 0.0 for hit in found]
