"""A file of vectors by the keys of their texts: key of 16 bytes, then half-precision floats, record after record.

Only the keys stay in memory: vectors are wanted when an index is built, and all of them would lie there for nothing in
between. Keys hold no text, so a file tells nobody what was asked. Other processes may append to the file, cut a torn
end off, or write over it: a record that is not where it was is as if it had never been.
"""

import errno
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
_AT_ONCE = 4_096  # records: a province's file is larger than what a process should hold at once


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
    """One file, missing or not; read by one thread at a time, and written to by the same alone.

    Raises:
        OSError: it is there and cannot be read.
    """

    def __init__(self, path: Path, dimensions: int) -> None:
        self._path, self._size = path, KEY + 2 * dimensions
        self._writing: int | None = None
        # By descriptor, where the record of each key begins; the file that is written to comes first.
        self._held: list[tuple[int, dict[bytes, int]]] = []
        if path.exists():
            self._take_up(self._opened(os.O_RDONLY))

    @property
    def keys(self) -> Sequence[bytes]:
        """The keys of all texts, in the order of the file."""
        return tuple(key for _, starts in self._held for key in starts)

    def __contains__(self, key: bytes) -> bool:
        return any(key in starts for _, starts in self._held)

    def vector(self, key: bytes) -> "Vectors | None":
        """Read the vector of a text, in half precision; None where the file does not hold it, or not any more."""
        for file, starts in self._held:
            if key not in starts:
                continue
            record = _read(file, self._size, starts[key])
            if len(record) == self._size and record[:KEY] == key:
                return np.frombuffer(record, np.float16, offset=KEY)
            del starts[key]
        return None

    def add(self, key: bytes, vector: "Vectors") -> None:
        """Append the vector of a text.

        Raises:
            OSError: the file cannot be written, or the disk is full; it stays as it was.
        """
        file = self._writable()
        size = os.fstat(file).st_size
        if size % self._size:  # torn by whoever wrote last: what is appended must stand in line
            os.ftruncate(file, size - size % self._size)
        record = key + vector.astype(np.float16).tobytes()
        written = os.write(file, record)
        end = os.lseek(file, 0, os.SEEK_CUR)
        if written < len(record):
            os.ftruncate(file, end - written)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._held[0][1][key] = end - written

    def _writable(self) -> int:
        """Give the file that stands there now, open for appending; one that was replaced or removed is only read on."""
        if self._writing is None or not _is_at(self._path, self._writing):
            self._writing = self._opened(os.O_RDWR | os.O_APPEND | os.O_CREAT)
            self._take_up(self._writing)
        return self._writing

    def _take_up(self, file: int) -> None:
        """Learn what stands in an open file; what is known of the same file already is learned anew."""
        found: dict[bytes, int] = {}
        for block in range(0, os.fstat(file).st_size, _AT_ONCE * self._size):
            data = _read(file, _AT_ONCE * self._size, block)
            for start in range(0, len(data) - self._size + 1, self._size):
                found[data[start : start + KEY]] = block + start
        others = [(one, known) for one, known in self._held if not os.path.sameopenfile(one, file)]
        self._held = [(file, found), *others]

    def _opened(self, flags: int) -> int:
        opened = os.open(self._path, flags, 0o666)
        weakref.finalize(self, os.close, opened)
        return opened


def _is_at(path: Path, file: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file))
    except FileNotFoundError:
        return False


def _read(file: int, size: int, start: int) -> bytes:
    """Read so many bytes, or fewer where the file ends or cannot be read."""
    try:
        return os.pread(file, size, start)
    except OSError:
        return b""
