"""Answers one message: clean, screen, understand, search, decide, write. The one public door of `rag`.

Searching is CPU work and runs in a worker thread; a generator (an LLM) is awaited, and whatever it does wrong ends
in the extractive answer. Nothing is remembered between questions.
"""

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from rag.composing import add, compose, join, suggestions, with_sources
from rag.deciding import Decided, Framing, decide, holds_here, runner_up
from rag.errors import GenerationError
from rag.guard.abstention import Abstainer
from rag.guard.personal import mask_personal
from rag.guard.screen import Screened
from rag.ports import GenerationRequest, Generator, Today
from rag.retrieval.search import Found, Searcher
from rag.understanding.aspect import Aspect, aspects_asked
from rag.understanding.follow_up import stand_alone
from rag.understanding.language import in_vietnamese_words, is_english
from rag.understanding.several import questions_in
from rag.values import Answer, Behaviour, Passage, Question, Turn
from rag.vietnamese.forms import canonical
from rag.wording import refusal, say

_CERTAIN = 0.85  # a likely intent yields to a passage this sure to answer, and only then


@dataclass(frozen=True, slots=True)
class Considered:
    """One question after searching and deciding, before writing."""

    screened: Screened
    text: str
    found: Found | None = None
    confidence: float = 0.0
    decided: Decided | None = None
    beside: Decided | None = None
    asked: frozenset[Aspect] = frozenset()


@dataclass(frozen=True, slots=True)
class Answerer:
    """Answers questions from one index: người trả lời.

    Make it with `rag.build.build_answerer`. It is immutable and may be asked from many tasks at once.
    """

    searcher: Searcher
    screen: Callable[[str, Searcher], Screened]
    abstainer: Abstainer
    today: Today
    rebuild: Callable[[Iterable[Passage]], Searcher]
    generator: Generator | None = None
    threshold: float = 0.5
    max_chars: int = 2_000

    @property
    def version(self) -> str:
        """Name the state of the index; equal names give equal answers to equal questions."""
        return self.searcher.index.version

    def with_passages(self, extra: Iterable[Passage]) -> "Answerer":
        """Give an answerer that also knows `extra` (a school's own data); the vectors already made are reused.

        A passage with the id of a shipped one replaces it. CPU work: call it in a worker thread, then swap.
        """
        merged = {passage.id: passage for passage in (*self.searcher.index.passages, *extra)}
        return replace(self, searcher=self.rebuild(merged.values()))

    async def answer(self, question: Question) -> Answer:
        """Answer one message; never raises for what a person typed."""
        started = time.perf_counter()
        text = mask_personal(canonical(question.text[: self.max_chars]))
        locale = "en" if question.locale.startswith("en") or is_english(text) else "vi"
        if not any(char.isalnum() for char in text):
            empty = Answer(Behaviour.ABSTAIN, say("empty", locale))
            return replace(empty, ms=_since(started))
        considered = await asyncio.to_thread(self._consider_all, text, question)
        parts = [await self._write(one, question, locale) for one in considered]
        answer = with_sources(join(parts), locale)
        return replace(answer, ms=_since(started))

    def _consider_all(self, text: str, question: Question) -> list[Considered]:
        whole = self.screen(text, self.searcher)
        if (whole.probability == 1.0 and whole.behaviour is not Behaviour.ANSWER) or whole.urgent:
            return [Considered(whole, text)]
        asked = questions_in(text)
        if len(asked) == 1:
            return [self._consider(text, whole, question, question.history)]
        considered: list[Considered] = []
        history = question.history
        for part in asked:
            considered.append(self._consider(part, self.screen(part, self.searcher), question, history))
            history = (*history, Turn("user", part))
        return considered

    def _consider(
        self, text: str, screened: Screened, question: Question, history: tuple[Turn, ...]
    ) -> Considered:
        if screened.urgent or (
            screened.behaviour is not Behaviour.ANSWER and screened.probability >= _CERTAIN
        ):
            return Considered(screened, text)
        full = stand_alone(text, history)
        if is_english(full):
            full = in_vietnamese_words(full) or full
        found = self.searcher.search(full, allowed=holds_here(question.province, full))
        confidence = self.abstainer.confidence(found, self.searcher.index)
        if screened.behaviour is not Behaviour.ANSWER and confidence < _CERTAIN:
            return Considered(screened, text)
        if not found.hits or confidence < self.threshold:
            return Considered(Screened(screened.otherwise or Behaviour.ABSTAIN), text, found, confidence)
        index = self.searcher.index
        by_id = {id_: index.passages[place] for id_, place in index.place.items()}
        first = decide(found.hits[0], self.today(), by_id)
        asked = aspects_asked(" ".join(found.query.repaired))
        beside = runner_up(found.hits, first, self.today(), by_id, asked)
        return Considered(Screened(Behaviour.ANSWER), text, found, confidence, first, beside, asked)

    async def _write(self, one: Considered, question: Question, locale: str) -> Answer:
        near = suggestions(one.found.hits, one.text) if one.found else ()
        if one.decided is None:
            text = refusal(one.screened.behaviour, locale, urgent=one.screened.urgent)
            return Answer(
                one.screened.behaviour,
                text,
                confidence=one.confidence,
                suggestions=near,
                urgent=one.screened.urgent,
            )
        words = await self._generated(one, question, locale)
        answer = compose(one.decided, one.confidence, locale, words, one.asked)
        if one.beside is not None and not words:
            answer = add(answer, one.beside, one.asked)
        return replace(answer, suggestions=near[1:])

    async def _generated(self, one: Considered, question: Question, locale: str) -> str:
        if self.generator is None or one.found is None or one.decided is None:
            return ""
        if one.decided.framing is Framing.UNSURE:
            return ""
        passages = (one.decided.hit.passage,)
        request = GenerationRequest(one.text, question.history, passages, locale, self.today())
        try:
            draft = await self.generator.generate(request)
        except GenerationError:
            return ""
        return draft.text if set(draft.passage_ids) <= {passage.id for passage in passages} else ""


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 2)
