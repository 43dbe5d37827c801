"""Surface features of a message for the intent model: folded syllable and character n-grams, hashed to a fixed size.

They see what a sentence vector blurs ("điểm của con tôi" beside "điểm của con nhà bên") and survive lost marks and
slips. The hash is CRC-32, equal on every machine.
"""

import re
import zlib

import numpy as np
from numpy.typing import NDArray

from rag.vietnamese.forms import fold

SIZE = 4_096
_SCALE = 3.0
_SYLLABLES, _CHARS = (1, 2, 3), (4, 5)
_MOST_CHARS = 600


def gram_features(text: str) -> NDArray[np.float64]:
    """Give the hashed n-gram features of a canonical text: length `SIZE`, norm 0 or a fixed scale."""
    words = re.findall(r"[a-z]+|\d+", fold(text[:_MOST_CHARS]))
    counted = np.zeros(SIZE)
    for number, grams in enumerate((_of_syllables(words), _of_characters(words))):
        part = np.zeros(SIZE)
        np.add.at(part, [zlib.crc32(f"{number}{gram}".encode()) % SIZE for gram in grams], 1.0)
        norm = float(np.linalg.norm(part))
        counted += part / norm if norm else part
    return counted * _SCALE


def _of_syllables(words: list[str]) -> list[str]:
    marked = ["^", *words, "$"]
    return [" ".join(marked[at : at + n]) for n in _SYLLABLES for at in range(len(marked) - n + 1)]


def _of_characters(words: list[str]) -> list[str]:
    line = f" {' '.join(words)} "
    return [line[at : at + n] for n in _CHARS for at in range(len(line) - n + 1)]
