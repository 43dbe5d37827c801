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

_REMEMBERED, _LETTERS = 64, 3_000
"""So many questions, of so many letters together: to tell more of one, 18 kB and about 1.5 a letter are kept."""
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
        self._own = _own_file(folder, self.model_id, self.dimensions) if folder is not None else None
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
            while len(self._asked) > 1 and self._is_too_much():
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
                made = self.inner.embed_passages([text for text, _ in batch]).astype(np.float16)
                for (_, places), vector in zip(batch, made, strict=True):
                    rows[places] = vector
                self._keep({keys[places[0]]: vector for (_, places), vector in zip(batch, made, strict=True)})
        return unit(rows)

    def _is_too_much(self) -> bool:
        return len(self._asked) > _REMEMBERED or sum(map(len, self._asked)) > _LETTERS

    def _held(self, key: bytes) -> "Vectors | None":
        if key in self._made:
            return self._made[key]
        found = (file.vector(key) for file in self._files if key in file)
        return next((vector for vector in found if vector is not None), None)

    def _keep(self, made: "dict[bytes, Vectors]") -> None:
        """Write vectors to the folder's file; what it does not take stays in memory alone."""
        rest = dict(made)
        if self._own is not None:
            try:
                for key, vector in made.items():
                    self._own.add(key, vector)
                    del rest[key]
            except OSError as error:
                _warn(error)
        self._made.update(rest)


def _own_file(folder: Path, model_id: str, dimensions: int) -> VectorFile | None:
    """Open the folder's file of a model; None where there can be none, and everything stays in memory."""
    name = hashlib.blake2b(model_id.encode(), digest_size=8).hexdigest()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return VectorFile(folder / f"vectors-{name}.bin", dimensions)
    except OSError as error:
        _warn(error)
        return None


def _warn(error: OSError) -> None:
    import structlog

    log = structlog.get_logger(__name__)
    log.warning("vectors_in_memory_alone", error=error.strerror or type(error).__name__)
