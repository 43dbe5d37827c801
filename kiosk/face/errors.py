"""What can be wrong with a picture or a model; codes only, the screen has the words."""

from __future__ import annotations

from typing import ClassVar


class FaceError(Exception):
    """A picture or a model that cannot be used."""

    code: ClassVar[str] = "face.error"

    def __init__(self, detail: str = "") -> None:
        super().__init__(f"{self.code}: {detail}" if detail else self.code)


class ModelMissingError(FaceError):
    """A model file is not there; `kiosk models` fetches it."""

    code = "face.model_missing"


class ModelAlteredError(FaceError):
    """A model file is not the one whose hash is known."""

    code = "face.model_altered"


class BadPictureError(FaceError):
    """Not a picture, or of a kind that cannot be used (size, colours)."""

    code = "face.bad_picture"


class NoFaceError(FaceError):
    """No face was found."""

    code = "face.none"


class TemplateMismatchError(FaceError):
    """Two templates of different models cannot be compared."""

    code = "face.template_mismatch"


class ThresholdsError(FaceError):
    """The table of thresholds beside the models cannot be used; `kiosk face-calibrate` makes one."""

    code = "face.thresholds"
