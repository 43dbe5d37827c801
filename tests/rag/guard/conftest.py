"""The answerer over the shipped knowledge, for tests that judge it whole.

It takes seconds to make: each process makes it once (session scope).
"""

import pytest

from rag.answerer import Answerer
from rag.build import build_answerer
from rag.settings import RagSettings


@pytest.fixture(scope="session")
def whole() -> Answerer:
    return build_answerer(RagSettings())
