"""A publisher with a key of its own, and an empty shelf."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.updates.shelf import Shelf
from tests.kiosk.updates.publishing import ROOT, Publisher


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    tree = tmp_path / "tree"
    for package in ("kiosk", "core/contracts"):
        shutil.copytree(ROOT / package, tree / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "core" / "__init__.py", tree / "core" / "__init__.py")
    return Publisher(Ed25519PrivateKey.generate(), tmp_path / "out", tree)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "data")
