"""The table in the documentation is the machine's own."""

from __future__ import annotations

from pathlib import Path

from kiosk.session.table import table

PAGE = Path(__file__).parents[3] / "docs" / "kiosk.md"


def test_the_documented_table_is_the_machines_own() -> None:
    text = PAGE.read_text("utf-8")
    written = text.split("<!-- table -->\n", 1)[1].split("<!-- /table -->", 1)[0]
    assert written.strip() == table().strip()
