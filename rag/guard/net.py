"""The net under the intent model: what is never innocent, by pattern, in every reading of a message.

Patterns stand in `net.json`. Asking about the rule against a thing is innocent; the thing itself is not. The net
refuses only; it never lets anything through.
"""

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from rag.guard.disguise import decoded_in, is_pulled_apart, readings
from rag.vietnamese.forms import fold


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    raw: dict[str, Any] = json.loads(Path(__file__).with_name("net.json").read_text(encoding="utf-8"))
    alternatives = {
        kind: "|".join(f"(?:{p})" for p in raw[kind]) for kind in ("tricks", "others", "cheating")
    }
    alternatives |= {kind: raw[kind] for kind in ("forged", "about_rules", "about_others")}
    return {
        kind: re.compile(text.replace("{private}", raw["private"])) for kind, text in alternatives.items()
    }


def is_caught(text: str) -> bool:
    """Tell whether a canonical message is a trick, asks for others' data, or for help with cheating.

    >>> is_caught("Chạy trường hết bao nhiêu?"), is_caught("Chạy trường bị phạt thế nào?")
    (True, False)
    """
    if is_pulled_apart(text) or decoded_in(text):
        return True
    if _says(fold(text)) or any(_patterns()["tricks"].search(reading) for reading in readings(text)):
        return True
    forged = _patterns()["forged"].search(text.lower())
    return bool(forged) and not _about_rules(fold(text))


def _says(plain: str) -> bool:
    patterns = _patterns()
    if patterns["tricks"].search(plain):
        return True
    if patterns["others"].search(plain) and not patterns["about_others"].search(plain):
        return True
    return bool(patterns["cheating"].search(plain)) and not _about_rules(plain)


def _about_rules(plain: str) -> bool:
    return bool(_patterns()["about_rules"].search(plain))
