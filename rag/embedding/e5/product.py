"""One vector times many rows of eight-bit numbers, in onnxruntime.

Rows of floats take four times the memory, and the time it takes to read that is the time of the product. What is lost
is rounding: of a unit vector times unit rows, some .002.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.embedding.e5.network import INPUT, OUTPUT
from rag.embedding.e5.onnx import model, node
from rag.embedding.e5.packed import Floats
from rag.embedding.e5.session import session

Numbers = NDArray[np.int8]
Product = Callable[[Floats], Floats]

_TOGETHER = (
    128  # two neighbours times 255 still fit into 16 bits: older processors cut sums off without a word
)


def product_with(rows: Numbers, step: float) -> Product:
    """Give what multiplies a vector with rows (any, width) of whole numbers, each so many `step`."""
    order = paired(rows)
    given = padded(rows)[:, order]
    many, width = given.shape
    weights: dict[str, NDArray[np.generic]] = {
        "rows": np.ascontiguousarray(given.T),
        "step": np.full(1, step, np.float32),
    }
    times = node("DynamicQuantizeMatMul", [INPUT, "rows", "step", ""], OUTPUT)
    run = session(model([times], weights, (INPUT, width), {OUTPUT: many})).run

    def product(vector: Floats) -> Floats:
        row = padded(vector[None])[:, order].astype(np.float32, copy=False)
        made: Floats = run([OUTPUT], {INPUT: row[None]})[0][0, 0]
        return made

    return product


def padded(rows: NDArray[Any]) -> NDArray[Any]:
    """Give the rows with a column of noughts behind the others."""
    return np.pad(rows, ((0, 0), (0, 1)))


def paired(rows: Numbers) -> NDArray[np.intp]:
    """Give an order of the padded columns in which no two neighbours (first and second, third and fourth) are too much.

    A column that reaches far stands beside one that reaches least, or, where that is still too much, beside noughts.

    >>> paired(np.asarray([[100, 20, 127, 10, 5, 1]], dtype=np.int8)).tolist()
    [2, 5, 0, 4, 1, 3]
    >>> paired(np.asarray([[100, 100, 50, 60]], dtype=np.int8)).tolist()
    [0, 4, 2, 4, 1, 4, 3, 4]
    """
    reach = np.abs(padded(rows).astype(np.int16))
    nought = reach.shape[1] - 1
    by_reach = np.argsort(-reach[:, :nought].max(axis=0), kind="stable").tolist()
    if nought % 2:
        by_reach.append(nought)
    half = len(by_reach) // 2
    order: list[int] = []
    for one, other in zip(by_reach[:half], by_reach[: half - 1 : -1], strict=True):
        fits = (reach[:, one] + reach[:, other]).max() <= _TOGETHER
        order += [one, other] if fits else [one, nought, other, nought]
    return np.asarray(order)
