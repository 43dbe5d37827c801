"""An answerer that keeps up with passages from elsewhere, such as a school's own opening hours and fees.

The new index is built whole in a worker thread while the old one answers, then swapped in one assignment. A source
that fails, or gives a passage of a wrong form, leaves the old index in place; the next refresh tries again.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import structlog

from rag.answerer import Answerer
from rag.errors import KnowledgeFormError
from rag.ports import PassageSource
from rag.values import SCHOOL_PREFIX, Answer, Passage, Question

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class LivingAnswerer:
    """Answers from the shipped knowledge and from sources that change: người trả lời luôn cập nhật.

    The only state is which answerer is current; `refresh` replaces it. Use one for each school.
    """

    base: Answerer
    sources: Sequence[PassageSource]
    current: Answerer = field(init=False)
    _seen: tuple[str, ...] = field(init=False, default=())
    _turn: asyncio.Lock = field(init=False, default_factory=asyncio.Lock, repr=False)

    def __post_init__(self) -> None:
        self.current = self.base

    @property
    def version(self) -> str:
        """Name the state of the current index."""
        return self.current.version

    async def answer(self, question: Question) -> Answer:
        """Answer one message from the current index."""
        return await self.current.answer(question)

    async def is_urgent(self, text: str) -> bool:
        """Tell whether a message by itself tells of danger now."""
        return await self.current.is_urgent(text)

    def stream(self, question: Question) -> AsyncIterator[str | Answer]:
        """Answer one message piece by piece from the index that is current now."""
        return self.current.stream(question)

    async def refresh(self) -> bool:
        """Rebuild and swap when a source changed; tell whether it was done.

        Raises:
            KnowledgeFormError: a passage lacks the prefix or any words; the old index stays.
        """
        async with self._turn:
            versions = tuple([await source.version() for source in self.sources])
            if versions == self._seen:
                return False
            extra = [passage for source in self.sources for passage in await source.passages()]
            for passage in extra:
                _check(passage)
            self.current = await asyncio.to_thread(self.base.with_passages, extra) if extra else self.base
            self._seen = versions
            _log.info("index_swapped", passages=len(extra), version=self.version)
            return True


def _check(passage: Passage) -> None:
    if not passage.id.startswith(SCHOOL_PREFIX) or not passage.text.strip():
        raise KnowledgeFormError(
            f"passage {passage.id!r}: an added id begins with {SCHOOL_PREFIX!r} and has words"
        )
