"""One picture in, everything the kiosk needs out: face, quality, template, signals. No picture is kept."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.face.closer import seen_again, seen_closer
from kiosk.face.cues import ScreenCues, screen_cues
from kiosk.face.depth import anchors
from kiosk.face.detect import Detector, Face
from kiosk.face.embed import Embedder, Template, align
from kiosk.face.errors import BadPictureError, NoFaceError
from kiosk.face.landmarks import Landmarks, Mesh
from kiosk.face.models import DETECTOR, LANDMARKS, RECOGNISER, ModelStore
from kiosk.face.movements import FrameSignals
from kiosk.face.picture import Picture, checked
from kiosk.face.quality import Flaw, Quality, flaws, measure


@dataclass(frozen=True, slots=True)
class Analysis:
    """What one picture showed (kết quả phân tích)."""

    face: Face
    quality: Quality
    template: Template
    mesh: Mesh | None
    cues: ScreenCues

    @property
    def flaws(self) -> tuple[Flaw, ...]:
        """What to change before comparing; empty when good."""
        return flaws(self.quality)

    def signals(self, at_ms: int) -> FrameSignals:
        """The numbers that the liveness judgement uses."""
        seen = FrameSignals(at_ms, self.quality.yaw, 0.0, self.cues.total, self.quality.faces, self.template)
        if self.mesh is None:
            return seen
        return replace(
            seen,
            yaw=self.mesh.yaw,
            pitch=self.mesh.pitch,
            eye_openness=self.mesh.eye_contrast,
            anchors=anchors(self.mesh),
        )


class FaceEngine:
    """The models together. Not thread-safe: one per thread."""

    def __init__(self, detector: Detector, embedder: Embedder, landmarks: Landmarks | None) -> None:
        self._detector, self._embedder, self._landmarks = detector, embedder, landmarks

    @classmethod
    def load(cls, store: ModelStore, *, mesh: bool = True) -> FaceEngine:
        """Load the models.

        Raises:
            ModelMissingError: run `kiosk models` first.
            ModelAlteredError: a file is not the known one.
        """
        # OpenCV 5 warns at each load that its new engine ignores the default target; what fails is raised.
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
        landmarks = Landmarks(store.path(LANDMARKS)) if mesh else None
        return cls(Detector(store.path(DETECTOR)), Embedder(store.path(RECOGNISER)), landmarks)

    @property
    def model_id(self) -> str:
        """The model that made the templates."""
        return self._embedder.model_id

    def analyse(
        self,
        picture: npt.NDArray[np.generic],
        *,
        mesh: bool = True,
        live: bool = False,
        closely: bool = False,
    ) -> Analysis:
        """Find the most prominent face and measure it; a `live` frame at half the cost, since more of them come.

        One that is to be compared is to be looked at `closely`: its face once more, for surer points.

        Raises:
            BadPictureError: when the array is no usable picture.
            NoFaceError: when it shows no face.
        """
        try:
            return self._analysed(checked(picture), mesh=mesh, live=live, closely=closely)
        except cv2.error as error:
            raise BadPictureError("cannot be computed") from error

    def stands_turned(self, picture: npt.NDArray[np.generic]) -> bool | None:
        """Whether whoever is in a live frame stands on their head or side; None where nobody is."""
        return self._detector.stands_turned(checked(picture))

    def _analysed(self, usable: Picture, *, mesh: bool, live: bool, closely: bool) -> Analysis:
        faces = self._detector.find(usable) if live else self._found_patiently(usable)
        if not faces:
            raise NoFaceError
        placed = self._landmarks.place(usable, faces[0]) if mesh and self._landmarks else None
        aligned = align(usable, faces[0])
        quality = measure(usable, faces, placed, aligned)
        if closely and live:
            aligned = align(usable, seen_again(self._detector.network, usable, faces[0]))
        template = self._embedder.of_aligned(aligned, mirror=not live)
        return Analysis(faces[0], quality, template, placed, screen_cues(usable, faces[0]))

    def _found_patiently(self, picture: Picture) -> tuple[Face, ...]:
        """The faces of a picture that no other one follows; the first with surer points."""
        faces = self._detector.find_patiently(picture)
        return (*(seen_closer(self._detector.network, picture, face) for face in faces[:1]), *faces[1:])
