"""A picture is an 8-bit BGR array; anything else is refused here, at the door."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.face.errors import BadPictureError

Picture = npt.NDArray[np.uint8]
PICTURE_KINDS = frozenset(
    {".jpg", ".jpeg", ".png", ".jp2", ".j2k", ".bmp", ".webp", ".tif", ".tiff", ".pgm", ".ppm", ".gif"}
)
MAX_PIXELS = 50_000_000
"""Of a frame; a file may have four times as many (a telephone takes 108 million), and is scaled down."""
MIN_SIDE = 32
_WORKING_SIDE = 1600
_GREY, _COLOUR, _WITH_ALPHA = 2, 3, 4


def checked(array: npt.NDArray[np.generic]) -> Picture:
    """Make a usable picture of an array: BGR of eight bits, not tiny, not enormous.

    Grey and BGRA are converted; a huge frame is scaled to 1,600 pixels.

    Raises:
        BadPictureError: for any other shape or type.
    """
    if array.dtype != np.uint8 or array.ndim not in {_GREY, _COLOUR}:
        raise BadPictureError("not an 8-bit picture")
    height, width = array.shape[:2]
    if min(height, width) < MIN_SIDE or height * width > MAX_PIXELS:
        raise BadPictureError("size")
    picture = np.ascontiguousarray(array, dtype=np.uint8)
    channels = 1 if picture.ndim == _GREY else picture.shape[2]
    if channels == 1:
        picture = np.asarray(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR), dtype=np.uint8)
    elif channels == _WITH_ALPHA:
        picture = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGRA2BGR), dtype=np.uint8)
    elif channels != _COLOUR:
        raise BadPictureError("channels")
    scale = _WORKING_SIDE / max(height, width)
    if scale < 1:
        picture = np.asarray(
            cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8
        )
    return picture


def quantiles(values: npt.NDArray[np.generic], *shares: float) -> tuple[float, ...]:
    """What these shares of the values lie below, as `np.percentile` has it, in a tenth of its time for small crops."""
    ordered = np.sort(values, axis=None)
    last = ordered.size - 1
    found = []
    for share in shares:
        below = int(share * last)
        low, high = float(ordered[below]), float(ordered[min(below + 1, last)])
        found.append(low + (high - low) * (share * last - below))
    return tuple(found)


def decode(encoded: bytes) -> Picture:
    """Decode JPEG, PNG or JPEG 2000 (as chips hold it), the right way up where the file says which that is.

    Raises:
        BadPictureError: when it is no picture.
    """
    try:
        array = cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise BadPictureError("decoder") from error
    if array is None:
        raise BadPictureError("not a picture")
    if MAX_PIXELS < array.shape[0] * array.shape[1] <= 4 * MAX_PIXELS:
        array = array[::2, ::2]
    return checked(array)


def read(path: Path) -> Picture:
    """Read a picture file.

    Raises:
        BadPictureError: when it cannot be read or is no picture.
    """
    try:
        return decode(path.read_bytes())
    except (OSError, ValueError) as error:
        raise BadPictureError("cannot be read") from error
