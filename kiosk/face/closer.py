"""Looks again at a face that was found: upright, large in its picture, and in the mirror.

The detector's five points are sure where a face stands upright and fills a good part of the picture. Where it leans,
or is small, they lie aside, and the embedding with them: eleven people leaning by 45 degrees were 0.43 like themselves
upright, and are 0.96 after this. It costs four small looks (13 ms), so what is handed in (a chip's portrait, a list of
pairs) is looked at so; a live frame that is to be compared gets one of them (3 ms), others none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.face.detect import Face
from kiosk.face.picture import Picture
from kiosk.face.yunet import Network

_SIDE = 320
_SHARE = 0.5
"""Of the side: how large the face is made. There its points are surest."""
_ROUNDS = 2
"""The first finds how the face leans; the second sees it upright."""
_NEAR = 0.2
_MIRRORED = [1, 0, 2, 4, 3]
"""Which point each is in the mirror: left is right."""

Points = npt.NDArray[np.float32]


def seen_again(network: Network, picture: Picture, face: Face) -> Face:
    """The face with points from one look, straight; as it was where it is not found again. Its box stays."""
    seen = next(_looks(network, picture, face), None)
    return face if seen is None else replace(face, points=seen)


def seen_closer(network: Network, picture: Picture, face: Face) -> Face:
    """The face with surer points; as it was where it is not found again. Its box stays."""
    for _ in range(_ROUNDS):
        seen = list(_looks(network, picture, face))
        if not seen:
            break
        face = replace(face, points=np.mean(seen, axis=0, dtype=np.float32))
    return face


def _looks(network: Network, picture: Picture, face: Face) -> Iterator[Points]:
    """Its points, in pixels of the picture, from each look that finds it: straight, and in the mirror."""
    there = _upright(face)
    seen = np.asarray(
        cv2.warpAffine(picture, there, (_SIDE, _SIDE), borderMode=cv2.BORDER_REPLICATE), np.uint8
    )
    back = cv2.invertAffineTransform(there)
    for mirror in (False, True):
        rows = network.rows(np.ascontiguousarray(seen[:, ::-1]) if mirror else seen)
        points = _in_the_middle(rows)
        if points is None:
            continue
        if mirror:
            points = points[_MIRRORED] * (-1, 1) + (_SIDE - 1, 0)
        yield (points @ back[:, :2].T + back[:, 2]).astype(np.float32)


def _upright(face: Face) -> npt.NDArray[np.float64]:
    """How to carry the picture so that the face stands upright in the middle, large enough."""
    across = face.points[1] - face.points[0]
    lean = float(np.degrees(np.arctan2(across[1], across[0])))
    middle = face.points.mean(axis=0)
    scale = _SHARE * _SIDE / max(*face.box[2:], 1.0)
    carry = cv2.getRotationMatrix2D((float(middle[0]), float(middle[1])), lean, scale)
    carry[:, 2] += _SIDE / 2 - middle
    return np.asarray(carry, np.float64)


def _in_the_middle(rows: Points) -> Points | None:
    """The points of the face nearest to the middle, if one is there."""
    if not len(rows):
        return None
    points = rows[:, 4:14].reshape(-1, 5, 2)
    away = np.linalg.norm(points.mean(axis=1) - _SIDE / 2, axis=1)
    nearest = int(np.argmin(away))
    return points[nearest] if away[nearest] < _NEAR * _SIDE else None
