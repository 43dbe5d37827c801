"""The files of the chat page: plain HTML, CSS and JavaScript beside this module, nothing from elsewhere."""

from __future__ import annotations

from pathlib import Path

import segno
from aiohttp import web

FOLDER = Path(__file__).parent / "static"
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FILES = {path.name: path.read_bytes() for path in sorted(FOLDER.iterdir()) if path.suffix in _TYPES}


async def static_file(request: web.Request, name: str | None = None) -> web.Response:
    """One file of the page.

    Raises:
        HTTPNotFound: when there is no such file.
    """
    wanted = name or request.match_info["name"]
    body = FILES.get(wanted)
    if body is None:
        raise web.HTTPNotFound
    return web.Response(body=body, content_type=_TYPES[Path(wanted).suffix], charset="utf-8")


def qr_picture(text: str) -> str:
    """A QR code as a data URI for an `img`: a PNG, because the apps of banks open no SVG that was saved."""
    return str(segno.make(text, error="m", micro=False).png_data_uri(scale=8, border=3))
