"""Which version of the kiosk this is; a release's manifest must say the same."""

from __future__ import annotations

VERSION = "0.1.0"
SOFTWARE = f"congtruong-kiosk {VERSION}"
