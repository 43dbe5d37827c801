"""Marks that a screen or a sheet leaves in a picture: the grid of pixels, a bright frame, a loss of colour.

Each cue is weak (open models for this let 25 to 55% of attacks pass, see the facts); together they are one
signal beside the challenge, never a verdict.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.face.detect import Face, shrunk
from kiosk.face.picture import Picture, quantiles

_SIDE = 160
_LINE_SIDE = 160


@dataclass(frozen=True, slots=True)
class ScreenCues:
    """Weak signs of a picture of a picture, each 0 (none) to 1."""

    grid: float
    frame: float
    washed_out: float

    @property
    def total(self) -> float:
        """One figure: the strongest sign counts most."""
        parts = sorted((self.grid, self.frame, self.washed_out), reverse=True)
        return float(np.clip(0.7 * parts[0] + 0.2 * parts[1] + 0.1 * parts[2], 0, 1))


def screen_cues(picture: Picture, face: Face) -> ScreenCues:
    """Measure the cues around one face."""
    x, y, width, height = (round(v) for v in face.box)
    rows, columns = picture.shape[:2]
    crop = picture[max(y, 0) : min(y + height, rows), max(x, 0) : min(x + width, columns)]
    if min(crop.shape[:2]) < 24:
        return ScreenCues(0.0, 0.0, 0.0)
    return ScreenCues(_grid(crop), _frame(picture, face), _washed_out(crop))


@functools.cache
def _rings(side: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]:
    """The window of a patch, and where in the upper half of its spectrum detail beyond nature's would be."""
    hann = np.hanning(side)
    ys, xs = np.indices((side, side // 2 + 1))
    radius = np.hypot(np.minimum(ys, side - ys), xs) / (side / 2)
    return np.outer(hann, hann).astype(np.float32), (radius > 0.35) & (radius < 0.98)


def _grid(crop: Picture) -> float:
    """Sharp peaks in the spectrum beyond natural detail (moiré of a pixel grid).

    The picture is real, so half of its spectrum says all.
    """
    side = min(_SIDE, min(crop.shape[:2]) // 16 * 16)
    top, left = (crop.shape[0] - side) // 2, (crop.shape[1] - side) // 2
    middle = crop[top : top + side, left : left + side]
    patch = np.asarray(cv2.cvtColor(middle, cv2.COLOR_BGR2GRAY), np.float32)
    window, ring = _rings(side)
    patch -= cv2.mean(patch)[0]
    waves = cv2.split(cv2.dft(patch * window, flags=cv2.DFT_COMPLEX_OUTPUT))
    half = (plane[:, : side // 2 + 1] for plane in waves)
    spectrum = np.asarray(cv2.log(cv2.magnitude(*half) + 1), np.float32)
    excess = (spectrum - cv2.medianBlur(spectrum, 5))[ring]
    (spread,) = quantiles(np.abs(excess), 0.5)
    return float(np.clip((float(excess.max()) / (spread + 1e-6) - 9) / 14, 0, 1))


def _frame(picture: Picture, face: Face) -> float:
    """Long straight edges on three or four sides of the face (a telephone, a sheet of paper)."""
    x, y, width, height = face.box
    grown = (x - width, y - 0.8 * height, 3 * width, 2.9 * height)
    rows, columns = picture.shape[:2]
    left, top = round(max(grown[0], 0)), round(max(grown[1], 0))
    right, bottom = round(min(grown[0] + grown[2], columns)), round(min(grown[1] + grown[3], rows))
    around = picture[top:bottom, left:right]
    scale = min(1.0, _LINE_SIDE / max(around.shape[:2]))
    # Long lines stay in a small picture, and Hough's cost follows the edges. What is halved first costs a quarter.
    size = (max(round(scale * around.shape[1]), 1), max(round(scale * around.shape[0]), 1))
    near = shrunk(around, 0.5) if scale <= 0.5 else around
    small = cv2.resize(near, size, interpolation=cv2.INTER_AREA)
    edges = cv2.Canny(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), 60, 160)
    shortest = max(int(0.9 * scale * min(width, height)), 15)
    lines = cv2.HoughLinesP(
        edges, 1, np.pi / 180, max(shortest // 2, 20), minLineLength=shortest, maxLineGap=4
    )
    if lines is None:
        return 0.0
    box = (x - left, y - top, x - left + width, y - top + height)
    found = np.asarray(lines, np.float32).reshape(-1, 4) / np.float32(scale)
    sides = {side for line in found if (side := _side(line, box))}
    return float(np.clip((len(sides) - 1) / 3, 0, 1))


def _side(line: npt.NDArray[np.float32], box: tuple[float, float, float, float]) -> str:
    """On which side of the face a line runs along, or nothing."""
    x1, y1, x2, y2 = (float(v) for v in line)
    steep = abs(y2 - y1) > 3 * abs(x2 - x1)
    level = abs(x2 - x1) > 3 * abs(y2 - y1)
    middle_x, middle_y = (x1 + x2) / 2, (y1 + y2) / 2
    if steep and middle_x < box[0]:
        return "left"
    if steep and middle_x > box[2]:
        return "right"
    if level and middle_y < box[1]:
        return "top"
    return "bottom" if level and middle_y > box[3] else ""


def _washed_out(crop: Picture) -> float:
    """Little saturation and a compressed range, as on paper and dim screens."""
    hsv = cv2.cvtColor(np.ascontiguousarray(crop[::6, ::6]), cv2.COLOR_BGR2HSV)
    (saturation,) = quantiles(hsv[:, :, 1], 0.5)
    low, high = quantiles(hsv[:, :, 2], 0.02, 0.98)
    return float(
        np.clip(1 - saturation / 255 / 0.12, 0, 1) * 0.6 + np.clip(1 - (high - low) / 90, 0, 1) * 0.4
    )
