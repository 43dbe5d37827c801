"""The launcher's first start: whatever cuts it off, it says so in a sentence, and the next start goes on."""

from __future__ import annotations

import errno
import importlib.util
import subprocess
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
