"""A file of vectors by the keys of their texts: key of 16 bytes, then half-precision floats, record after record.

Only the keys stay in memory: vectors are wanted when an index is built, and all of them would lie there for nothing in
between. A torn last record is ignored. Keys hold no text, so a file tells nobody what was asked.
"""

import hashlib
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
    if not path.exists():
        return {}
    file = VectorFile(path, dimensions)
    return {key: file.vector(key) for key in file.keys}


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
    """One open file; it is read and appended to by one thread at a time, and may be appended to by other processes."""

    def __init__(self, path: Path, dimensions: int, *, append: bool = False) -> None:
        self._dimensions, self._size = dimensions, KEY + 2 * dimensions
        self._file = path.open("a+b" if append else "rb")
        weakref.finalize(self, self._file.close)
        self._file.seek(0)
        data = self._file.read()
        whole = len(data) - len(data) % self._size
        if append and whole < len(data):
            self._file.truncate(whole)  # what is appended next must stand in line
        self._at = {data[at : at + KEY]: at for at in range(0, whole, self._size)}

    @property
    def keys(self) -> Sequence[bytes]:
        """The keys of all texts, in the order of the file."""
        return tuple(self._at)

    def __contains__(self, key: bytes) -> bool:
        return key in self._at

    def vector(self, key: bytes) -> "Vectors":
        """Read the vector of a text, in half precision.

        Raises:
            KeyError: the file does not hold it.
        """
        self._file.seek(self._at[key] + KEY)
        return np.frombuffer(self._file.read(2 * self._dimensions), np.float16)

    def add(self, key: bytes, vector: "Vectors") -> None:
        """Append the vector of a text."""
        self._file.write(key + vector.astype(np.float16).tobytes())
        self._file.flush()
        self._at[key] = self._file.tell() - self._size
