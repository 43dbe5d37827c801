"""What the documents name is there: files, links, and the commands that a reader is told to type."""

from __future__ import annotations

import functools
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench.__main__ import names
from tests.architecture.source import PACKAGES, ROOT, tracked

DOCUMENTS = tuple(sorted(path for path in tracked() if path.suffix == ".md"))
_LINK = re.compile(r"""(?:\]\(|src=")([^)"#:\s]+)(?:#[^)]*)?[)"]""")
_CODE = re.compile(r"`([^`\n]+)`")
_TOPS = (*PACKAGES, "bench", "docs", "knowledge", "migrations", "requirements", "tests")
_PATH = re.compile(rf"(?:{'|'.join(_TOPS)})/[\w./*-]+")
_COMMAND = re.compile(r"\./congtruong ([a-z]+)(?: ([a-z][a-z-]*)\b(?!\.))?")
_ALONE = {"demo", "test", "check", "lock"}
_TEST = re.compile(r"\btest_\w+")
_SETTING = re.compile(r"\bCONGTRUONG_[A-Z_]*[A-Z]\b")
_PARTS_OF_A_DECISION = ("Context", "Decision", "Consequences", "Given up", "Enforced by")


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _missing_paths(document: Path) -> list[str]:
    text = document.read_text("utf-8")
    links = [name for name in _LINK.findall(text) if not (document.parent / name).exists()]
    named = [one for code in _CODE.findall(text) if _PATH.fullmatch(one := code.split("::")[0].rstrip("/"))]
    return links + [name for name in named if not _is_there(name)]


def _is_there(name: str) -> bool:
    """A file, a folder, a pattern of files, or a module named without its ending (`core/guardians/machine`)."""
    return any(ROOT.glob(name)) or any(ROOT.glob(f"{name}.py"))


@functools.cache
def _subcommands(package: str) -> frozenset[str]:
    """What the program itself offers."""
    told = subprocess.run(
        [sys.executable, "-m", package, "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return frozenset(re.findall(r"(?m)^ {4}([a-z][a-z-]*)(?: |$)", told))


def _unknown_commands(document: Path) -> list[str]:
    found = []
    for command, sub in _COMMAND.findall(document.read_text("utf-8")):
        if command in PACKAGES:
            known = not sub or sub in _subcommands(command)
        elif command == "bench":
            known = not sub or sub in names()
        else:
            known = command in _ALONE
        if not known:
            found.append(f"{command} {sub}".strip())
    return found


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_every_path_that_a_document_names_is_there(document: Path) -> None:
    assert _missing_paths(document) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_every_command_that_a_document_names_is_known(document: Path) -> None:
    assert _unknown_commands(document) == []


@functools.cache
def _tests_of_ours() -> frozenset[str]:
    """Names of the files and functions of the tests; a document may cut one off with an ellipsis."""
    names = {path.stem for path in tracked() if path.name.startswith("test_")}
    for path in tracked():
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in {"tests", *PACKAGES}:
            names |= set(re.findall(r"def (test_\w+)", path.read_text("utf-8")))
    return frozenset(names)


def test_every_test_that_a_document_names_is_there() -> None:
    lost = {
        (_name(document), name)
        for document in DOCUMENTS
        for name in _TEST.findall(document.read_text("utf-8"))
        if not any(one.startswith(name) for one in _tests_of_ours())
    }
    assert lost == set()


def test_every_setting_that_a_document_names_is_in_the_list_of_settings() -> None:
    listed = set(_SETTING.findall((ROOT / "docs" / "settings.md").read_text("utf-8")))
    named = {name for one in DOCUMENTS for name in _SETTING.findall(one.read_text("utf-8"))}
    assert named - listed == set()


def test_every_name_of_the_glossary_is_one_of_the_code() -> None:
    rows = (ROOT / "docs" / "glossary.md").read_text("utf-8").partition("|---|")[2]
    named = {
        name
        for row in rows.splitlines()
        for name in re.findall(r"\b[A-Z]\w+", row.partition("| ")[2].partition("|")[0])
    }
    code = "".join(
        path.read_text("utf-8")
        for path in tracked()
        if path.suffix == ".py" and _name(path).startswith(("bot/", "core/", "kiosk/", "rag/"))
    )
    said = code.lower().replace("_", "")
    assert {name for name in named if name.lower() not in said} == set()


@pytest.mark.parametrize("decision", sorted((ROOT / "docs" / "adr").glob("*.md")), ids=_name)
def test_every_decision_has_the_same_parts(decision: Path) -> None:
    """Context, decision, consequences, what was given up, and what keeps it so."""
    text = decision.read_text("utf-8")
    assert [part for part in _PARTS_OF_A_DECISION if f"**{part}.**" not in text] == []


def test_every_picture_of_the_documents_is_shown_by_one() -> None:
    shown = "\n".join(document.read_text("utf-8") for document in DOCUMENTS)
    pictures = sorted(path.name for path in (ROOT / "docs" / "screenshots").glob("*.png"))
    assert [name for name in pictures if f"screenshots/{name}" not in shown] == []
    assert pictures
