"""QR codes at an address of ours, for channels that fetch pictures instead of taking them.

The address holds the sealed text itself, so nothing is stored and nobody can read or make one. Only what this
school's key sealed is drawn.
"""

from __future__ import annotations

import base64
import binascii
import io
from dataclasses import dataclass

import segno
from aiohttp import web

from core.values.ids import SchoolId
from core.vault.keyring import Keyring, SealedDataError

PATH = "/pictures/{token:[A-Za-z0-9_-]{20,1200}}.png"
_LABEL = "bot.picture"


@dataclass(frozen=True, slots=True)
class Pictures:
    """Addresses of pictures, and the pictures."""

    keyring: Keyring
    school_id: SchoolId
    public_url: str

    def address_of(self, text: str) -> str:
        """The address of the QR code of `text`; empty when nobody outside could reach it."""
        if not self.public_url.startswith("https://"):
            return ""
        sealed = self.keyring.for_school(self.school_id).seal(text, _LABEL)
        token = base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()
        return f"{self.public_url.rstrip('/')}/pictures/{token}.png"

    async def show(self, request: web.Request) -> web.Response:
        """GET /pictures/….png.

        Raises:
            HTTPNotFound: when we did not make the address.
        """
        token = request.match_info["token"]
        try:
            sealed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
            text = self.keyring.for_school(self.school_id).open(sealed, _LABEL)
        except (binascii.Error, ValueError, SealedDataError):
            raise web.HTTPNotFound from None
        return web.Response(body=qr_png(text), content_type="image/png")


def qr_png(text: str) -> bytes:
    """A QR code as PNG."""
    picture = io.BytesIO()
    segno.make(text, error="m", micro=False).save(picture, kind="png", scale=8)
    return picture.getvalue()
