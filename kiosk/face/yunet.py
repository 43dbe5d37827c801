"""Runs YuNet and reads its answer: boxes and points of faces in a picture that is small already.

In onnxruntime where it is installed: it needs 6 ms where OpenCV's engine takes 10, most of them for laying out anew
what has few channels. (SFace is the other way round, see `embed.py`.) Elsewhere in OpenCV, with the same faces; a
test compares.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.face.picture import Picture

try:
    import onnxruntime
except ImportError:  # a kiosk that was installed before it came, or a machine without a wheel of it
    onnxruntime = None

Rows = npt.NDArray[np.float32]
"""[n, 15]: box (left, top, width, height), five points (x, y), score; in pixels of the picture given."""
_SCORE, _NMS, _MOST = 0.6, 0.3, 50
_STRIDES = (8, 16, 32)
# The file says 1 × 3 × 640 × 640 (protobuf: dim_value); the network itself takes any height and width (dim_param).
_FIXED = bytes.fromhex("0a020801 0a020803 0a03088005 0a03088005")
_FREE = bytes.fromhex("0a020801 0a020803 0a03120168 0a03120177")
_ERRORS_ONLY = 3


class Network(Protocol):
    """Finds faces in a small picture."""

    def rows(self, small: Picture) -> Rows:
        """A row for each face, overlapping ones thinned out."""


def network(model: Path) -> Network:
    """The faster of the networks that this machine can run."""
    return InOpenCv(model) if onnxruntime is None else InOnnxRuntime(model)


class InOpenCv:
    """YuNet with OpenCV's own engine and decoding. Not thread-safe."""

    def __init__(self, model: Path) -> None:
        self._net = cv2.FaceDetectorYN.create(str(model), "", (0, 0), _SCORE, _NMS, _MOST)

    def rows(self, small: Picture) -> Rows:
        """A row for each face."""
        self._net.setInputSize((small.shape[1], small.shape[0]))
        _, found = self._net.detect(small)
        return np.empty((0, 15), np.float32) if found is None else np.asarray(found, np.float32)


class InOnnxRuntime:
    """YuNet in onnxruntime, on the calling thread alone; decoded as OpenCV does it (face_detect.cpp)."""

    def __init__(self, model: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        # One odd large picture would keep its memory for ever; without an arena a frame takes as long.
        options.enable_cpu_mem_arena = False
        options.log_severity_level = _ERRORS_ONLY
        weights = model.read_bytes().replace(_FIXED, _FREE)
        self._session = onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
        self._blob, self._filled = np.zeros((1, 3, 0, 0), np.float32), (0, 0)

    def rows(self, small: Picture) -> Rows:
        """A row for each face."""
        height, width = small.shape[:2]
        if self._filled != (height, width):
            rounded = (-(-height // 32) * 32, -(-width // 32) * 32)
            self._blob, self._filled = np.zeros((1, 3, *rounded), np.float32), (height, width)
        for plane, channel in zip(self._blob[0], cv2.split(small), strict=True):
            plane[:height, :width] = channel
        found = _decoded(self._session.run(None, {"input": self._blob}), *self._blob.shape[2:])
        boxes = found[:, :4].astype(np.int32)
        kept = cv2.dnn.NMSBoxes(boxes.tolist(), found[:, 14].tolist(), _SCORE, _NMS, top_k=_MOST)
        return found[np.asarray(kept, np.int64)]


@functools.lru_cache(maxsize=4)
def _places(height: int, width: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Column and row of every place of the three grids, [n, 2], and how many pixels it is from the next, [n, 1]."""
    columns, rows, strides = [], [], []
    for stride in _STRIDES:
        down, across = np.indices((height // stride, width // stride))
        columns.append(across.ravel())
        rows.append(down.ravel())
        strides.append(np.full(down.size, stride))
    cells = np.stack([np.concatenate(columns), np.concatenate(rows)], axis=1)
    return cells.astype(np.float64), np.concatenate(strides)[:, None].astype(np.float64)


def _decoded(answers: list[Rows], height: int, width: int) -> Rows:
    """Every place of the three grids that is sure enough of a face, as rows.

    `answers`: class, object, box and points, each for strides 8, 16 and 32.
    """
    classes, objects, boxes, points = (
        np.concatenate(answers[kind : kind + 3], axis=1)[0] for kind in (0, 3, 6, 9)
    )
    scores = np.sqrt(np.clip(classes, 0, 1) * np.clip(objects, 0, 1))
    sure = np.flatnonzero(scores[:, 0] >= _SCORE)
    cells, strides = (of_all[sure] for of_all in _places(height, width))
    size = np.exp(boxes[sure, 2:])
    corner = cells + boxes[sure, :2] - size / 2
    marks = points[sure] + np.tile(cells, 5)
    pixels = np.concatenate([corner, size, marks], axis=1) * strides
    return np.concatenate([pixels, scores[sure]], axis=1).astype(np.float32)
