"""Finds faces with YuNet, on a picture scaled down first: at full size it misses a face that is close.

A live frame is looked at once, for another one comes. A picture that somebody hands in is looked at harder where
nothing was found: with a margin, at full size, and turned by quarters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.face.picture import Picture
from kiosk.face.yunet import network

WORKING_SIDE = 480
_FULL_SIDE = 1600
_MARGIN = 0.6
"""Of the longer side: a face that fills its picture is found only with something around it."""
BELIEVED = 0.75
"""What the detector is less sure of is a shadow or a pattern as often as a person; upright faces have 0.93."""
UPRIGHT, _SURE, _CLEARLY, _TURNED_BY = 0.92, 0.9, 0.05, 0.03
"""Scores of faces: upright ones have 0.93, those upside down up to 0.90; and by how much one seen otherwise must be
better."""


@dataclass(frozen=True, slots=True)
class Face:
    """A face in a picture (khuôn mặt): box and five points in pixels, and the detector's score.

    `points`: right eye, left eye, nose tip, right and left mouth corner, as float32 [5, 2].
    """

    box: tuple[float, float, float, float]
    points: npt.NDArray[np.float32]
    score: float

    @property
    def eye_distance(self) -> float:
        """Pixels between the eyes (ISO/IEC 29794-5 inter-eye distance)."""
        return float(np.linalg.norm(self.points[0] - self.points[1]))

    @property
    def area(self) -> float:
        """Pixels that the box covers."""
        return self.box[2] * self.box[3]


class Detector:
    """YuNet on a picture scaled down first. Not thread-safe: one per thread."""

    def __init__(self, model: Path, side: int = WORKING_SIDE) -> None:
        self._side = side
        self.network = network(model)

    def find(self, picture: Picture, side: int = 0) -> tuple[Face, ...]:
        """The faces, the most prominent (large and near the middle) first; looked for at `side` pixels.

        What the detector only half believes in comes last, however large: a blur behind somebody is not before them.
        """
        height, width = picture.shape[:2]
        scale = min(1.0, (side or self._side) / max(height, width))
        faces = (self._face(row, scale) for row in self.network.rows(shrunk(picture, scale)))
        return in_order(faces, width, height)

    def find_patiently(self, picture: Picture) -> tuple[Face, ...]:
        """As `find`; also faces that fill the picture, that are small in it, or that lie on their side.

        A face that lies is often found as if it stood, with a low score and wrong points: so a low score is doubted.
        """
        found = self.find(picture) or next((more for more in self._harder(picture) if more), ())
        if found and found[0].score >= _SURE:
            return found
        turned = max((more for more in self._turned(picture) if more), key=_best, default=())
        return turned if _best(turned) > _best(found) + _CLEARLY else found

    def stands_turned(self, picture: Picture) -> bool | None:
        """Whether whoever is in a live frame stands on their head or side: the camera hangs wrongly; None: nobody.

        A face upside down is found as if it stood, with eyes where the mouth is: it would be compared, and be nobody's.
        """
        upright = _best(self.find(picture))
        if upright >= UPRIGHT:
            return False
        turned = max((_best(more) for more in self._turned(picture)), default=0.0)
        if max(upright, turned) < BELIEVED:
            return None
        return turned >= _SURE and turned > upright + _TURNED_BY

    def _harder(self, picture: Picture) -> Iterator[tuple[Face, ...]]:
        pixels = round(_MARGIN * max(picture.shape[:2]))
        around = cv2.copyMakeBorder(picture, pixels, pixels, pixels, pixels, cv2.BORDER_REPLICATE)
        yield tuple(_moved(face, pixels) for face in self.find(np.asarray(around, np.uint8)))
        if max(picture.shape[:2]) > self._side:
            yield self.find(picture, _FULL_SIDE)

    def _turned(self, picture: Picture) -> Iterator[tuple[Face, ...]]:
        for quarters in (1, 3, 2):
            turned = np.ascontiguousarray(np.rot90(picture, quarters))
            yield tuple(_turned_back(face, quarters, turned.shape) for face in self.find(turned))

    @staticmethod
    def _face(row: npt.NDArray[np.float32], scale: float) -> Face:
        x, y, width, height = (float(v) / scale for v in row[:4])
        return Face((x, y, width, height), (row[4:14] / scale).reshape(5, 2), float(row[14]))


def _best(found: tuple[Face, ...]) -> float:
    return found[0].score if found else 0.0


def _moved(face: Face, pixels: int) -> Face:
    """The face of a picture that had a margin."""
    x, y, width, height = face.box
    return replace(face, box=(x - pixels, y - pixels, width, height), points=face.points - np.float32(pixels))


def _turned_back(face: Face, quarters: int, turned: tuple[int, ...]) -> Face:
    """The face of a picture that was turned against the clock by so many quarters."""
    x, y, width, height = face.box
    points = np.vstack([face.points, [(x, y), (x + width, y + height)]]).astype(np.float32)
    sides = turned[:2]
    for _ in range(quarters):
        # One quarter with the clock: what was down is left.
        points = np.column_stack([sides[0] - 1 - points[:, 1], points[:, 0]]).astype(np.float32)
        sides = sides[::-1]
    low, high = points[5:].min(axis=0), points[5:].max(axis=0)
    box = (float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1]))
    return replace(face, box=box, points=points[:5])


def shrunk(picture: Picture, scale: float) -> Picture:
    """The picture at this scale (at most 1): halved while it can be, the rest interpolated.

    OpenCV halves in 0.3 ms where its averaging to any other size takes 2 to 4 ms, a twentieth of a frame's time.
    """
    height, width = picture.shape[:2]
    size = (max(round(width * scale), 1), max(round(height * scale), 1))
    small = picture
    while small.shape[1] >= 2 * size[0] and small.shape[0] >= 2 * size[1]:
        half = (small.shape[1] // 2, small.shape[0] // 2)
        small = np.asarray(cv2.resize(small, half, interpolation=cv2.INTER_AREA), np.uint8)
    if small.shape[1::-1] == size:
        return small
    return np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def in_order(faces: Iterable[Face], width: int, height: int) -> tuple[Face, ...]:
    """Those that are believed first, and among them the most prominent."""

    def rank(face: Face) -> tuple[bool, float]:
        return face.score >= BELIEVED, _prominence(face, width, height)

    return tuple(sorted(faces, key=rank, reverse=True))


def _prominence(face: Face, width: int, height: int) -> float:
    x, y = face.box[0] + face.box[2] / 2, face.box[1] + face.box[3] / 2
    off_centre = np.hypot((x - width / 2) / width, (y - height / 2) / height)
    return face.area * float(np.exp(-((off_centre / 0.3) ** 2)))
