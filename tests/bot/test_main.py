"""What somebody reads who starts the bot before its database: a sentence, never a stack trace, never the password."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.__main__ import main


def test_a_database_that_does_not_answer_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CONGTRUONG_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody:very-secret@127.0.0.1:9/none")
    assert main(["serve", "--port", "0"]) == 1
    told = capsys.readouterr().err
    assert "does not answer" in told
    assert "very-secret" not in told
