"""Passages and vectors as rows, and back; the vectors of all texts of one are a half-precision blob."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import TypeAdapter

from rag.embedding.unit import unit
from rag.errors import EmbedderError
from rag.ports import Embedder, Vectors
from rag.retrieval.parts import Parts, Sides, dense_text, known_questions, parts_of, sides_of
from rag.store.words import from_line
from rag.values import Passage

_PASSAGE: TypeAdapter[Passage] = TypeAdapter(Passage)


@dataclass(slots=True)
class StoredVectors:
    """An embedder that only knows the texts it was given: vectors read back from the store."""

    model_id: str
    dimensions: int
    known: dict[str, Vectors]

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
    return [dense_text(passage), *parts_of(passage).sentences, *known_questions(passage)]


def to_json(passage: Passage) -> str:
    """Write a passage as JSON."""
    return _PASSAGE.dump_json(passage).decode()


def written(vector: Vectors) -> str:
    """Write a vector as pgvector reads it."""
    return "[" + ",".join(["%.6g"] * len(vector)) % tuple(vector.tolist()) + "]"


def fingerprint(passage: Passage) -> bytes:
    """Name everything of a passage that is embedded; equal names mean equal vectors under one model."""
    return hashlib.blake2b("\0".join(texts_of(passage)).encode(), digest_size=16).digest()


def embedded(
    passages: Sequence[Passage], embedder: Embedder, kept: Mapping[bytes, bytes]
) -> list[tuple[str, bytes]]:
    """Give for each passage its own vector as text, and the vectors of all its texts as a blob.

    `kept` holds blobs made before, by fingerprint; only the texts of the others are embedded.
    """
    fresh = {name: p for p in passages if (name := fingerprint(p)) not in kept}
    groups = {name: texts_of(passage) for name, passage in fresh.items()}
    rows = embedder.embed_passages([text for group in groups.values() for text in group])
    blobs, at = dict(kept), 0
    for name, group in groups.items():
        blobs[name] = rows[at : at + len(group)].astype(np.float16).tobytes()
        at += len(group)
    found = [blobs[fingerprint(passage)] for passage in passages]
    return [(written(_own(blob, embedder.dimensions)), blob) for blob in found]


def _own(blob: bytes, dimensions: int) -> Vectors:
    """Give the vector of the passage itself, the first of its blob."""
    return np.frombuffer(blob, dtype=np.float16, count=dimensions).astype(np.float32)


@dataclass(slots=True)
class Rows:
    """Rows read back: passages, what reading each yields, and the vectors of their texts."""

    passages: list[Passage]
    read: list[tuple[Parts, Sides]]
    vectors: StoredVectors

    def add(self, others: "Rows") -> None:
        """Add rows of the same build."""
        self.passages.extend(others.passages)
        self.read.extend(others.read)
        self.vectors.known.update(others.vectors.known)


def read_back(records: Sequence[Mapping[str, Any]], model_id: str, dimensions: int) -> Rows:
    """Give the passages of rows, and what stands beside them; a row without its words (`None`) is read anew."""
    passages = [_PASSAGE.validate_json(record["body"]) for record in records]
    read = [
        (parts_of(passage), sides_of(passage)) if record["words"] is None else from_line(record["words"])
        for record, passage in zip(records, passages, strict=True)
    ]
    texts = [
        text
        for passage, (parts, _) in zip(passages, read, strict=True)
        for text in (dense_text(passage), *parts.sentences, *known_questions(passage))
    ]
    blob = b"".join(record["vectors"] for record in records)
    vectors = unit(np.frombuffer(blob, dtype=np.float16).reshape(-1, dimensions).astype(np.float32))
    return Rows(passages, read, StoredVectors(model_id, dimensions, dict(zip(texts, vectors, strict=True))))
