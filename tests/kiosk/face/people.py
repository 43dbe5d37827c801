"""Many living people out of a few heads: light, skin, glasses, hair, distance, noise, and every kind of shyness.

Drawn from a seed, so that a presentation can be repeated. What it cannot show: other bones than the heads', real
glass and hair, children (only their distance and their pace), and skin that folds. See docs/face.md.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.face.picture import Picture
from tests.kiosk.face.render import LIDS, Head

Show = Callable[[str, int], Picture]
_OVAL = 468
_AXES = {"turn_left": (1, 0), "turn_right": (-1, 0), "look_up": (0, -1), "look_down": (0, 1)}


@dataclass(frozen=True, slots=True)
class Manner:
    """How somebody looks and behaves (dáng vẻ). Frames are 80 ms; degrees, and shares of full light or height."""

    gain: float = 1.0
    side_light: float = 0.0
    warmth: float = 0.0
    skin: float = 1.0
    glasses: str = "none"
    fringe: bool = False
    distance: float = 1.0
    noise: float = 0.0
    turn: float = 34.0
    nod: float = 25.0
    answers_after: int = 4
    blinks_after: int = 5
    blink_frames: int = 3
    sway: float = 0.0

    @classmethod
    def drawn(cls, chance: random.Random) -> Manner:
        """Somebody."""
        return cls(
            gain=chance.uniform(0.6, 1.2),
            side_light=chance.uniform(-0.35, 0.35),
            warmth=chance.uniform(-0.1, 0.1),
            skin=chance.choice((1.0, 1.0, 0.85, 0.7, 0.55)),
            glasses=chance.choice(("none", "none", "none", "thin", "thick")),
            fringe=chance.random() < 0.2,
            # The smaller faces are those of children, who stand lower and further.
            distance=chance.uniform(0.6, 1.15),
            noise=chance.uniform(1, 5),
            turn=chance.uniform(29, 42),
            nod=chance.uniform(18, 30),
            answers_after=chance.choice((3, 4, 6, 8, 12, 16)),
            blinks_after=chance.choice((3, 5, 8, 12, 18)),
            blink_frames=chance.choice((2, 3, 4)),
            sway=chance.uniform(0, 3),
        )


def dressed(head: Head, manner: Manner, *, lids: float = 0.0) -> Head:
    """The same head with this skin, hair and glasses, which turn with it; lids close behind the glasses."""
    picture = _skinned(head.posed(lids=lids), head.points[:_OVAL, :2], manner.skin)
    if manner.fringe:
        picture = _fringed(picture, head.points)
    if manner.glasses != "none":
        picture = _bespectacled(picture, head.points, thick=manner.glasses == "thick")
    return Head(picture, head.points, head.triangles)


def somebody(head: Head, manner: Manner) -> Show:
    """Does what is asked, in this manner; sways a little at rest."""
    opened, closed = dressed(head, manner), dressed(head, manner, lids=1.0)
    seen: dict[tuple[float, ...], Picture] = {}

    def shown(yaw: float = 0.0, pitch: float = 0.0, lids: float = 0.0) -> Picture:
        key = (round(yaw), round(pitch), lids)
        if key not in seen:
            worn = closed if lids else opened
            seen[key] = _lit(worn.posed(key[0], pitch_degrees=key[1]), manner)
        return seen[key]

    def show(hint: str, since: int) -> Picture:
        if hint in _AXES and manner.answers_after <= since < manner.answers_after + 8:
            # Half way for two frames, all the way for the others.
            share = 0.5 if since < manner.answers_after + 2 else 1.0
            across, down = _AXES[hint]
            return shown(share * across * manner.turn, share * down * manner.nod)
        if hint == "blink" and manner.blinks_after <= since < manner.blinks_after + manner.blink_frames:
            return shown(lids=1.0)
        return shown(manner.sway * (since // 8 % 3 - 1))

    return show


def _lit(picture: Picture, manner: Manner) -> Picture:
    """Under this light, from this distance, with this camera's noise."""
    height, width = picture.shape[:2]
    if manner.distance != 1.0:
        matrix = cv2.getRotationMatrix2D((width / 2, height * 0.48), 0, manner.distance)
        picture = np.asarray(
            cv2.warpAffine(picture, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
        )
    across = np.linspace(-1, 1, width, dtype=np.float32)[None, :, None]
    light = manner.gain * (1 + manner.side_light * across)
    colour = np.array([1 - manner.warmth, 1, 1 + manner.warmth], np.float32)
    grain = np.random.default_rng(7).normal(0, manner.noise, (height, width, 1)).astype(np.float32)
    seen = picture.astype(np.float32) * light * colour + grain
    return np.asarray(np.clip(seen, 0, 255), np.uint8)


def _skinned(picture: Picture, oval: npt.NDArray[np.float64], skin: float) -> Picture:
    if skin == 1.0:
        return picture
    mask = np.zeros(picture.shape[:2], np.float32)
    cv2.fillConvexPoly(mask, cv2.convexHull(oval.astype(np.int32)), 1.0)
    soft = cv2.GaussianBlur(mask, (0, 0), 9)[..., None]
    # Darker skin is a little redder: it keeps less of the blue.
    darker = picture.astype(np.float32) * (skin * np.array([0.94, 0.97, 1.0], np.float32))
    return (soft * darker + (1 - soft) * picture).astype(np.uint8)


def _fringed(picture: Picture, points: npt.NDArray[np.float64]) -> Picture:
    """Dark hair down to the brows."""
    out = picture.copy()
    brow = float(points[[105, 334], 1].mean())
    left, right, top = float(points[54, 0]), float(points[284, 0]), float(points[10, 1])
    centre = (round((left + right) / 2), round(top))
    axes = (round(0.55 * (right - left)), max(round(0.75 * (brow - top)), 4))
    cv2.ellipse(out, centre, axes, 0, 0, 360, (28, 30, 36), -1, cv2.LINE_AA)
    return out


def _bespectacled(picture: Picture, points: npt.NDArray[np.float64], *, thick: bool) -> Picture:
    """Frames round both eyes, a bridge, and a glint on one glass."""
    out, line = picture.copy(), 5 if thick else 2
    rims: list[tuple[tuple[int, int], int]] = []
    for upper, lower in LIDS:
        eye = points[[*upper, *lower], :2]
        centre, width = eye.mean(axis=0), float(np.ptp(eye[:, 0]))
        middle = (round(float(centre[0])), round(float(centre[1])))
        axes = (round(0.95 * width), round(0.72 * width))
        rims.append((middle, axes[0]))
        cv2.ellipse(out, middle, axes, 0, 0, 360, (30, 30, 34), line, cv2.LINE_AA)
        glint = (middle[0] + axes[0] // 2, middle[1] - axes[1] // 2)
        cv2.ellipse(out, glint, (max(axes[0] // 6, 2), max(axes[1] // 8, 1)), 20, 0, 360, (235, 238, 240), -1)
    (one, half), (other, other_half) = sorted(rims)
    cv2.line(out, (one[0] + half, one[1]), (other[0] - other_half, other[1]), (30, 30, 34), line, cv2.LINE_AA)
    return out if thick else np.asarray(cv2.addWeighted(picture, 0.25, out, 0.75, 0), np.uint8)
