"""Says whether a picture is good enough, in the words of ISO/IEC 29794-5 (OFIQ), and what to change.

Each measure is plain arithmetic; the gate is a pure function of them. It never says "your face is bad": a
`Flaw` names one thing that can be changed, worst first, and the screen has a kind sentence for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np

from kiosk.face.detect import BELIEVED, Face
from kiosk.face.embed import align
from kiosk.face.landmarks import Mesh
from kiosk.face.picture import Picture


class Flaw(StrEnum):
    """One thing to change, named by its ISO/IEC 29794-5 component."""

    NO_FACE = "face_detection"
    SEVERAL_FACES = "single_face_present"
    TOO_FAR = "inter_eye_distance"
    TOO_CLOSE = "head_size"
    TOO_DARK = "under_exposure_prevention"
    TOO_BRIGHT = "over_exposure_prevention"
    ONE_SIDED_LIGHT = "illumination_uniformity"
    BLURRED = "sharpness"
    TURNED = "head_pose_yaw"
    TILTED = "head_pose_pitch"
    LEANING = "head_pose_roll"
    EYES_CLOSED = "eyes_open"
    COVERED = "face_occlusion_prevention"


@dataclass(frozen=True, slots=True)
class Quality:
    """The measures of one picture (chất lượng ảnh)."""

    faces: int
    detection: float
    inter_eye_distance: float
    head_size: float
    luminance_mean: float
    under_exposed: float
    over_exposed: float
    illumination_uniformity: float
    sharpness: float
    yaw: float
    pitch: float
    roll: float
    eye_openness: float | None

    @property
    def unified(self) -> float:
        """One figure from 0 to 1, for weighting frames and for `face-scores`; not a probability."""
        factors = (
            _ramp(self.detection, 0.6, 0.9),
            _ramp(self.inter_eye_distance, 12, 40),
            _ramp(self.sharpness, 15, 120),
            1 - _ramp(abs(self.yaw), 0.1, 0.45),
            1 - _ramp(abs(self.pitch), 0.08, 0.3),
            1 - _ramp(self.under_exposed + self.over_exposed, 0.15, 0.6),
            _ramp(self.illumination_uniformity, 0.2, 0.6),
        )
        return float(np.prod([0.3 + 0.7 * factor for factor in factors]) ** (1 / len(factors)))


@dataclass(frozen=True, slots=True)
class Limits:
    """Where the gate closes; defaults for a kiosk's camera at arm's length."""

    inter_eye_distance: float = 28
    head_size: float = 0.9
    under_exposed: float = 0.5
    over_exposed: float = 0.35
    illumination_uniformity: float = 0.25
    sharpness: float = 25
    yaw: float = 0.22
    pitch: float = 0.2
    roll: float = 25
    eye_openness: float = 0.13
    detection: float = BELIEVED


def measure(
    picture: Picture, faces: tuple[Face, ...], mesh: Mesh | None = None, aligned: Picture | None = None
) -> Quality:
    """Measure the largest face of a picture in which at least one was found; `aligned` where that is at hand."""
    face = faces[0]
    grey = cv2.cvtColor(align(picture, face) if aligned is None else aligned, cv2.COLOR_BGR2GRAY)
    core = grey[20:104, 20:92]
    left, right = cv2.mean(core[:, :36])[0], cv2.mean(core[:, 36:])[0]
    rivals = [other for other in faces[1:] if other.area > 0.35 * face.area and other.score >= BELIEVED]
    eyes, nose = face.points[:2].mean(axis=0), face.points[2]
    mouth = face.points[3:].mean(axis=0)
    across, down = face.points[1] - face.points[0], mouth - eyes
    iod = max(face.eye_distance, 1e-6)
    yaw = float(np.dot(nose - eyes - down * 0.5, across / iod)) / iod
    pitch = float(np.dot(nose - eyes, down)) / max(float(np.dot(down, down)), 1e-6) - 0.55
    return Quality(
        faces=1 + len(rivals),
        detection=face.score,
        inter_eye_distance=face.eye_distance,
        head_size=face.box[3] / picture.shape[0],
        luminance_mean=(left + right) / 2 / 255,
        under_exposed=np.count_nonzero(core < 35) / core.size,
        over_exposed=np.count_nonzero(core > 245) / core.size,
        illumination_uniformity=min(left, right) / max(left, right, 1.0),
        sharpness=float(cv2.meanStdDev(cv2.Laplacian(core, cv2.CV_16S))[1][0, 0] ** 2),
        # Frames of glasses draw the detector's points aside; the mesh sees a whole face.
        yaw=yaw if mesh is None else min(yaw, mesh.yaw, key=abs),
        pitch=pitch,
        roll=float(np.degrees(np.arctan2(across[1], across[0]))),
        eye_openness=None if mesh is None else mesh.eye_openness,
    )


def flaws(quality: Quality, limits: Limits = Limits()) -> tuple[Flaw, ...]:
    """What stands between this picture and a fair comparison; empty when it is good enough."""
    closed = quality.eye_openness is not None and quality.eye_openness < limits.eye_openness
    found = (
        (quality.faces > 1, Flaw.SEVERAL_FACES),
        (quality.inter_eye_distance < limits.inter_eye_distance, Flaw.TOO_FAR),
        (quality.head_size > limits.head_size, Flaw.TOO_CLOSE),
        (quality.under_exposed > limits.under_exposed, Flaw.TOO_DARK),
        (quality.over_exposed > limits.over_exposed, Flaw.TOO_BRIGHT),
        (quality.illumination_uniformity < limits.illumination_uniformity, Flaw.ONE_SIDED_LIGHT),
        (quality.sharpness < limits.sharpness, Flaw.BLURRED),
        (abs(quality.yaw) > limits.yaw, Flaw.TURNED),
        (abs(quality.pitch) > limits.pitch, Flaw.TILTED),
        (abs(quality.roll) > limits.roll, Flaw.LEANING),
        (closed, Flaw.EYES_CLOSED),
        (quality.detection < limits.detection, Flaw.COVERED),
    )
    return tuple(flaw for wrong, flaw in found if wrong)


def _ramp(value: float, low: float, high: float) -> float:
    return float(np.clip((value - low) / (high - low), 0, 1))
