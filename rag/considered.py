"""One question of a message after searching and deciding, before a word is written. Values only."""

from dataclasses import dataclass

from rag.deciding import Decided
from rag.guard.screen import Screened
from rag.retrieval.search import Found
from rag.understanding.aspect import Aspect


@dataclass(frozen=True, slots=True)
class Considered:
    """What is known of one question; `text` is empty for an empty message, `more` when others stand beside it."""

    screened: Screened
    text: str
    found: Found | None = None
    confidence: float = 0.0
    decided: Decided | None = None
    beside: tuple[Decided, ...] = ()
    asked: frozenset[Aspect] = frozenset()
    more: bool = False
