"""The small network of the reader in plain numpy: which words begin and end the answer.

It stands on vectors of the bundled embedder, whose weights it leaves as they are, and has 0.3 million weights of its
own, learned by `rag.tuning.reading`. Layers are named there as here.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np

from rag.reading.words import Floats

LONGEST = 20
"""Words and signs of an answer at most."""
STEPS = {"c1": 1, "c2": 2, "c3": 4}
"""Layers that mix a word with two on either side, so many words apart."""
_SMALL = 1e-5
_WIDEN = 5.0


@lru_cache(maxsize=1)
def load_weights() -> dict[str, Floats]:
    """Load the shipped weights, once a process."""
    with np.load(Path(__file__).with_name("weights.npz")) as held:
        return {name: held[name].astype(np.float32) for name in held.files}


def scores_of(asked: Floats, words: Floats, signs: Floats, weights: Mapping[str, Floats]) -> Floats:
    """Score every answer (words, `LONGEST`): it begins at the row's word and has column + 1 words.

    `asked` is the mean vector of the question, `words` holds a vector a word, `signs` what else each shows.
    """
    net = _Layers(weights)
    seen = _relu(
        net.linear("p", _level(words)) + net.linear("f", signs) + net.linear("q", _level(asked[None]))
    )
    for name, step in STEPS.items():
        seen = seen + _relu(net.convolved(name, seen, step))
    begin, end = net.linear("a", seen)[:, 0], net.linear("b", seen)[:, 0]
    first, last = net.linear("s1", seen) / _WIDEN, net.linear("e1", seen)
    scores = np.full((len(words), LONGEST), -np.inf, np.float32)
    for more in range(min(LONGEST, len(words))):
        left = len(words) - more
        together = np.einsum("ij,ij->i", first[:left], last[more:])
        scores[:left, more] = begin[:left] + end[more:] + together + weights["length.weight"][more, 0]
    return scores


class _Layers:
    def __init__(self, weights: Mapping[str, Floats]) -> None:
        self._weights = weights

    def linear(self, name: str, rows: Floats) -> Floats:
        made: Floats = rows @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]
        return made

    def convolved(self, name: str, rows: Floats, step: int) -> Floats:
        """Mix each row with two neighbours on either side, `step` apart."""
        weight = self._weights[f"{name}.weight"]
        taps, size = weight.shape[2], len(rows)
        reach = taps // 2 * step
        padded = np.pad(rows, ((reach, reach), (0, 0)))
        parts = (padded[at * step : at * step + size] @ weight[:, :, at].T for at in range(taps))
        made: Floats = sum(parts, self._weights[f"{name}.bias"])
        return made


def _relu(rows: Floats) -> Floats:
    return np.maximum(rows, 0)


def _level(rows: Floats) -> Floats:
    """Take away the mean of each row and give it unit variance."""
    mean = rows.mean(axis=1, keepdims=True)
    made: Floats = (rows - mean) / np.sqrt(rows.var(axis=1, keepdims=True) + _SMALL)
    return made
