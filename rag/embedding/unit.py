"""Vectors of length one, so that a dot product is a cosine."""

import numpy as np

from rag.ports import Vectors


def unit(rows: Vectors) -> Vectors:
    """Give each row length 1; a row of zeros stays."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: Vectors = (rows / np.maximum(lengths, 1e-9)).astype(np.float32, copy=False)
    return scaled
