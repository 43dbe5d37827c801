"""Tells how far a long evaluation is: ten thousand questions take minutes, and a silent program looks dead."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import numpy as np

from rag.ports import Embedder, Vectors

Item = TypeVar("Item")
Tell = Callable[[str], None]
EVERY = 10.0  # seconds between two words about the progress
_CHUNK = 8


def told(items: Sequence[Item], what: str, tell: Tell, *, every: float = EVERY) -> Iterator[Item]:
    """Give each item, and tell every few seconds how many are done.

    >>> list(told("ab", "letters", print, every=0))
    0 of 2 letters
    1 of 2 letters
    ['a', 'b']
    """
    last = time.monotonic()
    for done, item in enumerate(items):
        if time.monotonic() - last >= every:
            last = time.monotonic()
            tell(f"{done} of {len(items)} {what}")
        yield item


class Telling:
    """An embedder that tells how far it is with many passages."""

    def __init__(self, inner: Embedder, tell: Tell) -> None:
        self._inner, self._tell = inner, tell
        self.model_id, self.dimensions = inner.model_id, inner.dimensions

    def embed_questions(self, texts: Sequence[str]) -> Vectors:
        """Embed questions, silently."""
        return self._inner.embed_questions(texts)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Embed passages."""
        chunks = [texts[at : at + _CHUNK] for at in range(0, len(texts), _CHUNK)]
        what = f"times {_CHUNK} texts embedded"
        rows = [self._inner.embed_passages(chunk) for chunk in told(chunks, what, self._tell)]
        return np.vstack(rows) if rows else self._inner.embed_passages(())
