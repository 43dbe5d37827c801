"""The mirror on the page: the camera's pictures, for as long as a place of the session wants them."""

from __future__ import annotations

import numpy as np
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from kiosk.camera.ports import Frame
from kiosk.screen.server import Board, Page
from kiosk.screen.view import view_of
from kiosk.session.places import Looking, Session
from tests.kiosk.session.visits import subject


class _QuickCamera:
    """Gives pictures faster than any camera."""

    emulated = True

    async def frame(self) -> Frame:
        return Frame(np.zeros((4, 4, 3), np.uint8), 0.0, 1)


async def test_the_mirror_goes_on_for_as_long_as_a_slow_pupil_is_looked_at() -> None:
    board, app = Board(), web.Application()
    Page(board, lambda _: None, _QuickCamera(), lambda _: b"picture", pictures_a_second=1e6).add_to(app)
    board.show(view_of(Session(place=Looking(24.0, subject())), 0.0))
    async with TestClient(TestServer(app)) as page:
        film, seen = await page.get("/camera.mjpeg"), 0
        # Twenty-four seconds of fifteen pictures; it used to end, and stand still, at the three hundredth.
        while seen < 24 * 15:
            seen += (await film.content.readline()).startswith(b"--")
        board.close()
        await film.read()
