"""`./congtruong bench --list`, `./congtruong bench NAME --json`: measured figures beside a reference.

A benchmark prints a ratio to a reference of the same run, because a figure alone says little on another
machine. Nothing here fails a build.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import pkgutil
import platform
import sys
from contextlib import redirect_stdout
from types import ModuleType

import bench


def names() -> tuple[str, ...]:
    """Every benchmark's name: that of its file, with dashes."""
    found = (info.name for info in pkgutil.iter_modules(bench.__path__) if not info.name.startswith("_"))
    return tuple(sorted(name.replace("_", "-") for name in found))


def module_of(name: str) -> ModuleType:
    """One benchmark; the others are not loaded, so that they weigh on no figure of memory."""
    return importlib.import_module(f"bench.{name.replace('-', '_')}")


def main(arguments: list[str]) -> int:
    """Run one benchmark, or list them."""
    parser = argparse.ArgumentParser(prog="congtruong bench")
    parser.add_argument("name", nargs="?", help="which benchmark")
    parser.add_argument("--list", action="store_true", help="names and what they measure")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    chosen = parser.parse_args(arguments)
    if chosen.list or not chosen.name:
        lines = [f"{name:18} {module_of(name).SUMMARY}" for name in names()]
        try:
            print("\n".join(lines), flush=True)
        except BrokenPipeError:  # whoever reads has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    if chosen.name not in names():
        print(f"congtruong bench: no benchmark '{chosen.name}'; try --list", file=sys.stderr)
        return 2
    # What programs say meanwhile is no part of the answer.
    with redirect_stdout(sys.stderr):
        found = module_of(chosen.name).run()
    result = {"bench": chosen.name, "python": platform.python_version(), **found}
    print(json.dumps(result, ensure_ascii=False, indent=None if chosen.json else 2))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
