"""docs/security.md shows the tables that the code has."""

from __future__ import annotations

import pytest

from tests.support.documents import shows
from tests.support.security_document import DOCUMENT, sections

WRITE = "run: python -m tests.support.security_document"


@pytest.mark.parametrize("name", ["roles", "retention"])
def test_the_security_document_shows_the_table_as_it_is(name: str) -> None:
    assert shows(DOCUMENT, name, sections()[name]), WRITE


def test_no_route_of_the_security_document_has_another_right_than_it_says() -> None:
    shown = DOCUMENT.read_text("utf-8").partition("<!-- routes -->\n")[2].partition("<!-- end -->")[0]
    assert set(shown.splitlines()) - set(sections()["routes"].splitlines()) == set(), WRITE
