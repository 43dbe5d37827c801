"""Turns one picture of a face into a head that turns and blinks: a living person, as far as geometry goes.

The mesh model's points, with their depth, are turned about the axis of the neck and the picture is drawn over
them triangle by triangle; lids are drawn as skin over the eyes. It is no person: skin does
not fold, light does not change, what was hidden stays hidden. Nothing is written.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.face.engine import FaceEngine
from kiosk.face.landmarks import SIDE
from kiosk.face.picture import Picture

LIDS = (
    ((246, 161, 160, 159, 158, 157, 173), (7, 163, 144, 145, 153, 154, 155)),
    ((466, 388, 387, 386, 385, 384, 398), (249, 390, 373, 374, 380, 381, 382)),
)
_OVAL_GROWTH = (1.25, 1.6)
_CROP = 1.5
_HARDLY = 0.01
"""Pixels, and square pixels: what moves less stays, what is smaller is not drawn."""


def fitted(
    picture: Picture, engine: FaceEngine, *, face: float = 0.42, size: tuple[int, int] = (640, 480)
) -> Picture:
    """The picture moved and scaled as if its face stood before the kiosk, `face` of the height tall.

    Where the picture ends it fades into a blur of itself: repeated edges would be long straight lines, which are a
    mark of sheets, and a mirrored face would be a second person.
    """
    x, y, width, height = engine.analyse(picture).face.box
    scale = face * size[1] / height
    matrix = np.array(
        [
            [scale, 0, size[0] / 2 - scale * (x + width / 2)],
            [0, scale, size[1] * 0.48 - scale * (y + height / 2)],
        ]
    )
    moved = cv2.warpAffine(picture, matrix, size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REFLECT_101)
    inside = cv2.warpAffine(np.full(picture.shape[:2], 255, np.uint8), matrix, size)
    inside = cv2.GaussianBlur(cv2.erode(inside, np.ones((41, 41), np.uint8)), (0, 0), 12)
    share = inside.astype(np.float32)[..., None] / 255
    around = cv2.GaussianBlur(moved, (0, 0), 28).astype(np.float32)
    return np.asarray(share * moved + (1 - share) * around, np.uint8)


@dataclass(slots=True)
class Head:
    """A head made of one picture, before a still background."""

    picture: Picture
    points: npt.NDArray[np.float64]
    triangles: npt.NDArray[np.int64]
    _drawn: dict[tuple[float, float, float], Picture] = field(default_factory=dict)

    @classmethod
    def of(cls, picture: Picture, engine: FaceEngine) -> Head:
        """Place the mesh and the ring of points around it."""
        seen = engine.analyse(picture)
        assert seen.mesh is not None
        mesh = _in_picture(seen.mesh.points.astype(np.float64), seen.mesh.roll, seen.face.box)
        centre = mesh[:, :2].mean(axis=0)
        hull = cv2.convexHull(mesh[:, :2].astype(np.float32), returnPoints=False).ravel()
        depth = float(np.ptp(mesh[:, 2]))
        rings = [
            np.column_stack(
                [centre + growth * (mesh[hull, :2] - centre), mesh[hull, 2] + depth * 1.2 * (growth - 1)]
            )
            for growth in _OVAL_GROWTH
        ]
        height, width = picture.shape[:2]
        frame = [(x, y, np.nan) for x in np.linspace(0, width - 1, 5) for y in (0, height - 1)]
        frame += [(x, y, np.nan) for y in np.linspace(0, height - 1, 5)[1:-1] for x in (0, width - 1)]
        points = np.vstack([mesh, *rings, np.array(frame)])
        inside = (points[:, 0] >= 0) & (points[:, 0] < width) & (points[:, 1] >= 0) & (points[:, 1] < height)
        inside[: len(mesh)] = True
        points = points[inside]
        return cls(picture, points, _triangles(points[:, :2], width, height))

    def posed(self, yaw_degrees: float = 0.0, lids: float = 0.0, pitch_degrees: float = 0.0) -> Picture:
        """The picture with the head turned and the lids closed from 0 to 1.

        Positive: the nose goes to the picture's right, and down.
        """
        key = (round(yaw_degrees, 1), round(lids, 2), round(pitch_degrees, 1))
        if key not in self._drawn:
            self._drawn[key] = self._draw(*key)
        return self._drawn[key]

    def forget(self) -> None:
        """Let go of what was drawn: a hundred presentations would keep gigabytes."""
        self._drawn.clear()

    def _draw(self, yaw_degrees: float, lids: float, pitch_degrees: float) -> Picture:
        source = self._with_lids(lids) if lids else self.picture
        if not yaw_degrees and not pitch_degrees:
            return source
        moved = self.points.copy()
        solid = ~np.isnan(moved[:, 2])
        face = moved[:468]
        # The axes of the neck: behind the face, and for a nod at the height of the chin.
        behind = float(np.max(face[:, 2])) + 0.3 * float(np.ptp(face[:, 2]))
        height = float(np.max(face[:, 1])) if pitch_degrees else 0.0
        neck = np.array([float(np.median(face[:, 0])), height, behind])
        turn = cv2.Rodrigues(np.radians([0.0, -yaw_degrees, 0.0]))[0]
        nod = cv2.Rodrigues(np.radians([pitch_degrees, 0.0, 0.0]))[0]
        moved[solid] = (moved[solid] - neck) @ (nod @ turn).T + neck
        return _painted(source, self.points[:, :2], moved, self.triangles)

    def _with_lids(self, lids: float) -> Picture:
        """The picture with lids over the eyes, in the colour of the cheek below, with soft edges, and lashes."""
        out: npt.NDArray[np.floating] = self.picture.astype(np.float32)
        for upper, lower in LIDS:
            top, bottom = self.points[list(upper), :2], self.points[list(lower), :2]
            height = float(np.linalg.norm(top[3] - bottom[3]))
            width = float(np.linalg.norm(top[0] - top[-1]))
            edge = top + lids * (bottom + np.array([0.0, 0.3 * height]) - top)
            mask = np.zeros(out.shape[:2], np.uint8)
            lid = np.vstack([top - np.array([0.0, 0.3 * height]), edge[::-1]])
            cv2.fillPoly(mask, [lid.astype(np.int32)], 255)
            soft = cv2.GaussianBlur(mask, (0, 0), max(0.8, height / 8)).astype(np.float32)[..., None] / 255
            out = out * (1 - soft) + 0.93 * self._cheek(bottom.mean(axis=0), width) * soft
            lash = tuple(float(v) for v in 0.35 * self._cheek(bottom.mean(axis=0), width))
            cv2.polylines(out, [edge.astype(np.int32)], False, lash, max(1, round(height / 8)), cv2.LINE_AA)
        return np.asarray(np.clip(out, 0, 255), np.uint8)

    def _cheek(self, under: npt.NDArray[np.float64], width: float) -> npt.NDArray[np.float32]:
        """The colour of the skin under an eye, away from its shadow."""
        x, y = under + np.array([0.0, 0.55 * width])
        rows = slice(max(round(y - 0.12 * width), 0), round(y + 0.12 * width) + 1)
        columns = slice(max(round(x - 0.3 * width), 0), round(x + 0.3 * width) + 1)
        return np.asarray(np.median(self.picture[rows, columns].reshape(-1, 3), axis=0), np.float32)


def _in_picture(
    mesh: npt.NDArray[np.float64], roll: float, box: tuple[float, float, float, float]
) -> npt.NDArray[np.float64]:
    """The mesh's points from its crop to the picture; depth in the same pixels."""
    x, y, width, height = box
    centre = np.array([x + width / 2, y + height / 2])
    scale = SIDE / (_CROP * max(width, height))
    matrix = np.asarray(
        cv2.getRotationMatrix2D((float(centre[0]), float(centre[1])), roll, scale), np.float64
    )
    matrix[:, 2] += SIDE / 2 - centre
    back = cv2.invertAffineTransform(matrix)
    flat = mesh[:, :2] @ back[:, :2].T + back[:, 2]
    return np.column_stack([flat, mesh[:, 2] / scale])


