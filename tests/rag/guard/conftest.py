"""The answerer over the shipped knowledge, for tests that judge it whole.

It takes seconds to make, and some modules ask it hundreds of questions: their tests carry the mark
`xdist_group("whole")`, so that one process makes and asks it once.
"""

import pytest

from rag.answerer import Answerer
from rag.build import build_answerer
from rag.settings import RagSettings


@pytest.fixture(scope="session")
def whole() -> Answerer:
    return build_answerer(RagSettings())
