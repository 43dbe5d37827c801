"""Where releases lie: a folder of this machine (a stick, a share) or an address. Nothing of it is believed unsigned."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from yarl import URL

from kiosk.errors import UpdateError

_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Source:
    """The place of releases, `<place>/<version>/…` (nơi để bản cập nhật)."""

    place: str

    async def bring(self, version: str, name: str, most: int) -> bytes:
        """One file of a release, of `most` bytes at most.

        Raises:
            UpdateError: `not_found`, `too_large`, or `unreachable`.
        """
        if self.place.startswith(("http://", "https://")):
            return await self._over_http(URL(self.place) / version / name, most)
        return await asyncio.to_thread(self._from_folder, Path(self.place) / version / name, most)

    @staticmethod
    def _from_folder(path: Path, most: int) -> bytes:
        try:
            with path.open("rb") as file:
                content = file.read(most + 1)
        except FileNotFoundError as error:
            raise UpdateError("not_found") from error
        except OSError as error:
            raise UpdateError("unreachable") from error
        if len(content) > most:
            raise UpdateError("too_large")
        return content

    @staticmethod
    async def _over_http(url: URL, most: int) -> bytes:
        timeout = aiohttp.ClientTimeout(total=_SECONDS)
        content = bytearray()
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as http,
                http.get(url, allow_redirects=False) as answer,
            ):
                if answer.status != 200:
                    raise UpdateError("not_found" if answer.status == 404 else "unreachable")
                async for block in answer.content.iter_chunked(1 << 16):
                    content += block
                    if len(content) > most:
                        raise UpdateError("too_large")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise UpdateError("unreachable") from error
        return bytes(content)
