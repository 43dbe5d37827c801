"""The language model is there when the settings name one, and only then."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from pydantic import SecretStr, ValidationError

from rag.build import language_model
from rag.generation.errors import BudgetSpentError
from rag.ports import GenerationRequest
from rag.settings import RagSettings
from rag.values import Passage


def test_no_language_model_words_answers_unless_one_is_named() -> None:
    assert language_model(RagSettings()) is None


def test_a_named_model_is_built_and_its_key_does_not_show() -> None:
    settings = RagSettings(
        llm_base_url="http://127.0.0.1:9/v1", llm_model="small", llm_api_key=SecretStr("very-secret")
    )
    assert language_model(settings) is not None
    assert "very-secret" not in repr(settings)


async def test_the_price_and_the_cap_of_the_environment_bite(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = {"PRICE_IN": "5000", "PRICE_OUT": "20000", "DAILY_CAP": "1"}
    for name, value in {**limits, "BASE_URL": "http://127.0.0.1:9/v1", "MODEL": "small"}.items():
        monkeypatch.setenv(f"CONGTRUONG_RAG_LLM_{name}", value)
    model = language_model(RagSettings())
    assert model is not None
    asked = GenerationRequest(
        "mất thẻ", (), (Passage("le-phi", "Lệ phí", "70.000 đồng."),), "vi", date(2026, 11, 21)
    )
    with pytest.raises(BudgetSpentError):
        await model.generate(asked)


@pytest.mark.parametrize(
    "limit", [{"llm_timeout": 0}, {"llm_price_in": Decimal(-1)}, {"llm_calls_per_minute": 0}]
)
def test_a_limit_without_sense_is_refused_at_the_start(limit: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        RagSettings.model_validate(limit)
