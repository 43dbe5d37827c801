"""Turns a face into 128 numbers with SFace, and numbers into an answer: the same person or not.

A single picture is embedded together with its mirror image and averaged: a face is nearly symmetric, its
lighting is not. Live frames are embedded once, since several are averaged anyway. Templates carry the id of
their model; those of different models are never compared. An embedding can be turned back into a likeness,
so templates are protected like pictures.

The network runs in OpenCV 5: 18 ms where onnxruntime 1.31 takes 19 with AVX-512 and 37 to 50 without it (its
PReLUs are no part of the layers there), with the same numbers (cosine 1.000000).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.face.detect import Face
from kiosk.face.errors import TemplateMismatchError
from kiosk.face.picture import Picture

Vector = npt.NDArray[np.float32]
SIDE = 112
# Where the five points lie in the aligned picture that SFace was trained on (OpenCV, face_recognize.cpp).
# As complex numbers, x + iy: a similarity is then one number to multiply by and one to add.
_REFERENCE = (
    38.2946 + 51.6963j,
    73.5318 + 51.5014j,
    56.0252 + 71.7366j,
    41.5493 + 92.3655j,
    70.7299 + 92.2041j,
)
_REFERENCE_CENTRE = sum(_REFERENCE) / len(_REFERENCE)


@dataclass(frozen=True, slots=True)
class Template:
    """A face as numbers (mẫu khuôn mặt): a unit vector and the model that made it."""

    model_id: str
    vector: Vector = field(repr=False)


def align(picture: Picture, face: Face) -> Picture:
    """Rotate, scale and cut the face to 112 × 112 by the least-squares similarity of its five points."""
    points = [complex(x, y) for x, y in face.points.tolist()]
    centre = sum(points) / len(points)
    spread = sum(abs(point - centre) ** 2 for point in points)
    turned = sum(
        (point - centre).conjugate() * place for point, place in zip(points, _REFERENCE, strict=True)
    )
    a = turned / max(spread, 1e-12)
    b = _REFERENCE_CENTRE - a * centre
    matrix = np.array([[a.real, -a.imag, b.real], [a.imag, a.real, b.imag]])
    return np.asarray(cv2.warpAffine(picture, matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR), np.uint8)


class Embedder:
    """SFace through OpenCV. Not thread-safe: one per thread."""

    def __init__(self, model: Path, model_id: str = "sface-2021dec") -> None:
        self._net = cv2.dnn.readNetFromONNX(str(model))
        self.model_id = model_id

    def template(self, picture: Picture, face: Face, *, mirror: bool = True) -> Template:
        """The template of one face in a picture; without `mirror` it costs half."""
        return self.of_aligned(align(picture, face), mirror=mirror)

    def of_aligned(self, aligned: Picture, *, mirror: bool = True) -> Template:
        """The template of a face that was aligned already."""
        vector = self._vector(aligned)
        if mirror:
            vector = unit(vector + self._vector(np.ascontiguousarray(aligned[:, ::-1])))
        return Template(self.model_id, vector)

    def _vector(self, aligned: Picture) -> Vector:
        self._net.setInput(cv2.dnn.blobFromImage(aligned, 1.0, (SIDE, SIDE), swapRB=True))
        return unit(np.asarray(self._net.forward(), np.float32).ravel())


def unit(vector: Vector) -> Vector:
    """The vector with length one."""
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-12), np.float32)


def compare(one: Template, other: Template) -> float:
    """Cosine similarity, −1 to 1.

    Raises:
        TemplateMismatchError: when they come from different models.
    """
    if one.model_id != other.model_id:
        raise TemplateMismatchError(f"{one.model_id} and {other.model_id}")
    return float(one.vector @ other.vector)


def average(templates: Sequence[Template], weights: Sequence[float] | None = None) -> Template:
    """One template of several pictures of the same person; better pictures may weigh more.

    Raises:
        ValueError: when there is none.
        TemplateMismatchError: when they come from different models.
    """
    if not templates:
        raise ValueError("at least one template")
    if len({template.model_id for template in templates}) > 1:
        raise TemplateMismatchError("several models")
    stacked = np.stack([template.vector for template in templates])
    factors = np.ones(len(templates)) if weights is None else np.maximum(np.asarray(weights, float), 1e-3)
    return Template(templates[0].model_id, unit(np.asarray(factors @ stacked, np.float32)))
