"""Writes the answer around the knowledge: the frame, the words, numbered sources with dates, what else to ask.

The words themselves come from a passage (or a checked draft); nothing here adds a fact.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from rag.correcting import name_of, without_outdated
from rag.deciding import Decided, Framing
from rag.generation.extractive import ADVICE, extract, quote, without_repeats
from rag.retrieval.search import Hit
from rag.understanding.aspect import Aspect
from rag.values import Answer, Behaviour, Citation, Confidence, Passage
from rag.vietnamese.sentences import sentences
from rag.wording import say

_MOST_SUGGESTIONS, _LONGEST, _BESIDE = 3, 700, 330
# Below it an answer says first what it was taken to be about, so that a wrong guess is seen as one.
_SURE = 0.6
_NOTHING: frozenset[Aspect] = frozenset()
_PIECE = re.compile(r".+?(?:(?<=[.!?…:])\s+|\n+|$)|\n+", re.DOTALL)


def day(value: date | None) -> str:
    """Write a date as Vietnamese readers do (31/12/2026)."""
    return value.strftime("%d/%m/%Y") if value else ""


def cite(passage: Passage, sentence: str) -> Citation:
    """Make the citation of a passage with literal words of it."""
    return Citation(
        id=passage.id,
        title=passage.title,
        source=passage.source,
        article=passage.article,
        effective_from=passage.effective_from,
        quote=quote(passage, sentence),
        confidence=passage.confidence,
    )


def compose(
    told: Sequence[Decided],
    confidence: float,
    locale: str,
    words: str = "",
    asked: frozenset[Aspect] = _NOTHING,
) -> Answer:
    """Write the answer from the passages to tell, the decided one first; `words` (a checked draft) replaces all.

    What does not fit a short message is left out, from the end; what is only known is said to be so, once, last.
    """
    first = told[0]
    if first.framing is Framing.UNSURE:
        return _not_sure(first, confidence, locale)
    beside = () if words else told[1:]
    words = words or _words(first, asked)
    lines = [*_lead(first, confidence, locale, words), words]
    cited = [first.hit]
    for other in beside:
        more = _more(other, asked, locale, "\n".join(lines))
        if more:
            lines.append(more)
            cited.append(other.hit)
    if any(hit.passage.confidence is Confidence.K for hit in cited) and not _advises(lines, locale):
        lines.append(say("known", locale, authority=say("authority", locale)))
    citations = tuple(cite(hit.passage, hit.sentence) for hit in cited)
    return Answer(Behaviour.ANSWER, "\n".join(lines), citations=citations, confidence=confidence)


def _advises(lines: Sequence[str], locale: str) -> bool:
    """Tell whether the words say already whom to ask again, as approved answers do that rest on what is only known."""
    return not locale.startswith("en") and any(ADVICE in line for line in lines)


def _lead(first: Decided, confidence: float, locale: str, words: str) -> list[str]:
    """Give what stands before the words: what an unsure search took the question to be about, and the frame."""
    title = first.hit.passage.title
    guess = say("guessed", locale, title=title) if confidence < _SURE and title else ""
    return [line for line in (guess, _frame(first, locale, words)) if line]


def _not_sure(told: Decided, confidence: float, locale: str) -> Answer:
    """Say what we are not sure of and whom to ask, in the words approved for it; without such words, nothing at all."""
    passage = told.hit.passage
    if not passage.answer or told.outdated is not None:
        text = say("unsure", locale, authority=say("authority", locale))
        return Answer(Behaviour.ABSTAIN, text, confidence=confidence)
    text = "\n".join((*_lead(told, confidence, locale, passage.answer), passage.answer))
    return Answer(
        Behaviour.ANSWER, text, citations=(cite(passage, told.hit.sentence),), confidence=confidence
    )


def _words(told: Decided, asked: frozenset[Aspect], **size: int) -> str:
    """Give the words of a passage, without what it remembers of the law that it replaced."""
    words = extract(told.hit.passage, told.hit.sentence, asked, **size)
    for old in told.replaced:
        words = without_outdated(words, old, told.hit.passage)
    return words


def _more(other: Decided, asked: frozenset[Aspect], locale: str, said: str) -> str:
    """Give what a further passage adds as long as the whole stays short; empty where nothing fits or is new."""
    for room in (min(_BESIDE, _LONGEST - len(said)), 0):
        words = without_repeats(_words(other, asked, room=room, extra=1), said)
        frame = _frame(other, locale, words) if other.framing is not Framing.PLAIN else ""
        frame = "" if frame in said else frame
        if words and len(said) + len(frame) + len(words) < _LONGEST:
            return f"{frame} {words}".strip()
    return ""


def with_sources(answer: Answer, locale: str) -> Answer:
    """Put the numbered list of sources under an answer."""
    if not answer.citations:
        return answer
    lines = [_source_line(number, c, locale) for number, c in enumerate(answer.citations, 1)]
    return replace(answer, text="\n".join((answer.text, "", say("sources", locale), *lines)))


def pieces(text: str) -> list[str]:
    """Cut a text after its sentences and lines, for telling it piece by piece; the pieces join to the text.

    >>> pieces("Dạ, ba ngày. Không mất phí ạ.")
    ['Dạ, ba ngày. ', 'Không mất phí ạ.']
    """
    return _PIECE.findall(text)


def join(parts: Sequence[Answer], *, numbered: bool = False) -> Answer:
    """Join the answers to several questions of one message into one, numbered; the gravest behaviour leads."""
    if len(parts) == 1 and not numbered:
        return parts[0]
    order = (
        Behaviour.UNSAFE,
        Behaviour.HANDOVER,
        Behaviour.PERSONAL_DATA,
        Behaviour.ANSWER,
        Behaviour.ABSTAIN,
    )
    lead = min(parts, key=lambda part: order.index(part.behaviour) if part.behaviour in order else len(order))
    cited: dict[str, Citation] = {c.id: c for part in parts for c in part.citations}
    text = "\n".join(f"{number}. {part.text}" for number, part in enumerate(parts, 1))
    return replace(
        lead,
        text=text,
        citations=tuple(cited.values()),
        confidence=min(part.confidence for part in parts),
        suggestions=tuple(dict.fromkeys(s for part in parts for s in part.suggestions))[:_MOST_SUGGESTIONS],
        urgent=any(part.urgent for part in parts),
        parts=tuple(parts),
    )


def suggestions(hits: Sequence[Hit], asked: str) -> tuple[str, ...]:
    """Give known questions near what was asked, for a person to pick from."""
    found: list[str] = []
    for hit in hits:
        known = [q.text for q in hit.passage.questions if not q.is_impossible and q.text != asked]
        found.extend(known[:1])
    return tuple(dict.fromkeys(found))[:_MOST_SUGGESTIONS]


def _names(words: str, passage: Passage) -> bool:
    """Tell whether the first sentence says itself where the rule holds."""
    return (passage.province or "") in next(iter(sentences(words)), "")


def _frame(decided: Decided, locale: str, words: str) -> str:
    passage = decided.hit.passage
    english = say("frame", locale) if locale.startswith("en") else ""
    if decided.framing is Framing.SUPERSEDED and decided.outdated is not None:
        old = decided.outdated
        return say("superseded", locale, old=name_of(old))
    if decided.framing is Framing.FUTURE:
        return say("future", locale, date=passage.since or day(passage.effective_from))
    if decided.framing is Framing.LOCAL:
        return english if _names(words, passage) else say("local", locale, province=passage.province or "")
    return say("plan", locale) if decided.framing is Framing.PLAN else english


def _source_line(number: int, citation: Citation, locale: str) -> str:
    law = ", ".join(part for part in (citation.source, citation.article) if part) or citation.title
    since = say("since", locale, date=day(citation.effective_from)) if citation.effective_from else ""
    return f"[{number}] {law}" + (f" ({since})" if since else "")
