"""Vectors on disk, by model id, kind and text hash: each text is embedded once in the life of a folder.

One append-only file per model (key of 16 bytes, then half-precision floats). A torn last record is ignored.
Keys hold no text, so a cache tells nobody what was asked; questions are never cached on disk.
"""

import hashlib
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rag.embedding.unit import unit
from rag.ports import PlainReading, Reading, ReadingEmbedder

if TYPE_CHECKING:
    from rag.ports import Embedder, Vectors

_KEY = 16
_REMEMBERED = 64  # questions; what is kept of one to tell more is 40 kB, of the longest 0.9 MB
_BATCH = 16


def text_key(model_id: str, text: str) -> bytes:
    """Give the 16-byte key of a text under a model."""
    return hashlib.blake2b(f"{model_id}\0{text}".encode(), digest_size=_KEY).digest()


def read_vectors(path: Path, dimensions: int) -> "dict[bytes, Vectors]":
    """Read a vector file; a missing file is empty, a torn tail is dropped."""
    size = _KEY + 2 * dimensions
    data = path.read_bytes() if path.exists() else b""
    found: dict[bytes, Vectors] = {}
    for start in range(0, len(data) - size + 1, size):
        half = np.frombuffer(data, dtype=np.float16, count=dimensions, offset=start + _KEY)
        found[data[start : start + _KEY]] = half
    return found


def write_vectors(path: Path, embedder: "Embedder", texts: Sequence[str]) -> int:
    """Write the vectors of texts as one file to ship (the whole file is replaced at once); give their number."""
    keys = dict.fromkeys(texts)
    rows = embedder.embed_passages(list(keys)).astype(np.float16)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".tmp")
    fresh.write_bytes(
        b"".join(
            text_key(embedder.model_id, text) + row.tobytes() for text, row in zip(keys, rows, strict=True)
        )
    )
    fresh.replace(path)
    return len(keys)


class CachedEmbedder:
    """An embedder whose passage vectors are remembered in a folder, and read from shipped files first."""

    def __init__(self, inner: "Embedder", folder: Path | None, shipped: Sequence[Path] = ()) -> None:
        self.inner = inner
        self.model_id = inner.model_id
        self.dimensions = inner.dimensions
        self._lock = threading.Lock()
        self._building = threading.Lock()
        self._path = None
        self._asked: dict[str, Reading] = {}
        self._known: dict[bytes, Vectors] = {}
        for path in shipped:
            self._known.update(read_vectors(path, self.dimensions))
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            name = hashlib.blake2b(self.model_id.encode(), digest_size=8).hexdigest()
            self._path = folder / f"vectors-{name}.bin"
            self._known.update(read_vectors(self._path, self.dimensions))
            self._trim()

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
            new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
            missing = list(new.items())
            for at in range(0, len(missing), _BATCH):
                batch = dict(missing[at : at + _BATCH])
                made = self.inner.embed_passages(list(batch.values()))
                for key, vector in zip(batch, made, strict=True):
                    self._remember(key, vector)
            rows = [self._known[key] for key in keys]
        if not rows:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        return unit(np.vstack(rows).astype(np.float32))

    def _remember(self, key: bytes, vector: "Vectors") -> None:
        half = vector.astype(np.float16)
        self._known[key] = half
        if self._path is not None:
            with self._path.open("ab") as file:
                file.write(key + half.tobytes())

    def _trim(self) -> None:
        """Cut a record torn by a crash, so that what is appended next stands in line."""
        if self._path is None or not self._path.exists():
            return
        size, whole = self._path.stat().st_size, _KEY + 2 * self.dimensions
        if size % whole:
            with self._path.open("r+b") as file:
                file.truncate(size - size % whole)
