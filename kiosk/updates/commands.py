"""Verbs of newer software: `run` for the service manager; `release-key` and `release` for who publishes."""

from __future__ import annotations

import argparse
import base64
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.clock import SystemClock
from kiosk.logs import configure_logs
from kiosk.settings import load_settings
from kiosk.updates import starter
from kiosk.updates.release import make
from kiosk.version import VERSION

if TYPE_CHECKING:
    from argparse import _SubParsersAction

_TREE = Path(__file__).parents[2]


def register(verbs: _SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verbs."""
    run = verbs.add_parser(
        "run", help="what the service manager starts: the chosen release, else this program"
    )
    run.add_argument("--json", action="store_true")
    run.add_argument("--port", type=int, default=None)
    run.set_defaults(func=_run)
    key = verbs.add_parser("release-key", help="make a publisher's key; prints CONGTRUONG_KIOSK_UPDATE_KEY")
    key.add_argument("file", type=Path, help="the private key's new file; keep it away from kiosks")
    key.set_defaults(func=_key)
    release = verbs.add_parser(
        "release", help="pack and sign this program for CONGTRUONG_KIOSK_UPDATE_SOURCE"
    )
    release.add_argument("--key", type=Path, required=True, help="the private key's file")
    release.add_argument("--out", type=Path, required=True, help="the folder of releases")
    release.add_argument("--tree", type=Path, default=_TREE, help="the source tree")
    release.add_argument("--version", default=VERSION)
    release.set_defaults(func=_release)


def _run(chosen: argparse.Namespace) -> int:
    settings = load_settings()
    configure_logs(settings.log_level)
    given = ("--json",) if chosen.json else ()
    port = () if chosen.port is None else ("--port", str(chosen.port))
    starter.run(settings.data_dir, (*given, *port))
    return 0


def _key(chosen: argparse.Namespace) -> int:
    key = Ed25519PrivateKey.generate()
    fd = os.open(chosen.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "wb") as file:
        file.write(base64.b64encode(key.private_bytes_raw()))
    sys.stdout.write(base64.b64encode(key.public_key().public_bytes_raw()).decode() + "\n")
    return 0


def _release(chosen: argparse.Namespace) -> int:
    key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(chosen.key.read_bytes()))
    made = make(chosen.tree, chosen.version, key, chosen.out, SystemClock().now())
    sys.stdout.write(json.dumps({"version": made.version, "size": made.size, "sha256": made.sha256}) + "\n")
    return 0
