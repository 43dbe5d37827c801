"""Presentation attacks made by geometry and optics from one picture: prints, cut-outs, screens, replays.

Each attack is a show for `puppets.Stage`: what the camera sees when the attacker hears a hint. They do what
such an attacker can: turn, tilt and bend the sheet when asked to turn, in the best way for it. What this cannot
show: real ink, real glare, real panels, masks of a head's shape, and the patience of a real attacker.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.face.picture import Picture
from tests.kiosk.face.render import LIDS, Head

Show = Callable[[str, int], Picture]
_FOCUS = 1.2
_TURN = {"turn_left": 1.0, "turn_right": -1.0}
_MOVING = range(4, 14)


def held(
    picture: Picture, *, yaw: float = 0, pitch: float = 0, roll: float = 0, bend: float = 0, shift: float = 0
) -> Picture:
    """The picture as a sheet before the camera: turned by degrees, bent by `bend` radians over its width.

    The sheet is a cylinder about its upright axis (`bend` 0 is flat), projected by a pinhole camera; drawn
    behind it is a wall.
    """
    height, width = picture.shape[:2]
    turn = cv2.Rodrigues(np.radians([0, yaw, 0]))[0] @ cv2.Rodrigues(np.radians([pitch, 0, roll]))[0]
    # A flat sheet is one homography; a bent one is drawn in strips.
    columns = 41 if bend else 2
    across, down = np.meshgrid(np.linspace(-0.5, 0.5, columns) * width, np.linspace(-0.5, 0.5, 2) * height)
    if bend:
        radius = width / bend
        solid = np.stack([radius * np.sin(across / radius), down, radius * (1 - np.cos(across / radius))], -1)
    else:
        solid = np.stack([across, down, np.zeros_like(across)], -1)
    solid = solid @ turn.T
    focus = _FOCUS * width
    scale = focus / (focus + solid[..., 2])
    target = np.stack([solid[..., 0] * scale + width * (0.5 + shift), solid[..., 1] * scale + height / 2], -1)
    source = np.stack([across + width / 2, down + height / 2], -1)
    return _drawn(picture, source, target, solid[..., 2])


def _drawn(
    picture: Picture,
    source: npt.NDArray[np.float64],
    target: npt.NDArray[np.float64],
    depth: npt.NDArray[np.float64],
) -> Picture:
    """Draw the sheet's cells, the far ones first, each by its own homography."""
    out = _wall(picture)
    rows, columns = depth.shape
    cells = [(r, c) for r in range(rows - 1) for c in range(columns - 1)]
    for r, c in sorted(cells, key=lambda cell: -depth[cell]):
        corners = ((r, c), (r, c + 1), (r + 1, c + 1), (r + 1, c))
        before = np.array([source[at] for at in corners], np.float32)
        after = np.array([target[at] for at in corners], np.float32)
        x, y, wide, high = cv2.boundingRect(after)
        left, top = max(x, 0), max(y, 0)
        right, bottom = min(x + wide + 1, out.shape[1]), min(y + high + 1, out.shape[0])
        if right <= left or bottom <= top:
            continue
        after -= np.array([left, top], np.float32)
        matrix = cv2.getPerspectiveTransform(before, after)
        patch = cv2.warpPerspective(
            picture, matrix, (right - left, bottom - top), borderMode=cv2.BORDER_REPLICATE
        )
        mask = np.zeros((bottom - top, right - left), np.uint8)
        cv2.fillConvexPoly(mask, np.round(after * 16).astype(np.int32), 1, shift=4)
        out[top:bottom, left:right][mask > 0] = patch[mask > 0]
    return out


def _wall(picture: Picture) -> Picture:
    wall = np.full_like(picture, (176, 186, 190))
    wall[::48] -= 8
    return wall


# ---------------------------------------------------------------- what is held up


def printed(picture: Picture, *, seed: int = 1) -> Picture:
    """A matt print: fewer tones and colours, the grain of paper, a white border, on a wall."""
    chance = np.random.default_rng(seed)
    tones = 28 + picture.astype(np.float32) * (205 / 255)
    grey = tones.mean(axis=2, keepdims=True)
    grain = cv2.GaussianBlur(chance.normal(0, 9, picture.shape[:2]).astype(np.float32), (0, 0), 0.7)
    sheet = np.clip(grey + 0.8 * (tones - grey) + grain[..., None], 0, 255).astype(np.uint8)
    sheet = cv2.GaussianBlur(sheet, (0, 0), 0.6)
    return _bordered(sheet, (236, 240, 242))


