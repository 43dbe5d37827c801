"""`./congtruong bench --list`, `./congtruong bench NAME --json`: measured figures beside a reference.

A benchmark prints a ratio to a reference of the same run, because a figure alone says little on another
machine. Nothing here fails a build.
"""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import platform
import sys
from types import ModuleType

import bench


def modules() -> dict[str, ModuleType]:
    """Every benchmark by its name."""
    found = {}
    for info in pkgutil.iter_modules(bench.__path__):
        if not info.name.startswith("_"):
            module = importlib.import_module(f"bench.{info.name}")
            found[module.NAME] = module
    return dict(sorted(found.items()))


def main(arguments: list[str]) -> int:
    """Run one benchmark, or list them."""
    parser = argparse.ArgumentParser(prog="congtruong bench")
    parser.add_argument("name", nargs="?", help="which benchmark")
    parser.add_argument("--list", action="store_true", help="names and what they measure")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    chosen = parser.parse_args(arguments)
    known = modules()
    if chosen.list or not chosen.name:
        for name, module in known.items():
            print(f"{name:18} {module.SUMMARY}")
        return 0
    if chosen.name not in known:
        print(f"congtruong bench: no benchmark '{chosen.name}'; try --list", file=sys.stderr)
        return 2
    result = {"bench": chosen.name, "python": platform.python_version(), **known[chosen.name].run()}
    print(json.dumps(result, ensure_ascii=False, indent=None if chosen.json else 2))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
