"""Presentation attacks made by geometry and optics from one picture: prints, cut-outs, screens, replays.

Each attack is a show for `puppets.Stage`: what the camera sees when the attacker hears a hint. They do what
such an attacker can: turn, tilt and bend the sheet when asked to turn, in the best way for it. What this cannot
show: real ink, real glare, real panels, masks of a head's shape, and the patience of a real attacker.
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
_FOCUS = 1.2
_AXES = {"turn_left": (1, 0), "turn_right": (-1, 0), "look_up": (0, -1), "look_down": (0, 1)}
_MOVING = range(4, 12)
_POSES = 4


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


@dataclass(frozen=True, slots=True)
class Material:
    """What is held up, and by how patient a hand (vật đưa ra trước máy). Degrees, radians, shares."""

    grey: float = 0.2
    grain: float = 9.0
    gloss: float = 0.0
    border: bool = True
    period: float = 2.7
    contrast: float = 0.09
    beat: float = 0.04
    flicker: float = 0.0
    gamma: float = 0.85
    degrees: float = 45.0
    tilted: float = 0.0
    bend: float = 0.0
    seed: int = 1

    @classmethod
    def drawn(cls, chance: random.Random) -> Material:
        """Some printer, paper, panel and hand; a good panel far away leaves hardly a grid."""
        return cls(
            grey=chance.uniform(0, 0.4),
            grain=chance.uniform(1, 10),
            gloss=chance.choice((0.0, 0.0, 30.0, 60.0)),
            border=chance.random() < 0.6,
            period=chance.uniform(2.1, 5.0),
            contrast=chance.uniform(0.0, 0.12),
            beat=chance.uniform(0.0, 0.06),
            flicker=chance.uniform(0.0, 0.1),
            gamma=chance.uniform(0.75, 1.1),
            degrees=chance.uniform(25, 50),
            tilted=chance.choice((0.0, 20.0, 45.0)),
            bend=chance.uniform(0.6, 2.0),
            seed=chance.randrange(1000),
        )


def printed(picture: Picture, made: Material = Material()) -> Picture:
    """A print: fewer tones and colours, the grain of paper, perhaps gloss and a white border, on a wall."""
    chance = np.random.default_rng(made.seed)
    tones = 28 + picture.astype(np.float32) * (205 / 255)
    grey = tones.mean(axis=2, keepdims=True)
    grain = cv2.GaussianBlur(chance.normal(0, made.grain, picture.shape[:2]).astype(np.float32), (0, 0), 0.7)
    shine = _glare(picture, 0.35, 0.3, made.gloss)
    paper = grey + (1 - made.grey) * (tones - grey) + (grain + shine)[..., None]
    sheet = cv2.GaussianBlur(np.clip(paper, 0, 255).astype(np.uint8), (0, 0), 0.6)
    return (
        _bordered(np.asarray(sheet, np.uint8), (236, 240, 242))
        if made.border
        else np.asarray(sheet, np.uint8)
    )


def on_screen(picture: Picture, made: Material = Material(), number: int = 0) -> Picture:
    """A telephone, tablet or laptop: a grid of pixels that beats with the camera's, a band that rolls, glare."""
    height, width = picture.shape[:2]
    light = 255 * (picture.astype(np.float32) / 255) ** made.gamma
    xs, ys = np.meshgrid(np.arange(width), np.arange(height))
    wave = 2 * np.pi / made.period
    grid = 1 + made.contrast * np.cos(wave * xs) * np.cos(1.04 * wave * ys)
    beat = 1 + made.beat * np.cos(2 * np.pi * (xs + 0.35 * ys) / 37)
    band = 1 + made.flicker * np.cos(2 * np.pi * (ys / height + 0.31 * number))
    shown = light * (grid * beat * band)[..., None] + _glare(picture, 0.72, 0.25, 26)[..., None]
    screen = np.clip(shown, 0, 255).astype(np.uint8)
    return _bordered(screen, (14, 14, 14)) if made.border else screen


def _glare(picture: Picture, across: float, down: float, strength: float) -> npt.NDArray[np.float32]:
    height, width = picture.shape[:2]
    xs, ys = np.meshgrid(np.arange(width), np.arange(height))
    spot = ((xs - across * width) / 120) ** 2 + ((ys - down * height) / 80) ** 2
    return np.asarray(strength * np.exp(-spot), np.float32)


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


