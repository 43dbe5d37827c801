"""The distribution, its entry points, and what a kiosk machine has to install."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


@pytest.mark.parametrize("target", PROJECT["scripts"].values())
def test_every_entry_point_loads(target: str) -> None:
    module, _, name = target.partition(":")
    assert callable(getattr(import_module(module), name))


@pytest.mark.parametrize("package", ["bot", "core", "kiosk", "rag"])
def test_our_packages_come_from_this_repository(package: str) -> None:
    origin = import_module(package).__file__
    assert origin is not None
    assert Path(origin).is_relative_to(ROOT)


def test_no_requirement_takes_the_name_of_one_of_our_folders() -> None:
    listed = PROJECT["dependencies"] + [r for e in PROJECT["optional-dependencies"].values() for r in e]
    names = {requirement.split("=")[0].split(">")[0].split("[")[0] for requirement in listed}
    assert not names & {"bot", "core", "kiosk", "rag", "knowledge", "migrations"}


def test_a_kiosk_machine_needs_nothing_of_the_server() -> None:
    blocked = [
        "sqlalchemy",
        "asyncpg",
        "aiogram",
        "alembic",
        "langchain",
        "openpyxl",
        "jinja2",
        "phonenumbers",
    ]
    program = (
        "import sys\n"
        f"for name in {blocked!r}: sys.modules[name] = None\n"
        "import kiosk, kiosk.app, kiosk.__main__\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)


def test_the_wheel_holds_the_knowledge_and_the_migrations(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    import zipfile

    names = zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist()
    for wanted in ("core/app.py", "knowledge/README.md", "migrations/env.py"):
        assert wanted in names
