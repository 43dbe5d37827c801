"""Publishes real releases of this very program, and takes them as a kiosk does."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.clock import SystemClock
from kiosk.runner import Runner
from kiosk.updates.release import Release, make
from kiosk.updates.shelf import Shelf
from kiosk.updates.source import Source
from kiosk.updates.updater import Updater
from kiosk.version import VERSION

ROOT = Path(__file__).parents[3]
NEW, NEWER = "9.1.0", "9.2.0"


@dataclass(frozen=True)
class Publisher:
    """Who publishes: a key and a folder of releases."""

    key: Ed25519PrivateKey
    out: Path
    tree: Path

    @property
    def public(self) -> str:
        return base64.b64encode(self.key.public_key().public_bytes_raw()).decode()

    def publish(self, version: str, *, broken: str = "") -> Release:
        """A real release of this very program under another version; `broken` is added to a module."""
        (self.tree / "kiosk" / "version.py").write_text(
            f'VERSION = "{version}"\nSOFTWARE = f"congtruong-kiosk {{VERSION}}"\n', "utf-8"
        )
        app = self.tree / "kiosk" / "app.py"
        app.write_text((ROOT / "kiosk" / "app.py").read_text("utf-8") + broken, "utf-8")
        return make(self.tree, version, self.key, self.out, SystemClock().now())


def updater(shelf: Shelf, publisher: Publisher, place: str = "", running: str = VERSION) -> Updater:
    return Updater(shelf, Source(place or str(publisher.out)), publisher.public, running)


class Alive:
    """A session that answers."""

    async def ask(self, event: object) -> bool:
        del event
        return True


def no_runner() -> Runner:
    return Runner.__new__(Runner)
