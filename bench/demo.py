"""How long a newcomer waits: a clean clone's first `demo`, installing included, and the second start."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from core.db.embedded import EmbeddedPostgres

NAME = "demo"
SUMMARY = "clean clone to three ready addresses (< 120 s), and the second start (< 15 s)"
_ROOT = Path(__file__).resolve().parent.parent
_LONGEST_SECONDS = 600


def run() -> dict[str, object]:
    """Clone what is committed, start it twice with an empty home, stop it with Ctrl-C each time."""
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        clone, home = base / "clone", base / "home"
        home.mkdir(mode=0o700)
        subprocess.run(["git", "clone", "--quiet", _ROOT, clone], check=True)  # noqa: S603, S607 - our own folder
        first, stopped = _start(clone, home)
        second, stopped_again = _start(clone, home)
        reference = _empty_database(base)
    return {
        "target": {"first_start_s": 120, "second_start_s": 15},
        "figures": {
            "first_start_s": first,
            "second_start_s": second,
            "stop_s": max(stopped, stopped_again),
        },
        "reference": {"an_empty_embedded_database_s": reference},
        "ratio_to_reference": round(second / reference, 1),
        "limits": "the first start downloads the pinned packages, so the network and the package index count; the "
        "rest is starting Python five times, the database, and the sample school",
    }


def _start(clone: Path, home: Path) -> tuple[float, float]:
    """Seconds until the three addresses stood, and until everything had ended after Ctrl-C."""
    # Nothing of ours reaches the clone: neither our packages nor our settings.
    ours = ("PYTHONPATH", "VIRTUAL_ENV", "DATABASE_URL", "CONGTRUONG_", "OMP_")
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(ours)}  # noqa: TID251 - handed on
    begun = time.perf_counter()
    demo = subprocess.Popen(  # noqa: S603 - our own launcher
        [_system_python(), clone / "congtruong", "demo", "--json", "--data", home / "data"],
        env=surroundings | {"HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert demo.stdout is not None
        urls = json.loads(demo.stdout.readline())
        ready = time.perf_counter() - begun
        if set(urls) != {"core", "bot", "kiosk"}:
            raise RuntimeError("the demo did not say its three addresses")
    finally:
        ending = time.perf_counter()
        demo.send_signal(signal.SIGINT)
        demo.wait(_LONGEST_SECONDS)
    return round(ready, 1), round(time.perf_counter() - ending, 1)


def _system_python() -> str:
    """The interpreter that the environment was made of."""
    return str(Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}")


def _empty_database(base: Path) -> float:
    begun = time.perf_counter()
    server = EmbeddedPostgres(base / "postgres", password="bench")  # noqa: S106 - thrown away
    server.start()
    server.stop()
    return round(time.perf_counter() - begun, 1)
