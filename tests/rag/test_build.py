"""The language model is there when the settings name one, and only then."""

from __future__ import annotations

from pydantic import SecretStr

from rag.build import language_model
from rag.settings import RagSettings


def test_no_language_model_words_answers_unless_one_is_named() -> None:
    assert language_model(RagSettings()) is None


def test_a_named_model_is_built_and_its_key_does_not_show() -> None:
    settings = RagSettings(
        llm_base_url="http://127.0.0.1:9/v1", llm_model="small", llm_api_key=SecretStr("very-secret")
    )
    assert language_model(settings) is not None
    assert "very-secret" not in repr(settings)
