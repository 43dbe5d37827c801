"""An order's way to newer software: fetched, judged, unpacked beside, tried in a process of its own, chosen.

Only the version that staff named is taken, and an older one than what runs only if it is the one before: an old
signed release put in the way of a kiosk brings nothing back. The switch itself happens at the next start.
"""

from __future__ import annotations

import asyncio
import base64
import re
import sys
from dataclasses import dataclass, field
from typing import Protocol

from kiosk.errors import UpdateError
from kiosk.updates.release import (
    ARCHIVE,
    MANIFEST,
    MOST_ARCHIVE_BYTES,
    MOST_MANIFEST_BYTES,
    SIGNATURE,
    judged,
    unpack,
)
from kiosk.updates.shelf import Shelf
from kiosk.updates.source import Source
from kiosk.version import VERSION

_PROBE = "import kiosk.app, kiosk.commands, kiosk.version; print(kiosk.version.VERSION)"
_PROBE_SECONDS = 30.0


class Updates(Protocol):
    """Brings newer software; `Updater` is the real one."""

    async def take(self, version: str) -> None:
        """Make this version the one that runs from the next start on; raises UpdateError."""
        ...


def order_of(version: str) -> tuple[int, ...]:
    """Versions in their order; what follows the numbers does not count.

    >>> order_of("1.10.0") > order_of("1.9")
    True
    """
    return tuple(int(part) for part in re.match(r"[0-9.]*[0-9]", version)[0].split("."))  # type: ignore[index]  # a version begins with a number


def key_of(text: str) -> bytes:
    """The public key of a setting: 32 bytes, base64.

    Raises:
        UpdateError: `key`.
    """
    try:
        key = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise UpdateError("key") from error
    if len(key) != 32:
        raise UpdateError("key")
    return key


@dataclass(frozen=True, slots=True)
class Updater:
    """Takes signed releases from a source (cập nhật phần mềm)."""

    shelf: Shelf
    source: Source
    key: str
    running: str = VERSION
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def take(self, version: str) -> None:
        """Make this version the one that runs from the next start on.

        Raises:
            UpdateError: with the reason; what runs goes on running.
        """
        async with self._turn:
            try:
                await self._take(version)
            finally:
                # Above all what was fetched and not chosen: the room on the disk is the reports'.
                await asyncio.to_thread(self.shelf.clear, self.running)

    async def _take(self, version: str) -> None:
        chosen = self.shelf.choice()
        if version == self.running:
            raise UpdateError("already_runs")
        back = version == chosen.previous and self.shelf.has(version)
        if not back:
            if order_of(version) < order_of(self.running):
                raise UpdateError("older")
            await self._bring(version)
            await self._probe(version)
        try:
            await asyncio.to_thread(self.shelf.keep, chosen.switched(version))
        except OSError as error:
            raise UpdateError("disk") from error

    async def _bring(self, version: str) -> None:
        manifest = await self.source.bring(version, MANIFEST, MOST_MANIFEST_BYTES)
        signature = await self.source.bring(version, SIGNATURE, MOST_MANIFEST_BYTES)
        release = judged(manifest, signature, key_of(self.key))
        if release.version != version:
            raise UpdateError("other_version")
        archive = await self.source.bring(version, ARCHIVE, MOST_ARCHIVE_BYTES)
        try:
            folder = await asyncio.to_thread(self.shelf.incoming)
            await asyncio.to_thread(unpack, archive, release, folder)
            await asyncio.to_thread(self.shelf.accept, version)
        except OSError as error:
            raise UpdateError("disk") from error

    async def _probe(self, version: str) -> None:
        """Load it once in a process of its own: what lacks a package, or is broken, is not chosen.

        Raises:
            UpdateError: `does_not_start`.
        """
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-c", _PROBE,
            env={"PYTHONPATH": str(self.shelf.place(version)), "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            async with asyncio.timeout(_PROBE_SECONDS):
                said, _ = await process.communicate()
        except TimeoutError:
            process.kill()
            said = b""
        if process.returncode != 0 or said.decode(errors="replace").strip() != version:
            raise UpdateError("does_not_start")