def _triangles(points: npt.NDArray[np.float64], width: int, height: int) -> npt.NDArray[np.int64]:
    net = cv2.Subdiv2D((-1, -1, width + 2, height + 2))
    places: dict[tuple[int, int], int] = {}
    for number, (x, y) in enumerate(points.astype(np.float32)):
        net.insert((float(x), float(y)))
        places[round(float(x) * 8), round(float(y) * 8)] = number
    corners = np.asarray(net.getTriangleList(), np.float64).reshape(-1, 3, 2)
    keys = [[places.get((round(x * 8), round(y * 8)), -1) for x, y in corner] for corner in corners]
    return np.array([key for key in keys if -1 not in key], np.int64)


def _painted(
    picture: Picture,
    source: npt.NDArray[np.float64],
    moved: npt.NDArray[np.float64],
    triangles: npt.NDArray[np.int64],
) -> Picture:
    """Draw the triangles, the far ones first: each pixel is fetched from where its triangle had it."""
    still = np.abs(source[triangles] - moved[triangles, :2]).max(axis=(1, 2)) < _HARDLY
    net = triangles[~still]
    target = np.concatenate([moved[net, :2], np.ones((*net.shape, 1))], axis=2)
    net, target = net[(flat := np.abs(np.linalg.det(target)) > _HARDLY)], target[flat]
    back = np.linalg.solve(target, source[net]).astype(np.float32)
    depth = np.nan_to_num(moved[:, 2], nan=1e6)[net].mean(axis=1)
    owner = np.full(picture.shape[:2], -1, np.int32)
    corners = np.round(target[..., :2] * 16).astype(np.int32)
    for number in np.argsort(-depth).tolist():
        cv2.fillConvexPoly(owner, corners[number], number, shift=4)
    x, y, width, height = cv2.boundingRect((owner >= 0).astype(np.uint8))
    box = np.s_[y : y + height, x : x + width]
    own = owner[box]
    xs, ys = np.arange(x, x + width, dtype=np.float32), np.arange(y, y + height, dtype=np.float32)[:, None]
    across, down = (a[own] * xs + b[own] * ys + c[own] for a, b, c in np.ascontiguousarray(back.T))
    fetched = cv2.remap(picture, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    drawn = own >= 0
    out = picture.copy()
    out[box][drawn] = fetched[drawn]
    return out
