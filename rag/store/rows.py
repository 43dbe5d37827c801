"""Passages and vectors as rows, and back; the vectors of all texts of one are a half-precision blob."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import TypeAdapter

from rag.errors import EmbedderError
from rag.ports import Embedder, Vectors
from rag.retrieval.index import dense_text, known_questions, passage_sentences
from rag.values import Passage

_PASSAGE: TypeAdapter[Passage] = TypeAdapter(Passage)


@dataclass(slots=True)
class StoredVectors:
    """An embedder that only knows the texts it was given: vectors read back from the store."""

    model_id: str
    dimensions: int
    known: Mapping[str, Vectors]

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Give the stored vectors.

        Raises:
            EmbedderError: a text was never stored.
        """
        try:
            rows = [self.known[text] for text in texts]
        except KeyError as error:
            raise EmbedderError("a text without a stored vector") from error
        return np.vstack(rows) if rows else np.zeros((0, self.dimensions), dtype=np.float32)

    def embed_questions(self, texts: Sequence[str]) -> Vectors:
        """Questions are never stored."""
        raise EmbedderError(f"{len(texts)} questions: the store embeds none")


def texts_of(passage: Passage) -> list[str]:
    """Give every text of a passage that is embedded, itself first."""
    return [dense_text(passage), *passage_sentences(passage), *known_questions(passage)]


def to_json(passage: Passage) -> str:
    """Write a passage as JSON."""
    return _PASSAGE.dump_json(passage).decode()


def written(vector: Vectors) -> str:
    """Write a vector as pgvector reads it."""
    return "[" + ",".join(f"{value:.6g}" for value in vector.tolist()) + "]"


def embedded(passages: Sequence[Passage], embedder: Embedder) -> list[tuple[str, bytes]]:
    """Embed passages: for each its own vector as text, and the vectors of all its texts as a blob."""
    groups = [texts_of(passage) for passage in passages]
    rows = embedder.embed_passages([text for group in groups for text in group])
    made, at = [], 0
    for group in groups:
        own = rows[at : at + len(group)]
        made.append((written(own[0]), own.astype(np.float16).tobytes()))
        at += len(group)
    return made


def read_back(
    records: Iterable[Mapping[str, Any]], model_id: str, dimensions: int
) -> tuple[list[Passage], StoredVectors]:
    """Give the passages of rows, and the vectors of their texts."""
    passages: list[Passage] = []
    known: dict[str, Vectors] = {}
    for record in records:
        passage = _PASSAGE.validate_json(record["body"])
        passages.append(passage)
        rows = np.frombuffer(record["vectors"], dtype=np.float16).reshape(-1, dimensions).astype(np.float32)
        rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
        known.update(zip(texts_of(passage), rows, strict=True))
    return passages, StoredVectors(model_id, dimensions, known)
