"""What somebody reads whose database is not there: a sentence, never a stack trace, never the password."""

from __future__ import annotations

import io
import socket
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError

from core.__main__ import main
from core.db.doors import closed_door


def test_a_database_that_does_not_answer_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody:very-secret@127.0.0.1:9/none")
    assert main(["--data", str(tmp_path), "migrate"]) == 1
    told = capsys.readouterr().err
    assert "does not answer" in told
    assert "Traceback" not in told
    assert "very-secret" not in told


@pytest.mark.parametrize(
    "typed", ["postgresql://u:very-secret@h:abc/n", "very-secret", "mysql://u:very-secret@h/n"]
)
def test_an_address_that_is_none_is_said_in_a_sentence(
    typed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", typed)
    for words in (["migrate"], ["check-sealed"], ["backup", str(tmp_path / "copy")]):
        assert main(["--data", str(tmp_path), *words]) == 1
        told = capsys.readouterr().err
        assert "DATABASE_URL is no address" in told
        assert "very-secret" not in told


def test_what_the_server_refuses_is_told_apart_and_a_fault_of_ours_is_not_hidden() -> None:
    for cause, said in (
        (asyncpg.InvalidCatalogNameError("x"), "createdb"),
        (asyncpg.InvalidPasswordError("x"), "another password"),
        (asyncpg.UndefinedTableError("x"), "core migrate"),
        (asyncpg.UndefinedColumnError("x"), "core migrate"),
        (asyncpg.PostgresSyntaxError("x"), None),
    ):
        error = DBAPIError("SELECT 1", {}, cause)
        error.__cause__ = cause
        told = closed_door(error)
        assert (said is None and told is None) or (said is not None and told is not None and said in told)


def test_a_first_account_that_cannot_be_is_told_which_part_and_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody:very-secret@127.0.0.1:9/none")
    for username, password, said in (
        ("hieutruong", "ngan", "Mật khẩu"),
        ("Hiệu Trưởng", "mot mat khau dai", "Tên đăng nhập"),
    ):
        monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
        assert main(["--data", str(tmp_path), "add-staff", username, "Cô Lan", "--password-stdin"]) == 1
        told = capsys.readouterr().err
        assert said in told
        assert password not in told


def test_a_port_that_another_program_has_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody:very-secret@127.0.0.1:9/none")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["--data", str(tmp_path), "serve", "--port", str(port)]) == 1
    told = capsys.readouterr().err
    assert f"127.0.0.1:{port} đang có chương trình khác dùng" in told
    assert "Traceback" not in told
