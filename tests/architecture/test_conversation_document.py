"""docs/conversation.md shows the tables that the code has."""

from __future__ import annotations

import pytest

from tests.support.conversation_document import DOCUMENT, sections
from tests.support.documents import shows

WRITE = "run: python -m tests.support.conversation_document"


@pytest.mark.parametrize("name", ["states", "choices", "figures"])
def test_the_conversation_document_shows_the_table_as_it_is(name: str) -> None:
    assert shows(DOCUMENT, name, sections()[name]), WRITE
