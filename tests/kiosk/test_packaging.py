"""A kiosk machine has no database library and nothing of the core but its contracts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys
for name in ("sqlalchemy", "asyncpg", "aiogram", "alembic", "jinja2"):
    sys.modules[name] = None
import kiosk.app, kiosk.commands, kiosk.__main__, kiosk.doctor, kiosk.reader, kiosk.qr, kiosk.session.table
import kiosk.emulated.cards, kiosk.screen.demo
ours = sorted(n for n in sys.modules if n.split(".")[0] in {"core", "bot", "rag"})
foreign = [n for n in ours if n != "core" and not n.startswith("core.contracts")]
assert not foreign, foreign
"""


def test_the_kiosk_loads_without_a_database_library_and_only_the_contracts() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
