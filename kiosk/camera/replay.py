"""A camera that plays the pictures of a folder, in the order of their names, again and again."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from kiosk.camera.opencv import read_picture
from kiosk.camera.ports import Frame
from kiosk.errors import CameraError

_KINDS = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp"})


class ReplayCamera:
    """Pictures from files, at a steady pace (camera phát lại)."""

    emulated = True

    def __init__(self, folder: Path, frames_per_second: float = 10) -> None:
        """Nothing is read before the first picture."""
        self._folder = folder
        self._pause = 1 / frames_per_second
        self._number = 0

    async def frame(self) -> Frame:
        """The next picture."""
        await asyncio.sleep(self._pause)
        return await asyncio.to_thread(self._read)

    def _read(self) -> Frame:
        if not self._folder.is_dir():
            raise CameraError("unplugged")
        paths = sorted(path for path in self._folder.iterdir() if path.suffix.lower() in _KINDS)
        if not paths:
            raise CameraError("unplugged")
        path = paths[self._number % len(paths)]
        self._number += 1
        return Frame(read_picture(path), time.monotonic(), self._number)
