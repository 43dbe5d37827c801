"""The camera as the face check and the screen see it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, repr=False)
class Frame:
    """One picture (khung hình): height × width × 3, blue-green-red; taken `at` monotonic seconds."""

    picture: Picture = field(repr=False)
    at: float
    number: int

    @override
    def __repr__(self) -> str:
        height, width = self.picture.shape[:2]
        return f"Frame({width}x{height}, number={self.number})"


class Camera(Protocol):
    """Gives pictures, one after the other."""

    @property
    def emulated(self) -> bool:
        """Whether it is not real; the screen then says so."""
        ...

    async def frame(self) -> Frame:
        """The next picture.

        Raises:
            CameraError: with the condition `unplugged`, `frozen`, `too_large` or `wrong_format`.
        """
        ...
