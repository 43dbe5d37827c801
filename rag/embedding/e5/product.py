"""One vector times many rows of eight-bit numbers, in onnxruntime.

Rows of floats take four times the memory, and the time it takes to read that is the time of the product. What is lost
is rounding: of a unit vector times unit rows, some .002.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from rag.embedding.e5.network import INPUT, OUTPUT
from rag.embedding.e5.onnx import model, node
from rag.embedding.e5.packed import Floats
from rag.embedding.e5.session import session

Product = Callable[[Floats], Floats]


def product_with(rows: NDArray[np.int8], step: float) -> Product:
    """Give what multiplies a vector with rows (any, width) of whole numbers, each so many `step`."""
    weights: dict[str, NDArray[np.generic]] = {
        "rows": np.ascontiguousarray(rows.T),
        "step": np.full(1, step, np.float32),
    }
    times = node("DynamicQuantizeMatMul", [INPUT, "rows", "step", ""], OUTPUT)
    many, width = rows.shape
    run = session(model([times], weights, (INPUT, width), {OUTPUT: many})).run

    def product(vector: Floats) -> Floats:
        made: Floats = run([OUTPUT], {INPUT: vector.astype(np.float32, copy=False)[None, None]})[0][0, 0]
        return made

    return product
