"""Serves the page to the Chromium on this machine, pushes views to it and takes its buttons.

Loopback only: the Host header must name this machine (DNS rebinding), a button must come as JSON (a
foreign page cannot send that without asking first), and the page may load nothing from elsewhere (CSP). It
decides nothing.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from core.contracts.guardian_report import CODE_LENGTH
from kiosk.camera.ports import Camera
from kiosk.errors import CameraError
from kiosk.screen.view import View
from kiosk.session.events import CodeTyped, Event, Pressed
from kiosk.session.values import Button

PAGE = Path(__file__).with_name("page")
TEXTS = Path(__file__).with_name("texts")
BEAT_SECONDS = 2.0
_LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
_CSP = "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_BOUNDARY = "congtruongframe"
_LONGEST_FILM_SECONDS = 120.0
"""Longer than any visit: a page that was left open must not keep the camera for ever."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Foot:
    """The foot line: what works and what is emulated (dòng tình trạng)."""

    online: bool = True
    queued: int = 0
    parked: int = 0
    blocked: str | None = None
    emulated: tuple[str, ...] = ()
    language: str = "vi"
    school: str = ""
    sound: bool = True


@dataclass(slots=True)
class Board:
    """What is shown now; pages wait for the next change (bảng tin của màn hình)."""

    view: View | None = None
    foot: Foot = field(default_factory=Foot)
    version: int = 0
    closing: bool = False
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def show(self, view: View) -> None:
        """Show this from now on."""
        self.view = view
        self._tell()

    def tell(self, foot: Foot) -> None:
        """Show this foot line from now on."""
        if foot != self.foot:
            self.foot = foot
            self._tell()

    def close(self) -> None:
        """Let every page go."""
        self.closing = True
        self._tell()

    async def after(self, version: int) -> None:
        """Wait until something newer than `version` is there, or for a beat."""
        if version == self.version:
            try:
                async with asyncio.timeout(BEAT_SECONDS):
                    await self._changed.wait()
            except TimeoutError:
                return

    def _tell(self) -> None:
        self.version += 1
        self._changed.set()
        self._changed = asyncio.Event()


@dataclass(frozen=True, slots=True)
class Page:
    """The page's routes."""

    board: Board
    post: Callable[[Event], None]
    camera: Camera
    jpeg: Callable[[Any], bytes]
    pictures_a_second: float = 15
    """Of the mirror: enough for the eye; more would take time from the face check."""

    def add_to(self, app: web.Application) -> None:
        """Register the routes."""
        app.router.add_get("/", self._index)
        app.router.add_get("/texts.json", self._texts)
        app.router.add_get("/events", self._events)
        app.router.add_get("/camera.mjpeg", self._camera)
        app.router.add_post("/press", self._press)
        app.router.add_post("/code", self._code)
        app.router.add_static("/page/", PAGE)

    async def _index(self, _request: web.Request) -> web.StreamResponse:
        return web.FileResponse(PAGE / "index.html", headers={"Cache-Control": "no-store"})

    async def _texts(self, _request: web.Request) -> web.StreamResponse:
        return web.json_response(
            {path.stem: json.loads(path.read_text("utf-8")) for path in TEXTS.glob("*.json")}
        )

    async def _press(self, request: web.Request) -> web.StreamResponse:
        said = await json_of(request)
        try:
            event = Pressed(int(said["visit"]), Button(said["button"]))
        except (KeyError, ValueError, TypeError) as error:
            raise web.HTTPBadRequest from error
        self.post(event)
        return web.Response(status=204)

    async def _code(self, request: web.Request) -> web.StreamResponse:
        said = await json_of(request)
        try:
            visit, code = int(said["visit"]), str(said["code"])
        except (KeyError, ValueError, TypeError) as error:
            raise web.HTTPBadRequest from error
        if not (len(code) == CODE_LENGTH and code.isascii() and code.isdigit()):
            raise web.HTTPBadRequest
        self.post(CodeTyped(visit, code))
        return web.Response(status=204)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        with suppress(ConnectionResetError):
            await self._push(response)
        return response

    async def _push(self, response: web.StreamResponse) -> None:
        """Tell every change until the page goes away."""
        board, version = self.board, -1
        while not board.closing:
            if board.version == version:
                await response.write(b"event: beat\ndata: {}\n\n")
            else:
                version = board.version
                view = board.view.wire() if board.view else None
                told = {"view": view, "foot": asdict(board.foot)}
                await response.write(f"data: {json.dumps(told, ensure_ascii=False)}\n\n".encode())
            await board.after(version)

    async def _camera(self, request: web.Request) -> web.StreamResponse:
        """The live picture, only while a place of the session asks for it."""
        response = web.StreamResponse(
            headers={
                "Content-Type": f"multipart/x-mixed-replace; boundary={_BOUNDARY}",
                "Cache-Control": "no-store",
            }
        )
        await response.prepare(request)
        with suppress(ConnectionResetError):
            await self._film(response)
        return response

    async def _film(self, response: web.StreamResponse) -> None:
        loop = asyncio.get_running_loop()
        ends = loop.time() + _LONGEST_FILM_SECONDS
        while (began := loop.time()) < ends:
            view = self.board.view
            if self.board.closing or view is None or not view.camera:
                break
            try:
                coded = await asyncio.to_thread(self.jpeg, (await self.camera.frame()).picture)
            except CameraError:
                break
            head = f"--{_BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(coded)}\r\n\r\n"
            await response.write(head.encode() + coded + b"\r\n")
            await asyncio.sleep(began + 1 / self.pictures_a_second - loop.time())


async def json_of(request: web.Request) -> dict[str, Any]:
    """The JSON object of a request.

    Raises:
        HTTPBadRequest: when it is none.
    """
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType
    try:
        said = await request.json()
    except ValueError as error:
        raise web.HTTPBadRequest from error
    if not isinstance(said, dict):
        raise web.HTTPBadRequest
    return said


@web.middleware
async def local_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what was not meant for this machine, and dress every answer with the page's rules."""
    named = urlsplit(f"//{request.host}").hostname
    origin = request.headers.get("Origin")
    if named not in _LOCAL or (origin is not None and urlsplit(origin).hostname not in _LOCAL):
        raise web.HTTPForbidden
    response = await handler(request)
    if not response.prepared:
        response.headers["Content-Security-Policy"] = _CSP
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
    return response
