"""Passages are embedded once in the life of a folder, and questions looked at in several ways are read once.

A folder holds one append-only file a model (`rag.embedding.vector_file`). Questions are never kept on disk.
"""

import hashlib
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rag.embedding.unit import unit
from rag.embedding.vector_file import VectorFile, text_key
from rag.ports import PlainReading, Reading, ReadingEmbedder

if TYPE_CHECKING:
    from rag.ports import Embedder, Vectors

_REMEMBERED = 3_000  # characters of questions: some 60; to tell more of one, up to 1.5 kB a character is kept
_BATCH = 16


class CachedEmbedder:
    """An embedder whose passage vectors are remembered in a folder, and read from shipped files first."""

    def __init__(self, inner: "Embedder", folder: Path | None, shipped: Sequence[Path] = ()) -> None:
        self.inner = inner
        self.model_id = inner.model_id
        self.dimensions = inner.dimensions
        self._lock = threading.Lock()
        self._building = threading.Lock()
        self._asked: dict[str, Reading] = {}
        self._made: dict[bytes, Vectors] = {}  # what no file could take
        self._own: VectorFile | None = None
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            name = hashlib.blake2b(self.model_id.encode(), digest_size=8).hexdigest()
            self._own = VectorFile(folder / f"vectors-{name}.bin", self.dimensions)
        files = [VectorFile(path, self.dimensions) for path in shipped]
        self._files = [*files, self._own] if self._own is not None else files

    def embed_questions(self, texts: Sequence[str]) -> "Vectors":
        """Embed questions; the last few are remembered in memory, never on disk."""
        rows = [self.read(text).vector for text in texts]
        return np.vstack(rows) if rows else np.zeros((0, self.dimensions), dtype=np.float32)

    def read(self, text: str) -> Reading:
        """Embed a question, and give what else the model beneath tells of it."""
        with self._lock:
            read = self._asked.pop(text, None)
            if read is not None:
                self._asked[text] = read  # the newest again
                return read
        if isinstance(self.inner, ReadingEmbedder):
            read = self.inner.read(text)
        else:
            read = PlainReading(self.inner.embed_questions([text])[0])
        with self._lock:
            self._asked[text] = read
            while len(self._asked) > 1 and sum(map(len, self._asked)) > _REMEMBERED:
                self._asked.pop(next(iter(self._asked)))
        return read

    def embed_passages(self, texts: Sequence[str]) -> "Vectors":
        """Embed passages, asking the model only for texts never seen; questions go on being embedded meanwhile."""
        keys = [text_key(self.model_id, text) for text in texts]
        rows = np.empty((len(keys), self.dimensions), dtype=np.float32)
        with self._building:
            missing: dict[str, list[int]] = {}
            for at, (key, text) in enumerate(zip(keys, texts, strict=True)):
                vector = self._held(key)
                if vector is None:
                    missing.setdefault(text, []).append(at)
                else:
                    rows[at] = vector
            new = list(missing.items())
            for at in range(0, len(new), _BATCH):
                batch = new[at : at + _BATCH]
                made = self.inner.embed_passages([text for text, _ in batch])
                for (_, places), vector in zip(batch, made.astype(np.float16), strict=True):
                    rows[places] = vector
                    self._keep(keys[places[0]], vector)
        return unit(rows)

    def _held(self, key: bytes) -> "Vectors | None":
        if key in self._made:
            return self._made[key]
        found = (file.vector(key) for file in self._files if key in file)
        return next((vector for vector in found if vector is not None), None)

    def _keep(self, key: bytes, vector: "Vectors") -> None:
        try:
            if self._own is not None:
                self._own.add(key, vector)
                return
        except OSError as error:
            import structlog

            log = structlog.get_logger(__name__)
            log.warning("vector_in_memory_alone", error=error.strerror or str(error))
        self._made[key] = vector
