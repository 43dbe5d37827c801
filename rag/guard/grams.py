"""Surface features of a message for the first two looks at it: syllable and character n-grams, hashed to a fixed size.

Folded, they see what a sentence vector blurs ("điểm của con tôi" beside "điểm của con nhà bên") and survive lost marks
and slips; with their marks they tell "giấy giả" from "giấy giá". The hash is CRC-32, equal on every machine.
"""

import re
import zlib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from rag.vietnamese.forms import fold

SIZE, MARKED_SIZE = 4_096, 8_192
_SCALE = 3.0
_SYLLABLES, _CHARS, _MARKED = (1, 2, 3), (4, 5), (1, 2)
_MOST_CHARS = 600


@lru_cache(maxsize=16)
def gram_features(text: str) -> NDArray[np.float64]:
    """Give the hashed n-gram features of a canonical text: length `SIZE`, norm 0 or a fixed scale; read only.

    Two looks ask for those of one message.
    """
    words = re.findall(r"[a-z]+|\d+", fold(text[:_MOST_CHARS]))
    counted = np.zeros(SIZE)
    for number, grams in enumerate((_of_syllables(words), _of_characters(words))):
        part = np.zeros(SIZE)
        np.add.at(part, [zlib.crc32(f"{number}{gram}".encode()) % SIZE for gram in grams], 1.0)
        norm = float(np.linalg.norm(part))
        counted += part / norm if norm else part
    counted *= _SCALE
    counted.setflags(write=False)
    return counted


def marked_features(text: str) -> NDArray[np.float64]:
    """Give the hashed words and pairs of words of a canonical text, with their marks: length `MARKED_SIZE`, norm 1."""
    words = re.findall(r"[^\W\d_]+|\d+", text[:_MOST_CHARS].lower())
    counted = np.zeros(MARKED_SIZE)
    at = [zlib.crc32(gram.encode()) % MARKED_SIZE for gram in _of_syllables(words, _MARKED)]
    np.add.at(counted, at, 1.0)
    return np.sqrt(counted / max(len(at), 1))


def _of_syllables(words: list[str], lengths: Sequence[int] = _SYLLABLES) -> list[str]:
    framed = ["^", *words, "$"]
    return [" ".join(framed[at : at + n]) for n in lengths for at in range(len(framed) - n + 1)]


def _of_characters(words: list[str]) -> list[str]:
    line = f" {' '.join(words)} "
    return [line[at : at + n] for n in _CHARS for at in range(len(line) - n + 1)]
