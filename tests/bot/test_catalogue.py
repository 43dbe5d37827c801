"""Every sentence can be rendered and seen; with Chromium, a picture of each message in three styles, two languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.texts import en, vi
from bot.texts.render import render, say
from bot.zalo.client import BUTTONS_MAX
from core.conversations.domain import CODE_MAX
from tests.bot.catalogue import SAMPLE, labels, messages, page, photograph, variants

LONGEST = 640
"""A message on a phone: more than a screen is not read. What a person wrote, or a list, may be longer."""
ENTRUSTED = (
    "broadcast.",
    "digest.",
    "ask.",
    "handover.staff",
    "fees.outstanding",
    "verify.",
    "rights.",
    "gate.",
)


def test_every_key_is_in_the_catalogue() -> None:
    shown = page()
    assert len(vi.TEXTS) > 150
    missing = [key for key in vi.TEXTS if f">{key}<" not in shown]
    assert missing == []
    assert set(messages()) | set(labels()) == set(vi.TEXTS) == set(en.TEXTS)


@pytest.mark.parametrize("locale", ["vi", "en"])
def test_every_message_is_whole_and_short_enough_for_a_phone(locale: str) -> None:
    for key in messages():
        for params in variants(key):
            text = render(key, params, locale).text
            assert text.strip(), key
            assert "{" not in text, key
            assert "None" not in text, key
            assert len(text) <= LONGEST or key.startswith(ENTRUSTED), (key, len(text))


@pytest.mark.parametrize("locale", ["vi", "en"])
def test_every_button_fits_a_phone_and_every_channel(locale: str) -> None:
    assert BUTTONS_MAX >= 5
    for key in labels():
        label = say(key, SAMPLE, locale)
        assert 0 < len(label) <= 64, key
        assert len(key.removeprefix("choice.").encode()) <= CODE_MAX


@pytest.mark.browser
async def test_each_message_has_its_picture(pictures: Path) -> None:
    folder = pictures / "catalogue"
    folder.mkdir(exist_ok=True)
    assert await photograph(folder) == len(list(folder.glob("*.png")))
