"""The project's own Python files as syntax trees."""

from __future__ import annotations

import ast
import functools
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "core", "kiosk", "rag")


@dataclass(frozen=True, slots=True)
class Module:
    """One source file."""

    path: str
    tree: ast.Module

    @property
    def imports(self) -> frozenset[str]:
        """Dotted names that this file imports, wherever in the file."""
        names: set[str] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module)
        return frozenset(names)


@functools.cache
def tracked() -> tuple[Path, ...]:
    """Every file that git knows or would add; all files where there is no git."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    names = listed.stdout.splitlines() if listed.returncode == 0 else []
    found = [ROOT / name for name in names] or [p for p in ROOT.rglob("*") if ".venv" not in p.parts]
    return tuple(path for path in found if path.is_file())


@functools.cache
def _parsed(path: Path) -> Module:
    return Module(path.relative_to(ROOT).as_posix(), ast.parse(path.read_text("utf-8")))


@functools.cache
def modules(*packages: str) -> tuple[Module, ...]:
    """Every Python file of these packages; of the four when none is named."""
    return tuple(
        _parsed(path)
        for path in sorted(tracked())
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in (packages or PACKAGES)
    )
