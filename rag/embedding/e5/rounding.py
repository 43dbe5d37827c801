"""Weights as whole numbers of eight bits, as onnxruntime multiplies them three times as fast as those of four.

What goes into a product is rounded to 256 steps as well, all of it alike, so a few columns that reach far would leave
the others no steps: those are shrunk before and their weights grown as much, which changes no product (SmoothQuant,
Xiao et al. 2022). How far a column reaches is told from the weights before it; no text is needed.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.embedding.e5.packed import Floats

# Two products of 255 and 63 still fit into 16 bits: where a processor adds them so, it cuts off none.
_MOST = 63
_FAR = 4.0  # standard deviations
_SHRUNK = 0.65  # how much of the unevenness the weights take over
_LEAST_BENT = 0.17  # what Gelu gives at most below nought
_TINY = 1e-6  # weights that are all nought have a step too


@dataclass(frozen=True, slots=True)
class Rounded:
    """Weights of eight bits (columns, rows), the step of each row, and what a column is shrunk by; None: by nothing."""

    numbers: NDArray[np.int8]
    steps: Floats
    shrink: Floats | None


def rounded(weights: Floats, reach: NDArray[np.floating[Any]] | None = None) -> Rounded:
    """Round weights (rows, columns), given how far each column of what they are multiplied with reaches."""
    shrink: Floats | None = None
    if reach is not None:
        uneven = np.log(reach) * _SHRUNK - np.log(np.abs(weights).max(axis=0) + _TINY) * (1 - _SHRUNK)
        grown = np.exp(uneven - uneven.mean()).astype(np.float32)
        weights, shrink = weights * grown, 1 / grown
    steps = (np.abs(weights).max(axis=1) + _TINY) / _MOST
    numbers = np.rint(weights.T / steps).astype(np.int8)
    return Rounded(np.ascontiguousarray(numbers), steps.astype(np.float32), shrink)


def reach_of_level(weight: Floats, bias: Floats) -> NDArray[np.floating[Any]]:
    """Tell how far each column of a normalisation with this weight and bias reaches."""
    return np.abs(bias) + _FAR * np.abs(weight)


def reach_of_bent(weights: Floats, bias: Floats, level: tuple[Floats, Floats]) -> NDArray[np.floating[Any]]:
    """Tell how far each column reaches that these weights and Gelu make of a normalisation (its weight and bias)."""
    mean = weights @ level[1] + bias
    spread = np.linalg.norm(weights * level[0], axis=1)
    return np.asarray(np.maximum(mean + _FAR * spread, _LEAST_BENT))
