"""Embeddings from any OpenAI-compatible server (`POST …/embeddings`): vLLM, TEI, Ollama, a cloud.

Nothing is retried: a question falls back to the words alone, an index build stops and can be run again (what was
embedded is cached). Questions leave the process, so they must be masked before; the answerer does that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import numpy as np

from rag.embedding.unit import unit
from rag.errors import EmbedderError
from rag.ports import Vectors

_BATCH = 64


@dataclass(frozen=True, slots=True)
class EmbeddingServer:
    """Where an embedding model answers; the prefixes are what the model's card asks for ("query: ", "passage: ").

    Times are seconds; `key` never shows in a repr.
    """

    base_url: str
    model: str
    key: str = field(default="none", repr=False)
    question_prefix: str = ""
    passage_prefix: str = ""
    timeout: float = 20.0


class HttpEmbedder:
    """An `Embedder` over HTTP; its dimensions are learned from one short text when it is made."""

    def __init__(self, server: EmbeddingServer) -> None:
        self._server = server
        headers = {"Authorization": f"Bearer {server.key}"}
        self._client = httpx.Client(headers=headers, timeout=server.timeout, trust_env=False)
        self.model_id = f"http/{server.model}|{server.question_prefix}|{server.passage_prefix}"
        self.dimensions = 0
        self.dimensions = self._embed(["xin chào"], server.passage_prefix).shape[1]

    def embed_questions(self, texts: Sequence[str]) -> Vectors:
        """Give one unit vector a text, for searching.

        Raises:
            EmbedderError: the server is away, refuses, or answers in another form.
        """
        return self._embed(texts, self._server.question_prefix)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Give one unit vector a text, for being found.

        Raises:
            EmbedderError: the server is away, refuses, or answers in another form.
        """
        return self._embed(texts, self._server.passage_prefix)

    def _embed(self, texts: Sequence[str], prefix: str) -> Vectors:
        given = [f"{prefix}{text or ' '}" for text in texts]
        batches = [given[at : at + _BATCH] for at in range(0, len(given), _BATCH)]
        made = [self._batch(batch) for batch in batches]
        return unit(np.vstack(made)) if made else np.zeros((0, self.dimensions), dtype=np.float32)

    def _batch(self, texts: Sequence[str]) -> Vectors:
        url = f"{self._server.base_url.rstrip('/')}/embeddings"
        body = {"model": self._server.model, "input": list(texts), "encoding_format": "float"}
        try:
            reply = self._client.post(url, json=body)
            reply.raise_for_status()
            return self._rows(reply.json(), len(texts))
        except (httpx.HTTPError, ValueError, KeyError, TypeError, OverflowError) as error:
            raise EmbedderError(f"embedding server: {type(error).__name__}") from error

    def _rows(self, raw: Mapping[str, Any], wanted: int) -> Vectors:
        """Read the vectors in the order of their `index`; a server may give them in any."""
        ordered = sorted(raw["data"], key=lambda one: int(one["index"]))
        rows = np.asarray([one["embedding"] for one in ordered], dtype=np.float32)
        if rows.ndim != 2 or len(rows) != wanted or (self.dimensions and rows.shape[1] != self.dimensions):
            raise ValueError("another number of vectors, or of another length")
        if not np.isfinite(rows).all():
            raise ValueError("a vector that is no number")
        return rows
