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

_REMEMBERED = 64  # questions; what is kept of one to tell more is 40 kB, of the longest 0.9 MB
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
        self._made: dict[bytes, Vectors] = {}  # without a folder
        self._files = [VectorFile(path, self.dimensions) for path in shipped]
        self._own: VectorFile | None = None
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            name = hashlib.blake2b(self.model_id.encode(), digest_size=8).hexdigest()
            self._own = VectorFile(folder / f"vectors-{name}.bin", self.dimensions, append=True)
            self._files.append(self._own)

    def embed_questions(self, texts: Sequence[str]) -> "Vectors":
        """Embed questions; the last few are remembered in memory, never on disk."""
        rows = [self.read(text).vector for text in texts]
        return np.vstack(rows) if rows else np.zeros((0, self.dimensions), dtype=np.float32)

    def read(self, text: str) -> Reading:
        """Embed a question, and give what else the model beneath tells of it."""
        with self._lock:
            read = self._asked.pop(text, None)
        if read is None and isinstance(self.inner, ReadingEmbedder):
            read = self.inner.read(text)
        elif read is None:
            read = PlainReading(self.inner.embed_questions([text])[0])
        with self._lock:
            self._asked[text] = read  # the newest again
            if len(self._asked) > _REMEMBERED:
                self._asked.pop(next(iter(self._asked)))
        return read

    def embed_passages(self, texts: Sequence[str]) -> "Vectors":
        """Embed passages, asking the model only for texts never seen; questions go on being embedded meanwhile."""
        keys = [text_key(self.model_id, text) for text in texts]
        with self._building:
            new = {key: text for key, text in zip(keys, texts, strict=True) if not self._knows(key)}
            missing = list(new.items())
            for at in range(0, len(missing), _BATCH):
                batch = dict(missing[at : at + _BATCH])
                made = self.inner.embed_passages(list(batch.values()))
                for key, vector in zip(batch, made, strict=True):
                    self._remember(key, vector)
            rows = np.empty((len(keys), self.dimensions), dtype=np.float32)
            for row, key in zip(rows, keys, strict=True):
                row[:] = self._vector(key)
        return unit(rows)

    def _knows(self, key: bytes) -> bool:
        return key in self._made or any(key in file for file in self._files)

    def _vector(self, key: bytes) -> "Vectors":
        held = next((file for file in self._files if key in file), None)
        return self._made[key] if held is None else held.vector(key)

    def _remember(self, key: bytes, vector: "Vectors") -> None:
        if self._own is not None:
            self._own.add(key, vector)
        else:
            self._made[key] = vector.astype(np.float16)
