"""Writes the answer to one considered question: by a generator where one is set and its draft holds, else extracted.

A generator sees the passages that may be told plainly, best first; where the best one must be framed (outdated,
future, local, plan) it sees that one alone, so that the frame is true of every word.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from rag.composing import add, cite, compose, suggestions
from rag.considered import Considered
from rag.deciding import Decided, Framing, decide
from rag.errors import GenerationError
from rag.ports import Draft, GenerationRequest, Generator
from rag.retrieval.search import Hit
from rag.values import Answer, Behaviour, Citation, Confidence, Passage, Question
from rag.wording import refusal, say

_MOST_PASSAGES = 5


async def write(
    one: Considered, question: Question, locale: str, generator: Generator | None, today: date
) -> Answer:
    """Write the answer of one question, without its list of sources."""
    near = suggestions(one.found.hits, one.text) if one.found else ()
    if one.decided is None:
        return _refused(one, locale, near)
    draft = await _draft(one, one.decided, question, locale, generator, today)
    if draft is not None:
        answer = compose(one.decided, one.confidence, locale, draft.text, one.asked)
        answer = replace(answer, citations=_citations(one, draft))
        if _needs_confirming(one, draft) and one.decided.hit.passage.confidence is not Confidence.K:
            known = say("known", locale, authority=say("authority", locale))
            answer = replace(answer, text=f"{answer.text}\n{known}")
    else:
        answer = compose(one.decided, one.confidence, locale, "", one.asked)
        if one.beside is not None:
            answer = add(answer, one.beside, one.asked)
    return replace(answer, suggestions=near[1:])


def _refused(one: Considered, locale: str, near: tuple[str, ...]) -> Answer:
    if not one.text:
        return Answer(Behaviour.ABSTAIN, say("empty", locale))
    said = one.screened
    text = refusal(said.behaviour, locale, urgent=said.urgent)
    return Answer(said.behaviour, text, confidence=one.confidence, suggestions=near, urgent=said.urgent)


async def _draft(
    one: Considered,
    decided: Decided,
    question: Question,
    locale: str,
    generator: Generator | None,
    today: date,
) -> Draft | None:
    if generator is None or decided.framing is Framing.UNSURE:
        return None
    passages = _grounds(one, decided, today)
    request = GenerationRequest(one.text, question.history, passages, locale, today)
    try:
        draft = await generator.generate(request)
    except GenerationError:
        return None
    given = {passage.id for passage in passages}
    return draft if draft.text and draft.passage_ids and set(draft.passage_ids) <= given else None


def _grounds(one: Considered, decided: Decided, today: date) -> tuple[Passage, ...]:
    """Give the passages a generator may use: the decided one, then the plain ones found, best first."""
    best = decided.hit.passage
    if decided.framing is not Framing.PLAIN or one.found is None:
        return (best,)
    plain = [hit.passage for hit in one.found.hits if decide(hit, today, {}).framing is Framing.PLAIN]
    told = [best, *([one.beside.hit.passage] if one.beside else []), *plain]
    return tuple({passage.id: passage for passage in told}.values())[:_MOST_PASSAGES]


def _citations(one: Considered, draft: Draft) -> tuple[Citation, ...]:
    sentences = {hit.passage.id: (hit.passage, hit.sentence) for hit in _hits(one)}
    return tuple(cite(*sentences[id_]) for id_ in draft.passage_ids)


def _needs_confirming(one: Considered, draft: Draft) -> bool:
    cited = {hit.passage.id: hit.passage for hit in _hits(one) if hit.passage.id in draft.passage_ids}
    return any(passage.confidence is Confidence.K for passage in cited.values())


def _hits(one: Considered) -> Sequence[Hit]:
    framed = [decided.hit for decided in (one.beside, one.decided) if decided is not None]
    return [*(one.found.hits if one.found else ()), *framed]
