"""Answers one message: clean, screen, understand, search, decide, write. The one public door of `rag`.

Searching is CPU work and runs in a worker thread; a generator (an LLM) is awaited, and whatever it does wrong ends
in the extractive answer. Nothing is remembered between questions (`rag.remembering` does where that is wanted).
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter

from rag.apart import told_apart
from rag.beside import first_told, told_beside
from rag.composing import join, pieces, with_sources
from rag.considered import Considered
from rag.deciding import fitting, holds_here, known_hit
from rag.drafting import write
from rag.guard.abstention import Abstainer
from rag.guard.personal import mask_personal
from rag.guard.screen import Screened
from rag.ports import Generator, Today
from rag.retrieval.search import Found, Searcher
from rag.retrieval.terms import folded
from rag.understanding.ages import in_age_bands
from rag.understanding.aspect import aspects_asked
from rag.understanding.follow_up import is_curt, matter_of, names_a_matter, stand_alone
from rag.understanding.language import in_vietnamese_words, is_english, share_understood
from rag.understanding.own_school import is_beside_the_matter
from rag.understanding.parents_words import in_words_of_the_law
from rag.understanding.places import place_said, without_route
from rag.understanding.several import asks, first_side, questions_in
from rag.values import SCHOOL_PREFIX, Answer, Behaviour, Passage, Question, Turn
from rag.vietnamese.forms import canonical

# A likely intent yields to a passage this sure to answer, and only then; one for people or that must not be answered,
# to a surer one.
_CERTAIN, _BEYOND_DOUBT = 0.85, 0.98
_DOUBTED = 0.84  # how sure a passage must be where all of a doubt stands against it
_PLAIN = 0.9  # a search this sure is not made again in other words: each costs one more reading
_WANTS = 0.1  # who this likely wants what nobody may have, and finds that nobody is given it, is refused
_TELLING = 4  # words of a message that tells something before it asks
_LOOKED_BACK = 2  # messages before one that finds nothing alone


@dataclass(frozen=True, slots=True)
class Answerer:
    """Answers questions from one index: người trả lời.

    Make it with `rag.build.build_answerer`. It is immutable and may be asked from many tasks at once.
    """

    searcher: Searcher
    screen: Callable[[str, Searcher, Sequence[Turn]], Screened]
    abstainer: Abstainer
    today: Today
    rebuild: Callable[[Iterable[Passage]], Searcher]
    generator: Generator | None = None
    threshold: float = 0.5
    max_chars: int = 2_000

    @property
    def version(self) -> str:
        """Name the state of the index; equal names give equal answers to equal questions."""
        return self.searcher.version

    def with_passages(self, extra: Iterable[Passage]) -> "Answerer":
        """Give an answerer that also knows `extra` (a school's own data); the vectors already made are reused.

        A passage with the id of a shipped one replaces it. CPU work: call it in a worker thread, then swap
        (`rag.living` does both).
        """
        merged = {passage.id: passage for passage in (*self.searcher.index.passages, *extra)}
        return replace(self, searcher=self.rebuild(merged.values()))

    async def answer(self, question: Question) -> Answer:
        """Answer one message; never raises for what a person typed."""
        final = [piece async for piece in self.stream(question) if isinstance(piece, Answer)]
        return final[-1]

    async def is_urgent(self, text: str) -> bool:
        """Tell whether a message by itself tells of danger now; nothing is searched."""
        said = mask_personal(canonical(text[: self.max_chars]))
        screened = await asyncio.to_thread(self.screen, said, self.searcher, ())
        return screened.urgent

    async def stream(self, question: Question) -> AsyncIterator[str | Answer]:
        """Answer one message piece by piece: texts that join to the whole text, then the whole answer.

        Each question of a message is told as soon as its answer stands. A generated answer is told only after
        all of it was checked: a number cannot be taken back once a parent has read it.
        """
        started = time.perf_counter()
        text = mask_personal(canonical(question.text[: self.max_chars]))
        locale = "en" if question.locale.startswith("en") or is_english(text) else "vi"
        parts: list[Answer] = []
        told = ""
        for one in await asyncio.to_thread(self._consider_all, text, question):
            parts.append(await write(one, question, locale, self.generator, self.today()))
            text = join(parts, numbered=len(parts) > 1 or one.more).text
            for piece in pieces(text[len(told) :]):
                yield piece
            told = text
        answer = with_sources(join(parts), locale)
        for piece in pieces(answer.text[len(told) :]):
            yield piece
        yield replace(answer, ms=round((time.perf_counter() - started) * 1000, 2))

    def _consider_all(self, text: str, question: Question) -> list[Considered]:
        """Consider each question of a message; where there are several, each is told its own passage alone."""
        if not any(char.isalnum() for char in text):
            return [Considered(Screened(Behaviour.ABSTAIN), "")]
        whole = self.screen(text, self.searcher, question.history)
        if (whole.probability == 1.0 and whole.behaviour is not Behaviour.ANSWER) or whole.urgent:
            return [Considered(whole, text)]
        asked = questions_in(text)
        if len(asked) == 1:
            return self._consider_one(text, whole, question, question.history)
        considered: list[Considered] = []
        history = question.history
        for part in asked:
            screened = self.screen(part, self.searcher, history)
            told = self._consider_one(part, screened, question, history)
            considered += [replace(one, beside=(), more=True) for one in told]
            history = (*history, Turn("user", part))
        return considered

    def _consider_one(
        self, text: str, screened: Screened, question: Question, history: tuple[Turn, ...]
    ) -> list[Considered]:
        """Consider what stands as one question: it may be two of two matters, or hide what nobody may have."""
        told = self._consider(text, screened, question, history)
        if not screened.hides:
            apart = told_apart(told, history, lambda half, before: self._half(half, question, before))
            if apart:
                return apart
        return _with_refusal(told, screened)

    def _half(self, text: str, question: Question, history: tuple[Turn, ...]) -> Considered:
        """Consider a half of a question; what might be told beside it would make two answers too long."""
        screened = self.screen(text, self.searcher, history)
        told = self._consider(text, screened, question, history)
        return replace(told, beside=(), more=True, decided=None if screened.hides else told.decided)

    def _consider(
        self, text: str, screened: Screened, question: Question, history: tuple[Turn, ...]
    ) -> Considered:
        if screened.urgent or (
            screened.behaviour is not Behaviour.ANSWER and screened.probability >= _CERTAIN
        ):
            return Considered(screened, text)
        province = question.province or place_said(history)
        found, confidence, full = self._in_context(text, history, province, screened.astray)
        own_child = screened.behaviour is Behaviour.PERSONAL_DATA and not screened.doubt
        needed = _CERTAIN if own_child else _BEYOND_DOUBT
        if screened.behaviour is not Behaviour.ANSWER and confidence < needed:
            return Considered(screened, text)
        if screened.behaviour is Behaviour.ANSWER and known_hit(found.hits, text) is not None:
            confidence = max(confidence, _CERTAIN)
        if confidence < self._enough(screened, found):
            found, confidence, full = self._carried_on(text, province, screened.astray, history) or (
                found,
                confidence,
                full,
            )
        refused = screened.unsafe >= _WANTS and bool(found.hits) and found.hits[0].passage.refuses
        if refused and confidence >= self.threshold:
            return Considered(Screened(Behaviour.UNSAFE), text, found, confidence)
        if not found.hits or confidence < self._enough(screened, found):
            return Considered(Screened(screened.otherwise or Behaviour.ABSTAIN), text, found, confidence)
        by_id = found.index.by_id
        hits = fitting(found.hits, text)
        if is_beside_the_matter(full, hits[0].passage):
            return Considered(Screened(Behaviour.ABSTAIN), text, found)
        first = first_told(hits, self.today(), by_id)
        asked = aspects_asked(" ".join(found.query.repaired)) | aspects_asked(full)
        beside = told_beside(hits, first, self.today(), by_id, asked)
        return Considered(Screened(Behaviour.ANSWER), text, found, confidence, first, beside, asked)

    def _enough(self, screened: Screened, found: Found) -> float:
        """Give how sure the first passage must be; another matter than those that ship may well be a school's own."""
        own = bool(found.hits) and found.hits[0].passage.id.startswith(SCHOOL_PREFIX)
        doubt = screened.doubt if own else max(screened.doubt, screened.away)
        return self.threshold + (_DOUBTED - self.threshold) * doubt

    def _in_context(
        self, text: str, history: Sequence[Turn], province: str | None, astray: float | None
    ) -> tuple[Found, float, str]:
        """Search for a message with what it follows; by itself where it names a matter and that is plain.

        What it names and the passage so found does not speak of, another may answer by itself.
        """
        full = stand_alone(text, history)
        joined = self._understood(full, province, astray)
        if full == text:
            told = _told_last(history)
            after = self._understood(f"{told} {text}", province, astray) if told else joined
            return max(joined, after, key=itemgetter(1))
        if not names_a_matter(text):
            return joined
        speaks = _speaks_of(joined[0], matter_of(text))
        if joined[1] >= _CERTAIN and speaks and not is_curt(text):
            return joined
        alone = self._understood(text, province, astray)
        if joined[1] >= _CERTAIN and speaks:
            return alone if alone[1] >= _CERTAIN else joined
        instead = not speaks and alone[1] >= self.threshold and _speaks_of(alone[0], matter_of(text))
        return alone if instead or (joined[1] < _CERTAIN <= alone[1]) else joined

    def _carried_on(
        self, text: str, province: str | None, astray: float | None, history: Sequence[Turn]
    ) -> tuple[Found, float, str] | None:
        """Search for what finds nothing alone together with what was said before; None unless that surely answers.

        It must find another passage than what was said before finds: of that one, any words after it seem asked.
        """
        said = [canonical(turn.text) for turn in history if turn.role == "user"][-_LOOKED_BACK:]
        joined = [" ".join((*said[-turns:], text)) for turns in range(1, len(said) + 1)]
        best = max(self._all(joined, province, astray), key=itemgetter(1), default=None)
        if best is None or best[1] < _CERTAIN:
            return None
        before = {found.hits[0].passage.id for found, *_ in self._all(said, province, None) if found.hits}
        return None if best[0].hits[0].passage.id in before else best

    def _all(
        self, texts: Iterable[str], province: str | None, astray: float | None
    ) -> list[tuple[Found, float, str]]:
        return [self._understood(one, province, astray) for one in texts]

    def _understood(self, asked: str, province: str | None, astray: float | None) -> tuple[Found, float, str]:
        """Search for a question in its words; one in English also in Vietnamese words, and the surer search counts."""
        said = in_age_bands(asked)
        if not is_english(asked):
            return (*self._find(said, self.searcher, province, astray), said)
        plain = replace(self.searcher, repairer=None)  # it knows Vietnamese: it would bend English words
        said = in_age_bands(in_vietnamese_words(asked) or asked)
        as_asked = (*self._find(asked, plain, province, astray), said)
        found, confidence = self._find(said, self.searcher, province, astray)
        translated = (found, confidence * share_understood(asked), said)
        return max(translated, as_asked, key=itemgetter(1))

    def _find(
        self, asked: str, searcher: Searcher, province: str | None, astray: float | None
    ) -> tuple[Found, float]:
        """Search for the whole question, for its first side where it asks several, and without a way between provinces.

        The surest one counts; once one is plain, no more are made.
        """
        here = holds_here(province, asked)
        sides = dict.fromkeys((asked, first_side(asked), without_route(asked), *in_words_of_the_law(asked)))
        searched: list[tuple[Found, float]] = []
        for side in sides:
            found = searcher.search(
                side, hidden=lambda index: [at for at in index.local if not here(index.passages[at])]
            )
            searched.append((found, self.abstainer.confidence(found, found.index, astray)))
            if searched[-1][1] >= _PLAIN:
                break
        return max(searched, key=itemgetter(1))


def _speaks_of(found: Found, words: frozenset[str]) -> bool:
    """Tell whether the first passage of a search says all of some folded words."""
    return bool(found.places) and words <= set(folded(found.index.accented_words(found.places[0])))


def _told_last(history: Sequence[Turn]) -> str:
    """Give what a parent told of themselves last, asking nothing yet ("nhà em ở Hà Nội, con học trường tư")."""
    said = [canonical(turn.text) for turn in history if turn.role == "user"]
    return said[-1] if said and len(said[-1].split()) >= _TELLING and not asks(said[-1]) else ""


def _with_refusal(one: Considered, screened: Screened) -> list[Considered]:
    """Put a refusal beside an answer that was asked for together with what nobody may have."""
    if not screened.hides or one.screened.behaviour is not Behaviour.ANSWER:
        return [one]
    return [replace(one, more=True), Considered(Screened(Behaviour.UNSAFE), one.text, more=True)]
