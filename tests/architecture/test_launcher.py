"""The launcher's first start: whatever cuts it off, it says so in a sentence, and the next start goes on."""

from __future__ import annotations

import errno
import importlib.util
import subprocess
import sys
import venv
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def launcher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """`./congtruong` with an environment of its own and one lock; nothing is really installed."""
    loader = SourceFileLoader("launcher", str(ROOT / "congtruong"))
    spec = importlib.util.spec_from_loader("launcher", loader)
    assert spec
    made = importlib.util.module_from_spec(spec)
    loader.exec_module(made)
    (tmp_path / "app.lock").write_text("nothing==1")
    monkeypatch.setattr(made, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(made, "LOCKS", tmp_path)

    def create(folder: Path, **_how: Any) -> None:
        (folder / "bin").mkdir(parents=True, exist_ok=True)
        (folder / "bin" / "python").touch()

    monkeypatch.setattr(venv, "create", create)
    return made


def test_a_start_that_was_cut_off_while_the_environment_was_made_makes_it_again(
    launcher: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = venv.create

    def cut_off(folder: Path, **how: Any) -> None:
        whole(folder, **how)
        raise KeyboardInterrupt

    monkeypatch.setattr(venv, "create", cut_off)
    with pytest.raises(KeyboardInterrupt):
        launcher.python(["app"])
    made: list[Path] = []
    monkeypatch.setattr(venv, "create", lambda folder, **_how: made.append(folder))
    monkeypatch.setattr(launcher, "install", lambda *_given, **_how: None)
    launcher.python(["app"])
    launcher.python(["app"])
    assert made == [launcher.VENV]


def test_an_install_that_was_cut_off_is_done_anew_and_trusts_nothing_that_is_there(
    launcher: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bool] = []

    def install(_python: Path, _lock: Path, *, anew: bool = False) -> None:
        seen.append(anew)
        if len(seen) == 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(launcher, "install", install)
    with pytest.raises(KeyboardInterrupt):
        launcher.python(["app"])
    for _ in range(2):
        launcher.python(["app"])
    assert seen == [False, True]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/somewhere"), "/somewhere"),
        (subprocess.CalledProcessError(1, "ensurepip", b"No module named ensurepip"), "python3-venv"),
        (KeyboardInterrupt(), "Chạy lại"),
    ],
)
def test_what_is_wrong_with_the_machine_is_a_sentence(
    launcher: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    wrong: BaseException,
    said: str,
) -> None:
    def fail(*_given: object, **_how: object) -> None:
        raise wrong

    monkeypatch.setattr(venv, "create", fail)
    assert launcher.start(["demo"]) in {1, 130}
    told = capsys.readouterr().err
    assert said in told
    assert "Traceback" not in told


PIP_CONFIG = """
[global]
index-url = https://mirror.school/simple
extra-index-url = https://one.school/simple
    file:///shelf/simple
cert = /etc/school.pem
[install]
find-links = /wheels
"""


def test_the_registry_and_certificate_that_pip_is_set_to_are_those_of_uv(
    launcher: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (
        "PIP_CERT",
        "PIP_FIND_LINKS",
        "PIP_EXTRA_INDEX_URL",
        "SSL_CERT_FILE",
        "UV_DEFAULT_INDEX",
        "UV_INDEX",
    ):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "pip.conf").write_text(PIP_CONFIG)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    monkeypatch.setenv("PIP_INDEX_URL", "https://nearer.school/simple")
    monkeypatch.setenv("UV_FIND_LINKS", "/told/to/uv")
    environment = tmp_path / "bin"
    environment.mkdir()
    for name, does in {"python": f'exec "{sys.executable}" "$@"', "uv": f'env > "{tmp_path}/seen"'}.items():
        (environment / name).write_text(f"#!/bin/sh\n{does}\n")
        (environment / name).chmod(0o755)
    launcher.install(environment / "python", tmp_path / "app.lock")
    seen = dict(line.partition("=")[::2] for line in (tmp_path / "seen").read_text().splitlines())
    assert seen["UV_DEFAULT_INDEX"] == "https://nearer.school/simple"
    assert seen["UV_INDEX"] == "https://one.school/simple file:///shelf/simple"
    assert seen["SSL_CERT_FILE"] == "/etc/school.pem"
    assert seen["UV_FIND_LINKS"] == "/told/to/uv"


def test_a_locale_without_our_letters_costs_neither_the_help_nor_the_question() -> None:
    helped = subprocess.run(
        [sys.executable, ROOT / "congtruong", "--help"],
        env={"PYTHONUTF8": "0", "LC_ALL": "C"},
        capture_output=True,
        check=False,
    )
    assert (helped.returncode, b"Traceback" in helped.stderr) == (0, False)
    assert b"./congtruong demo" in helped.stdout


def test_what_alembic_reads_in_the_locale_of_the_machine_is_ascii() -> None:
    """It reads its file as text of the locale, also in UTF-8 mode: under LC_ALL=C no test had a database."""
    assert (ROOT / "alembic.ini").read_bytes().isascii()


def test_every_program_reads_and_writes_utf8(launcher: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONUTF8", "0")
    said = subprocess.run(
        [sys.executable, "-c", "import sys; print(sys.argv[1])", "học phí"],
        env={**launcher.surroundings(), "LC_ALL": "C"},
        capture_output=True,
        check=True,
    )
    assert said.stdout.decode() == "học phí\n"
