"""Answers remembered by meaning and index version, so that a question asked by many is thought out once.

Two questions mean the same when they say the same words but for politeness, with the same numbers, and their vectors
all but agree. Nothing personal is kept: no follow-up, no message with a number or a name, nothing but plain
answers. In memory only, bounded, empty again when the process starts, the index changes or the day ends.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field, replace

from rag.composing import pieces
from rag.errors import StoreError
from rag.guard.names import mask_for_keeping
from rag.living import LivingAnswerer
from rag.ports import Vectors
from rag.retrieval.question import reading_of
from rag.values import Answer, Behaviour, Question
from rag.vietnamese.forms import canonical, fold, tokens

_SAME = 0.95  # cosine; word order and marks may differ, "mẹ đưa con" and "con đưa mẹ" may not
_POLITE_WORDS = (
    "a da vang em anh chi oi cho hoi minh toi nhe nha vay thi la ad shop thay co xin giup voi ah the"
)
_POLITE = frozenset(_POLITE_WORDS.split())

Key = tuple[str, str, str, str, frozenset[str]]


@dataclass(slots=True)
class RememberedAnswers:
    """Answers from memory where it can, else from `inner`: bộ nhớ câu trả lời."""

    inner: LivingAnswerer
    most: int = 2_000
    hits: int = 0
    _kept: OrderedDict[Key, tuple[Vectors | None, Answer]] = field(default_factory=OrderedDict, repr=False)

    @property
    def version(self) -> str:
        """Name the state of the index."""
        return self.inner.version

    async def answer(self, question: Question) -> Answer:
        """Answer one message."""
        final = [piece async for piece in self.stream(question) if isinstance(piece, Answer)]
        return final[-1]

    async def is_urgent(self, text: str) -> bool:
        """Tell whether a message by itself tells of danger now; never remembered."""
        return await self.inner.is_urgent(text)

    async def stream(self, question: Question) -> AsyncIterator[str | Answer]:
        """Answer one message piece by piece; a remembered answer comes in the same pieces."""
        key, vector = await asyncio.to_thread(self._asked, question)
        known = self._recall(key, vector) if key is not None else None
        if known is not None:
            for part in pieces(known.text):
                yield part
            yield known
            return
        async for piece in self.inner.stream(question):
            if isinstance(piece, Answer) and key is not None:
                self._keep(key, vector, piece)
            yield piece

    def _asked(self, question: Question) -> tuple[Key | None, Vectors | None]:
        """Name what is asked of the index that is current now, a province's new build included, with its vector."""
        if self._key(question) is None:
            return None, None
        with suppress(StoreError):  # a store out of reach: what is remembered of the build before still holds
            self.inner.current.searcher.follow()
        return self._key(question), self._vector(question)

    def _key(self, question: Question) -> Key | None:
        """Name what is asked, when, where and of which index; None for what must not be remembered."""
        text = canonical(question.text)
        if question.history or len(text) > self.inner.current.max_chars or mask_for_keeping(text) != text:
            return None
        words = frozenset(word for word in map(fold, tokens(text)) if word not in _POLITE)
        day = self.inner.current.today().isoformat()
        return (self.version, day, question.locale, question.province or "", words) if words else None

    def _vector(self, question: Question) -> Vectors | None:
        searcher = self.inner.current.searcher
        text = canonical(question.text)
        repaired = searcher.repairer.repair(text) if searcher.repairer else text
        told = reading_of(repaired, searcher.embedder)
        return told.vector if told else None

    def _recall(self, key: Key, vector: Vectors | None) -> Answer | None:
        kept = self._kept.get(key)
        if kept is None or (vector is None) != (kept[0] is None):
            return None
        if vector is not None and kept[0] is not None and float(vector @ kept[0]) < _SAME:
            return None
        self._kept.move_to_end(key)
        self.hits += 1
        return replace(kept[1], ms=0.0)

    def _keep(self, key: Key, vector: Vectors | None, answer: Answer) -> None:
        if answer.behaviour is not Behaviour.ANSWER or answer.urgent or key[0] != self.version:
            return
        self._kept[key] = (vector, answer)
        while len(self._kept) > self.most:
            self._kept.popitem(last=False)
