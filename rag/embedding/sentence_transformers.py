"""Embeddings by a sentence-transformers model, by hub name or from a folder (such as one made by `rag tune`).

Needs the extra `models` (torch, 1.3 GB), which the default install lacks. A name is fetched from the hub by the
library on first use; a folder needs no network. The model's own prompts are used; prefixes are for models that
have none configured.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rag.embedding.unit import unit
from rag.errors import EmbedderError
from rag.ports import Vectors

_BATCH = 32


@dataclass(frozen=True, slots=True)
class SentenceModel:
    """A model by hub name or folder, and the prefixes it wants where its own configuration names none."""

    name: str
    question_prefix: str = ""
    passage_prefix: str = ""
    device: str | None = None


class SentenceTransformerEmbedder:
    """An `Embedder` over sentence-transformers, on a GPU where there is one."""

    def __init__(self, wanted: SentenceModel) -> None:
        self._wanted = wanted
        self._model = _load(wanted)
        self.dimensions = int(self._model.get_embedding_dimension() or 0)
        self.model_id = f"st/{model_name(wanted.name)}|{wanted.question_prefix}|{wanted.passage_prefix}"

    def embed_questions(self, texts: Sequence[str]) -> Vectors:
        """Give one unit vector a text, for searching."""
        return self._embed(self._model.encode_query, texts, self._wanted.question_prefix)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Give one unit vector a text, for being found."""
        return self._embed(self._model.encode_document, texts, self._wanted.passage_prefix)

    def _embed(self, encode: Any, texts: Sequence[str], prefix: str) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        given = [f"{prefix}{text or ' '}" for text in texts]
        return unit(np.asarray(encode(given, batch_size=_BATCH, show_progress_bar=False), dtype=np.float32))


def model_name(name: str) -> str:
    """Name a vector space: a hub name as it is, a folder by its name and the digest of its weights."""
    folder = Path(name)
    if not folder.is_dir():
        return name
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(folder.rglob("*.safetensors")):
        digest.update(path.read_bytes())
    return f"{folder.name}@{digest.hexdigest()}"


def _load(wanted: SentenceModel) -> Any:
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise EmbedderError(
            "sentence-transformers is not installed: pip install 'congtruong[models]'"
        ) from error
    try:
        return SentenceTransformer(wanted.name, device=wanted.device)
    except (OSError, ValueError) as error:
        raise EmbedderError(f"model {wanted.name!r} cannot be loaded: {type(error).__name__}") from error
