"""A file of vectors by the keys of their texts: key of 16 bytes, then half-precision floats, record after record.

Only the keys stay in memory: vectors are wanted when an index is built, and all of them would lie there for nothing in
between. Keys hold no text, so a file tells nobody what was asked. Other processes may append to the file, cut a torn
end off, or write over it: a record that is not where it was is as if it had never been.
"""

import hashlib
import os
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from rag.ports import Embedder, Vectors

KEY = 16


def text_key(model_id: str, text: str) -> bytes:
    """Give the 16-byte key of a text under a model."""
    return hashlib.blake2b(f"{model_id}\0{text}".encode(), digest_size=KEY).digest()


def read_vectors(path: Path, dimensions: int) -> "dict[bytes, Vectors]":
    """Read a vector file into memory; a missing one is empty."""
    file = VectorFile(path, dimensions)
    found = ((key, file.vector(key)) for key in file.keys)
    return {key: vector for key, vector in found if vector is not None}


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


class VectorFile:
    """One file, missing or not; read by one thread at a time, and written to by the same alone."""

    def __init__(self, path: Path, dimensions: int) -> None:
        self._path, self._size = path, KEY + 2 * dimensions
        self._reading = self._opened(os.O_RDONLY) if path.exists() else None
        self._writing: int | None = None
        data = b"" if self._reading is None else path.read_bytes()
        starts = range(0, len(data) - self._size + 1, self._size)
        self._at = {data[start : start + KEY]: start for start in starts}

    @property
    def keys(self) -> Sequence[bytes]:
        """The keys of all texts, in the order of the file."""
        return tuple(self._at)

    def __contains__(self, key: bytes) -> bool:
        return key in self._at

    def vector(self, key: bytes) -> "Vectors | None":
        """Read the vector of a text, in half precision; None where the file does not hold it, or not any more."""
        start = self._at.get(key)
        if start is None or self._reading is None:
            return None
        record = os.pread(self._reading, self._size, start)
        if len(record) < self._size or record[:KEY] != key:
            del self._at[key]
            return None
        return np.frombuffer(record, np.float16, offset=KEY)

    def add(self, key: bytes, vector: "Vectors") -> None:
        """Append the vector of a text.

        Raises:
            OSError: the file cannot be written, or the disk is full; it stays as it was.
        """
        if self._writing is None:
            self._writing = self._opened(os.O_RDWR | os.O_APPEND | os.O_CREAT)
            self._reading = self._writing
            size = os.fstat(self._writing).st_size
            os.ftruncate(self._writing, size - size % self._size)  # what is appended must stand in line
        record = key + vector.astype(np.float16).tobytes()
        written = os.write(self._writing, record)
        end = os.lseek(self._writing, 0, os.SEEK_CUR)
        if written < len(record):
            os.ftruncate(self._writing, end - written)
            raise OSError(f"{self._path.name}: {written} of {len(record)} bytes written")
        self._at[key] = end - written

    def _opened(self, flags: int) -> int:
        opened = os.open(self._path, flags, 0o666)
        weakref.finalize(self, os.close, opened)
        return opened
