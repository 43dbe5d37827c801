"""What the demo says before it starts anything."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from core.demo.command import main


def test_a_disk_that_is_nearly_full_is_said_before_the_database_fails_on_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=25 * 2**20))
    assert main(["--data", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert "chỉ còn 25 MB" in said
    assert "--data" in said
    assert not (tmp_path / "postgres").exists()
