"""`congtruong core api-key issue|list|revoke`, as an operator types it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from core.__main__ import main


@pytest.fixture
def terminal(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("CONGTRUONG_DATA_DIR", str(tmp_path))


def test_a_key_is_issued_listed_and_revoked(terminal: None, capsys: pytest.CaptureFixture[str]) -> None:
    def said(*arguments: str, status: int = 0) -> dict[str, Any]:
        assert main(list(arguments)) == status
        lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
        return dict(json.loads(lines[-1])) if lines else {}

    said("add-school", "Trường mẫu")
    issued = said("api-key", "issue", "Trang web", "--per-minute", "3", "--per-day", "9")
    assert issued["secret"].startswith(issued["begins"])
    (listed,) = said("api-key", "list")["keys"]
    assert "secret" not in listed
    assert (listed["name"], listed["per_minute"], listed["per_day"]) == ("Trang web", 3, 9)
    assert said("api-key", "revoke", listed["id"]) == {"revoked": listed["id"]}
    assert said("api-key", "list")["keys"][0]["revoked_at"] is not None
    for wrong in ("xyz", "00000000-0000-0000-0000-000000000000"):
        assert said("api-key", "revoke", wrong, status=1) == {}
    assert said("api-key", "issue", "Trang web", "--per-minute", "0", status=1) == {}
