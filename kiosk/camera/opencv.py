"""The real camera and the replay of a video file, through OpenCV. One of the homes of `cv2`.

OpenCV blocks, so every call runs in a worker thread; where the caller lends threads of its own, a driver that hangs
takes no others. A camera that fails is opened again at the next picture.
Who asks while a picture is being taken for somebody else gets that one: page and face check have the full rate each.
"""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from kiosk.camera.condition import FreezeWatch, check_form
from kiosk.camera.ports import Frame, Picture
from kiosk.errors import CameraError

WIDTH, HEIGHT = 1280, 720
# What fails is told as an error; OpenCV would say it on the error stream as well, over and over.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
_USUAL_FILM, _FASTEST_FILM = 25.0, 240.0


class OpenCvCamera:
    """A camera of this machine (by number), or a video file that is played in a loop."""

    def __init__(self, source: int | Path, threads: Executor | None = None) -> None:
        """Nothing is opened before the first picture; `threads` are the ones that may hang, else the loop's."""
        self._source = source
        self._threads = threads
        self.emulated = isinstance(source, Path)
        self._capture: Any = None
        self._number = 0
        self._reel: _Reel | None = None
        self._freeze = FreezeWatch()
        self._lock = threading.Lock()
        self._asking = 0
        self._shared: Frame | None = None

    async def frame(self) -> Frame:
        """The next picture."""
        self._asking += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, self._grab, self._number)
        finally:
            self._asking -= 1
            # Nobody else waits for it: it ends with whoever has it.
            self._shared = self._shared if self._asking else None

    def close(self) -> None:
        """Let go of the camera."""
        with self._lock:
            self._drop()

    def _grab(self, before: int) -> Frame:
        with self._lock:
            if self._shared is not None and self._shared.number > before:
                return self._shared
            if self._capture is None:
                self._capture = self._open()
            good, picture = self._reel.read() if self._reel else self._capture.read()
            if not good or picture is None:
                self._drop()
                raise CameraError("unplugged")
            self._number += 1
            frame = Frame(check_form(picture), time.monotonic(), self._number)
            if not self.emulated:
                self._freeze.see(frame)
            self._shared = frame if self._asking > 1 else None
            return frame

    def _open(self) -> Any:
        source = str(self._source) if isinstance(self._source, Path) else self._source
        capture = cv2.VideoCapture(source)
        if not capture.isOpened():
            capture.release()
            raise CameraError("unplugged")
        if isinstance(source, int):
            capture.set(cv2.CAP_PROP_FRAME_WIDTH, WIDTH)
            capture.set(cv2.CAP_PROP_FRAME_HEIGHT, HEIGHT)
            capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        else:
            self._reel = _Reel(capture)
        return capture

    def _drop(self) -> None:
        if self._capture is not None:
            self._capture.release()
            self._capture = self._reel = None


class _Reel:
    """A film in a loop, at its own pace: it goes on while nobody looks, as what stands before a camera does."""

    def __init__(self, capture: Any) -> None:
        self._capture = capture
        told = float(capture.get(cv2.CAP_PROP_FPS))
        self._pace = told if 1 <= told <= _FASTEST_FILM else _USUAL_FILM
        self._begun, self._shown = time.monotonic(), 0

    def read(self) -> tuple[bool, Any]:
        """The picture of this moment, or the next one when this moment's was shown."""
        due = int((time.monotonic() - self._begun) * self._pace)
        while self._shown < due:
            if not self._capture.grab():
                return self._from_the_start()
            self._shown += 1
        time.sleep(max(0.0, self._begun + self._shown / self._pace - time.monotonic()))
        good, picture = self._capture.read()
        self._shown += 1
        return (good, picture) if good else self._from_the_start()

    def _from_the_start(self) -> tuple[bool, Any]:
        self._capture.set(cv2.CAP_PROP_POS_FRAMES, 0)
        self._begun, self._shown = time.monotonic(), 1
        good, picture = self._capture.read()
        return bool(good), picture


def jpeg_of(picture: Picture, *, width: int = 640, mirrored: bool = True) -> bytes:
    """A small picture for the screen, mirrored as people know themselves."""
    height = max(1, round(picture.shape[0] * width / picture.shape[1]))
    small = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    if mirrored:
        small = cv2.flip(small, 1)
    good, coded = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 75])
    if not good:
        raise CameraError("wrong_format")
    return bytes(coded.tobytes())


def sharpness_of(picture: Picture) -> float:
    """How much fine detail a picture has: the variance of its Laplacian at 640 pixels of width."""
    height = max(1, round(picture.shape[0] * 640 / picture.shape[1]))
    grey = cv2.cvtColor(cv2.resize(picture, (640, height), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
    return float(cv2.Laplacian(grey, cv2.CV_64F).var())


def read_picture(path: Path) -> Picture:
    """Read an image file.

    Raises:
        CameraError: `wrong_format` when it is none, `too_large`.
    """
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if picture is None:
        raise CameraError("wrong_format")
    return check_form(np.asarray(picture, np.uint8))
