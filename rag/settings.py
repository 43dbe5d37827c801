"""Settings of `rag`, from the environment (CONGTRUONG_RAG_…), with defaults that work on one machine offline."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class RagSettings(BaseSettings):
    """Where knowledge and caches lie, and which language model may word answers (none unless it is named)."""

    model_config = SettingsConfigDict(env_prefix="CONGTRUONG_RAG_", frozen=True)

    knowledge_dir: Path = ROOT / "knowledge"
    cache_dir: Path | None = ROOT / ".cache" / "rag"
    answer_threshold: float = Field(default=0.45, ge=0, le=1)
    max_question_chars: int = Field(default=2_000, gt=0)
    llm_base_url: str | None = Field(default=None, description="An OpenAI-compatible endpoint.")
    llm_model: str = ""
    llm_api_key: SecretStr = SecretStr("none")
