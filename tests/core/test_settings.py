"""What somebody reads who mistyped a setting: its name, never a stack trace, never its value."""

from __future__ import annotations

import pytest

from bot.settings import BotSettings
from core.settings import CoreSettings, SettingsError, read_settings
from rag.settings import RagSettings


@pytest.mark.parametrize(
    ("of", "name", "value"),
    [
        (CoreSettings, "CONGTRUONG_CORE_PORT", "a-secret"),
        (CoreSettings, "CONGTRUONG_VNEID_LEEWAY_SECONDS", "900"),
        (CoreSettings, "CONGTRUONG_BANK_FEEDS", "a-secret"),
        (BotSettings, "CONGTRUONG_BOT_TELEGRAM_MODE", "a-secret"),
        (BotSettings, "CONGTRUONG_BOT_EMBED_IN", "a-secret"),
        (RagSettings, "CONGTRUONG_RAG_LLM_TIMEOUT", "a-secret"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_without_its_value(
    monkeypatch: pytest.MonkeyPatch,
    of: type[CoreSettings | BotSettings | RagSettings],
    name: str,
    value: str,
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as told:
        read_settings(of)
    assert name in str(told.value)
    assert value not in str(told.value)