def on_screen(picture: Picture) -> Picture:
    """A telephone or tablet: a grid of pixels that beats with the camera's, a gamma, a dark border, glare."""
    height, width = picture.shape[:2]
    light = 255 * (picture.astype(np.float32) / 255) ** 0.85
    xs, ys = np.meshgrid(np.arange(width), np.arange(height))
    grid = 1 + 0.09 * np.cos(2 * np.pi * xs / 2.7) * np.cos(2 * np.pi * ys / 2.6)
    beat = 1 + 0.04 * np.cos(2 * np.pi * (xs + 0.35 * ys) / 37)
    glare = 26 * np.exp(-(((xs - 0.72 * width) / 120) ** 2 + ((ys - 0.25 * height) / 80) ** 2))
    shown = np.clip(light * (grid * beat)[..., None] + glare[..., None], 0, 255).astype(np.uint8)
    return _bordered(shown, (14, 14, 14))


def _bordered(sheet: Picture, colour: tuple[int, int, int]) -> Picture:
    height, width = sheet.shape[:2]
    out = sheet.copy()
    cv2.rectangle(out, (round(0.14 * width), 6), (round(0.86 * width), height - 6), colour, 18)
    wall = _wall(sheet)
    left, right = round(0.14 * width) - 9, round(0.86 * width) + 9
    wall[:, left:right] = out[:, left:right]
    return wall


# ---------------------------------------------------------------- the attackers


def still_sheet(sheet: Picture) -> Show:
    """Holds it up, and that is all; a hand trembles."""
    shaken = [held(sheet, yaw=2 * np.sin(n), pitch=np.cos(n), shift=0.004 * np.sin(2 * n)) for n in range(6)]
    return lambda _hint, since: shaken[since % 6]


def turned_sheet(sheet: Picture, *, degrees: float = 45, bend: float = 0.0, tilted: float = 0.0) -> Show:
    """Turns it the asked way, by up to `degrees` from `tilted` the other way; nods it when asked to blink."""
    rest = held(sheet, yaw=0, bend=bend)
    poses = {
        hint: [
            held(sheet, yaw=yaw, bend=bend, pitch=4)
            for yaw in np.linspace(-sign * tilted, sign * degrees, len(_MOVING))
        ]
        for hint, sign in _TURN.items()
    }
    nods = [held(sheet, pitch=angle, bend=bend) for angle in (12, 25, 35, 25, 12)]

    def show(hint: str, since: int) -> Picture:
        if hint in poses and since in _MOVING:
            return poses[hint][since - _MOVING.start]
        if hint == "blink" and 4 <= since < 9:
            return nods[since - 4]
        return rest

    return show


def cut_out(head: Head, sheet: Picture, *, degrees: float = 45, bend: float = 0.0) -> Show:
    """A print with holes for the eyes: the attacker's own eyes blink behind it."""
    closed = sheet.copy()
    for upper, lower in LIDS:
        hole = head.points[[*upper, *reversed(lower)], :2].astype(np.int32)
        skin = sheet[hole[:, 1].max() + 6, hole[len(upper) // 2, 0]]
        cv2.fillPoly(closed, [hole], [int(0.9 * v) for v in skin], cv2.LINE_AA)
    shut = held(closed, bend=bend)
    turned = turned_sheet(sheet, degrees=degrees, bend=bend)

    def show(hint: str, since: int) -> Picture:
        return shut if hint == "blink" and 5 <= since < 8 else turned(hint, since)

    return show


def replayed(head: Head, seen_through: Callable[[Picture], Picture], *, order: tuple[str, ...]) -> Show:
    """A recording of the living person in which the movements come in a fixed order, again and again."""
    frames: list[Picture] = []
    pose = {"turn_left": head.posed(34.0), "turn_right": head.posed(-34.0), "blink": head.posed(lids=1.0)}
    for movement in order:
        frames += [head.picture] * 14 + [pose[movement]] * (3 if movement == "blink" else 8)
    shown = {id(frame): seen_through(frame) for frame in frames}
    clock = iter(range(10**9))
    return lambda _hint, _since: shown[id(frames[next(clock) % len(frames)])]
