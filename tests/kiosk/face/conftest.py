"""Models from their wheels, and public development pictures where they lie beside the project."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from kiosk.face.engine import FaceEngine
from kiosk.face.errors import ModelMissingError
from kiosk.face.models import ModelStore, default_models
from kiosk.face.picture import read
from tests.kiosk.face.render import Head, fitted

PICTURES = Path(__file__).parents[4] / "shared" / "data" / "faces-dev"


@pytest.fixture(scope="session")
def engine() -> FaceEngine:
    store = ModelStore(default_models())
    try:
        store.fetch()
    except ModelMissingError as error:
        pytest.skip(f"the face models cannot be fetched here: {error}")
    return FaceEngine.load(store)


@pytest.fixture(scope="session")
def pictures() -> Path:
    if not PICTURES.exists():
        pytest.skip("no development pictures beside the project")
    return PICTURES


@pytest.fixture(scope="session")
def heads(engine: FaceEngine, pictures: Path) -> Callable[[str], Head]:
    """The head made of one development picture; each is made, and each of its poses drawn, once."""
    return cache(lambda name: Head.of(fitted(read(pictures / name), engine), engine))
