"""Writes the answer to one considered question: by a generator where one is set and its draft holds, else extracted.

A generator sees the passages that may be told plainly, best first; where the best one must be framed (outdated,
future, local, plan) it sees that one alone, so that the frame is true of every word.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from rag.composing import cite, compose, suggestions
from rag.considered import Considered
from rag.deciding import Decided, Framing, decide
from rag.errors import GenerationError
from rag.guard.screen import courtesy
from rag.ports import Draft, GenerationRequest, Generator
from rag.retrieval.search import Hit
from rag.understanding.own_school import is_of_the_school, ways_to_reach
from rag.values import Answer, Behaviour, Confidence, Passage, Question, Status
from rag.wording import refusal, say

_MOST_PASSAGES = 5
# Below this confidence nothing near is of the same matter: of 78 questions that nothing answers, 64 lie below, and the
# three passages nearest to them are about something else; of 15 that something answers and we missed, 14 lie above.
_RELATED = 0.1
_BESIDE_AN_ANSWER = 2


async def write(
    one: Considered, question: Question, locale: str, generator: Generator | None, today: date
) -> Answer:
    """Write the answer of one question, without its list of sources."""
    near = _near(one, locale)
    if one.decided is None:
        return _refused(one, locale, near)
    draft = await _draft(one, one.decided, question, locale, generator, today)
    answer = compose(
        (one.decided, *one.beside), one.confidence, locale, draft.text if draft else "", one.asked
    )
    if draft is not None:
        answer = _resting_on(answer, one, draft, locale)
    return replace(answer, suggestions=near[:_BESIDE_AN_ANSWER])


def _near(one: Considered, locale: str) -> tuple[str, ...]:
    """Give known questions of the same matter: of no passage that is told anyway, of none superseded.

    They are Vietnamese: who asks in English could not read them.
    """
    if one.found is None or locale.startswith("en") or (one.decided is None and one.confidence < _RELATED):
        return ()
    told = {decided.hit.passage.id for decided in (one.decided, *one.beside) if decided is not None}
    left = [hit for hit in one.found.hits if hit.passage.id not in told]
    return suggestions([hit for hit in left if hit.passage.status is not Status.SUPERSEDED], one.text)


def _refused(one: Considered, locale: str, near: tuple[str, ...]) -> Answer:
    if not one.text:
        return Answer(Behaviour.ABSTAIN, say("empty", locale))
    said = one.screened
    if said.behaviour is Behaviour.GREETING:
        return Answer(said.behaviour, say(courtesy(one.text), locale), confidence=one.confidence)
    text = refusal(said.behaviour, locale, urgent=said.urgent)
    if said.behaviour is Behaviour.ABSTAIN and is_of_the_school(one.text):
        text, near = say("own_school", locale), ways_to_reach(one.found.index.passages if one.found else ())
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
    told = [best, *(other.hit.passage for other in one.beside), *plain]
    return tuple({passage.id: passage for passage in told}.values())[:_MOST_PASSAGES]


def _resting_on(answer: Answer, one: Considered, draft: Draft, locale: str) -> Answer:
    """Give a generated answer the citations of its draft, and the caveat where one of them is only known."""
    found = {hit.passage.id: hit for hit in _hits(one)}
    cited = [found[id_] for id_ in draft.passage_ids]
    caveat = say("known", locale, authority=say("authority", locale))
    unsure = any(hit.passage.confidence is Confidence.K for hit in cited)
    text = answer.text if caveat in answer.text or not unsure else f"{answer.text}\n{caveat}"
    return replace(answer, text=text, citations=tuple(cite(hit.passage, hit.sentence) for hit in cited))


def _hits(one: Considered) -> Sequence[Hit]:
    framed = [decided.hit for decided in (*one.beside, one.decided) if decided is not None]
    return [*(one.found.hits if one.found else ()), *framed]
