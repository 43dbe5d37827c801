"""What the API asks of whoever answers (`rag.answerer.Answerer` and `rag.living.LivingAnswerer` do both)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

from rag.values import Answer, Question


class AnswersPort(Protocol):
    """Answers questions from the knowledge base, whole or piece by piece."""

    async def answer(self, question: Question) -> Answer:
        """Answer one message; never raises for what a person typed."""
        ...

    async def is_urgent(self, text: str) -> bool:
        """Whether a message by itself tells of danger now; much cheaper than an answer."""
        ...

    def stream(self, question: Question) -> AsyncIterator[str | Answer]:
        """Texts that join to the whole text, then the whole answer once."""
        ...