def turned_sheet(sheet: Picture, made: Material = Material(), *, bent: bool = False) -> Show:
    """Turns and tilts it the asked way, from `tilted` the other way; nods it when asked to blink.

    A bent sheet is a cylinder about its upright axis for turns, and about its level one for nods: the hand does
    what helps.
    """
    bend = made.bend if bent else 0.0
    drawn: dict[tuple[float, float], Picture] = {}

    def at(yaw: float, pitch: float) -> Picture:
        key = (round(yaw), round(pitch))
        if key not in drawn:
            if bend and abs(pitch) > abs(yaw):
                across = np.rot90(held(np.ascontiguousarray(np.rot90(sheet)), yaw=pitch, bend=bend), -1)
                drawn[key] = np.ascontiguousarray(across)
            else:
                drawn[key] = held(sheet, yaw=yaw, pitch=pitch, bend=bend)
        return drawn[key]

    def show(hint: str, since: int) -> Picture:
        if hint in _AXES and since in _MOVING:
            share = min(since - _MOVING.start, _POSES) / _POSES
            angle = -made.tilted + share * (made.degrees + made.tilted)
            across, down = _AXES[hint]
            return at(across * angle, down * angle)
        if hint == "blink" and 4 <= since < 9:
            return at(0, (12, 25, 35, 25, 12)[since - 4])
        return at(0, 0)

    return show


def cut_out(head: Head, sheet: Picture, made: Material = Material(), *, bent: bool = False) -> Show:
    """A print with holes for the eyes: the attacker's own eyes blink behind it."""
    closed = sheet.copy()
    for upper, lower in LIDS:
        hole = head.points[[*upper, *reversed(lower)], :2].astype(np.int32)
        skin = sheet[hole[:, 1].max() + 6, hole[len(upper) // 2, 0]]
        cv2.fillPoly(closed, [hole], [int(0.9 * v) for v in skin], cv2.LINE_AA)
    shut = held(closed, bend=made.bend if bent else 0.0)
    turned = turned_sheet(sheet, made, bent=bent)

    def show(hint: str, since: int) -> Picture:
        return shut if hint == "blink" and 5 <= since < 8 else turned(hint, since)

    return show


POSES = {"turn_left": (34, 0), "turn_right": (-34, 0), "look_up": (0, -25), "look_down": (0, 25)}
"""How the person of a recording moved: degrees to the picture's right, and down."""


def played(
    head: Head, movement: str, seen_through: Callable[[Picture, int], Picture]
) -> Callable[[int], Picture]:
    """One picture of a recording of the living person, by its number in the film (`look` is at rest)."""
    across, down = POSES.get(movement, (0, 0))
    frame = head.posed(across, pitch_degrees=down, lids=1.0 if movement == "blink" else 0.0)
    # The band rolls through three pictures, then again.
    shown: dict[int, Picture] = {}

    def at(number: int) -> Picture:
        if number % 3 not in shown:
            shown[number % 3] = seen_through(frame, number % 3)
        return shown[number % 3]

    return at


def film(head: Head, seen_through: Callable[[Picture, int], Picture], *, movements: tuple[str, ...]) -> Show:
    """A film made beforehand, started when the person is asked to look: it knows nothing of what is asked."""
    clips = {name: played(head, name, seen_through) for name in {"look", *movements}}
    reel: list[str] = []
    for movement in movements:
        reel += ["look"] * 12 + [movement] * (3 if movement == "blink" else 8)
    clock = iter(range(10**9))

    def show(_hint: str, _since: int) -> Picture:
        number = next(clock)
        return clips[reel[number % len(reel)]](number)

    return show


def on_cue(head: Head, seen_through: Callable[[Picture, int], Picture]) -> Show:
    """The worst: somebody with a clip of every movement who starts the right one on hearing what is asked."""
    clips = {name: played(head, name, seen_through) for name in ("look", "blink", *POSES)}

    def show(hint: str, since: int) -> Picture:
        moving = hint in POSES and since in _MOVING
        blinking = hint == "blink" and 5 <= since < 8
        return clips[hint if moving or blinking else "look"](since)

    return show
