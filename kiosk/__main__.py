"""`python -m kiosk`: see `kiosk.commands`."""

from __future__ import annotations

import sys

from kiosk.commands import run


def main() -> None:
    """Entry point of `congtruong-kiosk`."""
    sys.exit(run())


if __name__ == "__main__":
    main()
