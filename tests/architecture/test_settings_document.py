"""docs/settings.md names every setting, as the code has it."""

from __future__ import annotations

import pytest

from tests.support.documents import shows
from tests.support.settings_document import DOCUMENT, SETTINGS, sections


@pytest.mark.parametrize("name", SETTINGS)
def test_the_document_shows_the_settings_as_they_are(name: str) -> None:
    assert shows(DOCUMENT, name, sections()[name]), "run: python -m tests.support.settings_document"


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_says_what_it_is(name: str) -> None:
    fields = SETTINGS[name].model_fields.items()
    assert [one for one, field in fields if not field.description] == []
