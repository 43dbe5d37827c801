"""What `rag` needs from outside, each port beside one idea and small enough to fake honestly.

Adapters live in `rag/embedding`, `rag/rerank`, `rag/generation`, `rag/importers` and in the bot (school passages).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from rag.values import Passage, Turn

Vectors = NDArray[np.floating]
Scores = NDArray[np.float32]


class Embedder(Protocol):
    """Turns texts into unit vectors; `model_id` names the vector space, and two spaces are never compared."""

    model_id: str
    dimensions: int

    def embed_questions(self, texts: Sequence[str]) -> Vectors:
        """Give one unit vector a question (rows, `dimensions`)."""

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Give one unit vector a passage (rows, `dimensions`)."""


class Reading(Protocol):
    """What one reading of a question gives, each part worked out at the latest when it is asked for.

    None stands for what a model does not tell.
    """

    @property
    def vector(self) -> Vectors:
        """The unit vector it is searched with."""

    @property
    def inner(self) -> Vectors | None:
        """A unit vector of an inner layer."""

    @property
    def kinds(self) -> Mapping[str, float] | None:
        """How likely the question is each kind of message, by a branch of the model that was tuned to tell it."""

    @property
    def matters(self) -> Mapping[str, float] | None:
        """How likely it asks for each passage of the shipped knowledge (by id, "" for none of them), by another."""


@dataclass(frozen=True, slots=True)
class PlainReading:
    """A reading of which every part is at hand, such as that of a model that tells the vector alone."""

    vector: Vectors
    inner: Vectors | None = None
    kinds: Mapping[str, float] | None = None
    matters: Mapping[str, float] | None = None


@runtime_checkable
class ReadingEmbedder(Protocol):
    """An embedder that tells more of a question than its vector, in the same reading."""

    def read(self, text: str) -> Reading:
        """Give the vector of a question and what else the model tells of it."""


class Reranker(Protocol):
    """Scores candidate passages for one question; higher is better, any scale. Raises `RerankerError`."""

    def score(self, question: str, passages: Sequence[Passage]) -> Sequence[float]:
        """Give one score a passage, in the given order."""


class PassageSource(Protocol):
    """Gives passages from elsewhere, such as the school's own opening hours; asked again when `version` changes.

    Their ids begin with `school:`; `rag.living` refuses others.
    """

    async def version(self) -> str:
        """Name the state of the passages; equal names mean equal passages."""

    async def passages(self) -> Iterable[Passage]:
        """Give all passages of the source."""


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """What a generator may use: the masked question, its history, and the passages it must stay within."""

    question: str
    history: tuple[Turn, ...]
    passages: tuple[Passage, ...]
    locale: str
    today: date


@dataclass(frozen=True, slots=True)
class Draft:
    """A generated answer and the ids of the passages it rests on (checked by the answerer, never trusted)."""

    text: str
    passage_ids: tuple[str, ...]


class Generator(Protocol):
    """Writes an answer from passages. Raises `GenerationError`; the answerer then answers extractively."""

    async def generate(self, request: GenerationRequest) -> Draft:
        """Write one answer."""


class Today(Protocol):
    """Tells the calendar date in Vietnam."""

    def __call__(self) -> date:
        """Give today's date."""
