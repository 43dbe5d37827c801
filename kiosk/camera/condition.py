"""Whether a picture can be used at all, before anybody looks for a face in it.

Light and form only; sharpness and pose of a face are `kiosk.face.quality`'s. Thresholds are of a picture's
luma (ITU-R BT.601): they name rooms without light and lenses in the sun, not skin: a dark face in a lit room
has a bright background.
"""

from __future__ import annotations

import numpy as np

from kiosk.camera.ports import Frame, Picture
from kiosk.errors import CameraError

# 3840 × 2160 is the largest that any camera for kiosks gives.
MAX_PIXELS = 3840 * 2160
DARK_MEAN = 25.0
BRIGHT_MEAN = 235.0
_CHANNELS = 3
_DIMENSIONS = 3
# So many equal pictures in a row come from no living sensor.
FROZEN_AFTER = 30


def check_form(picture: Picture) -> Picture:
    """Give the picture back when it is one.

    Raises:
        CameraError: `wrong_format` for another colour space or type, `too_large`.
    """
    if picture.dtype != np.uint8 or picture.ndim != _DIMENSIONS or picture.shape[2] != _CHANNELS:
        raise CameraError("wrong_format")
    if not 0 < picture.shape[0] * picture.shape[1] <= MAX_PIXELS:
        raise CameraError("too_large")
    return picture


def light_of(picture: Picture) -> str:
    """`dark`, `bright` or `ok`.

    >>> light_of(np.zeros((8, 8, 3), np.uint8)), light_of(np.full((8, 8, 3), 120, np.uint8))
    ('dark', 'ok')
    """
    small = picture[::8, ::8].astype(np.float32)
    luma = float((small @ np.array([0.114, 0.587, 0.299], np.float32)).mean())
    if luma < DARK_MEAN:
        return "dark"
    return "bright" if luma > BRIGHT_MEAN else "ok"


class FreezeWatch:
    """Notices a camera that repeats one picture."""

    def __init__(self) -> None:
        """Nothing seen yet."""
        self._last: bytes = b""
        self._same = 0

    def see(self, frame: Frame) -> None:
        """Take note of a picture.

        Raises:
            CameraError: `frozen` when the same one came FROZEN_AFTER times in a row.
        """
        sample = frame.picture[::16, ::16].tobytes()
        self._same = self._same + 1 if sample == self._last else 0
        self._last = sample
        if self._same >= FROZEN_AFTER:
            raise CameraError("frozen")
