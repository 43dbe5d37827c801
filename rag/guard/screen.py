"""Decides before any search what a message is: a question, private data, a case for people, or a trick.

First patterns that are never innocent, then the learned intent model. Knowledge passages are never screened here:
they are data, and nothing in them is obeyed.
"""

import re
from dataclasses import dataclass

from rag.guard.cues import has_unsafe_cue
from rag.guard.intents import load_intents
from rag.guard.net import is_caught
from rag.retrieval.search import Searcher
from rag.values import Behaviour
from rag.vietnamese.forms import fold

_GREETING = re.compile(
    r"^(?:da )?(?:(?:xin )?chao|hello|hi|hey|alo|good (?:morning|afternoon|evening))\b[^?]{0,40}$"
    r"|^(?:da )?(?:em |toi |minh |chi |anh )?"
    r"(?:cam on|cam on|thanks|thank you|tks|ok|oke|vang|da vang|tam biet|bye)\b[^?]{0,40}$"
)

_SURE, _LIKELY = 0.5, 0.2
_UNSAFE_SURE, _UNSAFE_CUED = 0.7, 0.4  # without and with a word that points at others, secrets or cheating
_FALLS_BACK = frozenset({"personal_data", "handover", "unsafe"})
_KIND = {
    "personal_data": Behaviour.PERSONAL_DATA,
    "handover": Behaviour.HANDOVER,
    "danger": Behaviour.HANDOVER,
    "unsafe": Behaviour.UNSAFE,
    "greeting": Behaviour.GREETING,
}


@dataclass(frozen=True, slots=True)
class Screened:
    """What a message is, before any search; `behaviour` ANSWER means: go and search.

    `probability` is 1 for a pattern's verdict; `otherwise` is what it is most likely if the search finds nothing.
    """

    behaviour: Behaviour
    urgent: bool = False
    probability: float = 1.0
    otherwise: Behaviour | None = None


def screen_by_pattern(text: str) -> Screened | None:
    """Judge a canonical message by patterns that are never innocent; None when they say nothing."""
    if is_caught(text):
        return Screened(Behaviour.UNSAFE)
    plain = fold(text)
    if _GREETING.match(plain.strip(" .!~")):
        return Screened(Behaviour.GREETING)
    return None


def screen(text: str, searcher: Searcher) -> Screened:
    """Judge a canonical message: patterns first, then the intent model; unsure means: search."""
    repaired = searcher.repairer.repair(text) if searcher.repairer else text
    judged = screen_by_pattern(text) or screen_by_pattern(repaired)
    if judged is not None:
        return judged
    vector = searcher.embedder.embed_questions([repaired])[0] if searcher.embedder else None
    shares = load_intents().judge(repaired, vector, searcher.index.model_id)
    if shares["unsafe"] >= (_UNSAFE_CUED if has_unsafe_cue(repaired) else _UNSAFE_SURE):
        return Screened(Behaviour.UNSAFE)  # certain: a good passage must not answer it
    label, share = max(shares.items(), key=lambda pair: pair[1])
    if label in ("ask", "unsafe") or share < _SURE:
        return Screened(Behaviour.ANSWER, otherwise=_second(shares))
    return Screened(_KIND[label], urgent=label == "danger", probability=share)


def _second(shares: dict[str, float]) -> Behaviour | None:
    """Give the likeliest intent beside asking, where it is likely at all."""
    label, share = max(((k, v) for k, v in shares.items() if k in _FALLS_BACK), key=lambda pair: pair[1])
    return _KIND[label] if share >= _LIKELY else None
