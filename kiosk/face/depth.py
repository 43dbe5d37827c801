"""Tells a head that turns from a flat picture that is turned.

Two views of one plane are a homography apart, whatever the plane does; so when the points around the nose of
one view are carried onto the other by the homography that fits them best, the tip of the nose of a print or a
screen falls where it is, and that of a head misses it: it stands out. The miss, in distances of the outer eye
corners, is the parallax. Measured on rendered heads and prints (bench face-attacks), sideways: a head at 30
degrees 0.11 to 0.18, a flat print turned by 50 degrees at most 0.08; upwards: 0.09 to 0.16 at 30 degrees against
0.04 at most; downwards: 0.09 to 0.15 against 0.02. A bent sheet has depth: see docs/face.md.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.face.landmarks import Mesh

# Corners of the eyes, brows, corners of the mouth, under the nose, under the lower lip; then the tip of the nose.
ANCHORS = (33, 133, 362, 263, 61, 291, 105, 334, 0, 17)
_NOSE_TIP = 1
_OUTER_EYES = (0, 3)

Anchors = npt.NDArray[np.float64]


def anchors(mesh: Mesh) -> Anchors:
    """The points that `parallax` compares, [11, 2]; the tip of the nose is the last."""
    return mesh.points[[*ANCHORS, _NOSE_TIP], :2].astype(np.float64)


def parallax(rest: Anchors, turned: Anchors) -> tuple[float, float]:
    """How far the nose stands out between two views, in eye distances: to the picture's right, and down."""
    carry, _ = cv2.findHomography(rest[:-1], turned[:-1], 0)
    distance = float(np.linalg.norm(turned[_OUTER_EYES[0]] - turned[_OUTER_EYES[1]]))
    if carry is None or distance < 1e-6:
        return 0.0, 0.0
    tip = np.asarray(cv2.perspectiveTransform(rest[None, -1:], carry), np.float64)[0, 0]
    across, down = (turned[-1] - tip) / distance
    return float(across), float(down)
