"""Question vectors of the repository's own training texts, kept in the cache folder, so that a second fit is quick.

What people ask is never kept (see `rag.embedding.cache`); these texts stand in the repository anyway. Vectors are
rounded to half floats whether they were kept or not, so that a fit gives the same weights either way.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rag.embedding.vector_file import read_vectors, text_key
from rag.errors import EmbedderError
from rag.ports import Embedder, Vectors
from rag.retrieval.question import reading_of


class RememberedQuestions:
    """Embeds training questions, each once in the life of a folder."""

    def __init__(self, embedder: Embedder, folder: Path | None) -> None:
        self.model_id, self.dimensions = embedder.model_id, embedder.dimensions
        self._embedder = embedder
        self._path = folder / "training-questions.bin" if folder else None
        self._known = read_vectors(self._path, embedder.dimensions) if self._path else {}
        if folder:
            folder.mkdir(parents=True, exist_ok=True)

    def embed_questions(self, texts: Sequence[str]) -> Vectors:
        """Give one vector a text, half precision widened again."""
        return np.stack([self._vector(text, "question") for text in texts]).astype(np.float32)

    def inner_of(self, texts: Sequence[str]) -> Vectors:
        """Give what an inner layer makes of each text as a question, half precision widened again.

        Raises:
            EmbedderError: the embedder gives no inner layer.
        """
        return np.stack([self._vector(text, "inner") for text in texts]).astype(np.float32)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Embed passages as the embedder beneath does."""
        return self._embedder.embed_passages(texts)

    def _vector(self, text: str, kind: str) -> Vectors:
        key = text_key(self.model_id, f"{kind}\0{text}")
        if key not in self._known:
            read = reading_of(text, self._embedder)
            vector = None if read is None else read.inner if kind == "inner" else read.vector
            if vector is None:
                raise EmbedderError(f"{self.model_id}: no vector for a {kind}")
            half = vector.astype(np.float16)
            self._known[key] = half
            if self._path:
                with self._path.open("ab") as file:
                    file.write(key + half.tobytes())
        return self._known[key]
