"""From hits to what may be said: time, place and trust of each passage decide, by rules a lawyer could read.

Pure functions. A superseded rule is only ever named to be corrected, an unsure one is never asserted, a local one
holds in its province, a future one says from when.
"""

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache

from rag.correcting import corrected
from rag.retrieval.search import Hit
from rag.retrieval.terms import COURTESY, bare
from rag.understanding.places import place_key, places_meant
from rag.values import Confidence, KnownQuestion, Passage, Status
from rag.vietnamese.forms import fold
from rag.vietnamese.sentences import sentences

_AGE = re.compile(
    r"(?<![\d.,/-])(?P<limit>(?:duoi|tren|tu|den|hon|chua|truoc) (?:du )?)?(?P<age>\d{1,2}) ?(?:tuoi|t)\b"
)
_BAND = re.compile(
    r"(?:da )?(?:(?:tre|con|be|nguoi|hoc sinh|chau|em)(?: em)? )?(?:(?:duoi|chua du)|tu(?: du)? (?P<least>\d{1,2})"
    r"(?: tuoi)? den duoi) (?P<below>\d{1,2}) tuoi\b"
)
_TELLING = 2  # words: a single one is known to too many passages
_LEVELS = {
    "primary": re.compile(r"\btieu hoc\b|\bcap (?:1|mot|i)\b|\blop [1-5]\b"),
    "lower": re.compile(r"\bthcs\b|\btrung hoc co so\b|\bcap (?:2|hai|ii)\b|\blop [6-9]\b"),
    "upper": re.compile(r"\bthpt\b|\btrung hoc pho thong\b|\bcap (?:3|ba|iii)\b|\blop 1[0-2]\b"),
}
_ENTERED = re.compile(r"\b(?:vao|len|thi) lop (?P<grade>6|10)\b")
_BEFORE_ENTERING = {
    "6": "primary",
    "10": "lower",
}  # who is asked about entering a level is still in the one below
_FROM_TO = re.compile(r"\bden (?:het )?(?:thpt|thcs|lop|cap)\b|\bhoc sinh pho thong\b")
_NEAR = 3.0  # nats: a passage farther behind the best is of another matter


class Framing(StrEnum):
    """How a passage must be introduced: cách nêu."""

    PLAIN = "plain"
    SUPERSEDED = "superseded"
    FUTURE = "future"
    LOCAL = "local"
    PLAN = "plan"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Decided:
    """What to say: the passage, its sentence, its frame, the outdated passage it corrects, and all it replaced."""

    framing: Framing
    hit: Hit
    outdated: Passage | None = None
    replaced: tuple[Passage, ...] = ()


def is_superseded(passage: Passage, today: date) -> bool:
    """Tell whether a passage no longer holds today."""
    ended = passage.effective_to is not None and passage.effective_to < today
    return passage.status is Status.SUPERSEDED or ended


def holds_here(province: str | None, text: str) -> Callable[[Passage], bool]:
    """Give the filter that hides other provinces' rules; the provinces a question means count before the parent's own.

    One named only to compare with ("có được như TP.HCM không") is not where the parent lives.
    """
    own = place_key(province or "")
    meant = places_meant(text, own) or {own}
    return lambda passage: not passage.province or place_key(passage.province) in meant


def fitting(hits: Sequence[Hit], text: str) -> Sequence[Hit]:
    """Put first what is known to answer these very words; leave out what is for another age or level of school."""
    known = known_hit(hits, text)
    if known is not None:
        return [known, *(hit for hit in hits if hit is not known)]
    return for_this_level(for_this_age(hits, text), text)


def known_hit(hits: Sequence[Hit], text: str) -> Hit | None:
    """Give the hit that has the question among its known ones, word for word but for marks and courtesy.

    Where none has, one that knows what the question names bare ("rút hồ sơ thế nào" is "rút hồ sơ").
    """
    asked = _said(text)
    for words in dict.fromkeys((asked, bare(asked))):
        known = (hit for hit in hits for one in hit.passage.questions if _is_known(one, words))
        found = next(known, None) if len(words) >= _TELLING else None
        if found is not None:
            return found
    return None


def _is_known(question: KnownQuestion, asked: Sequence[str]) -> bool:
    return not question.is_impossible and _known_words(question.text) == asked


@lru_cache(maxsize=16384)
def _known_words(text: str) -> tuple[str, ...]:
    """Give the words of a known question: knowledge alone is kept, never what a parent asked."""
    return tuple(map(sys.intern, _said(text)))


def _said(text: str) -> tuple[str, ...]:
    return tuple(word for word in re.findall(r"\w+", fold(text)) if word not in COURTESY)


def for_this_level(hits: Sequence[Hit], text: str) -> Sequence[Hit]:
    """Leave out what begins with other levels of school than those a question names, where something near is left.

    What tells of one level after another ("… THCS do xã quản lý, THPT do Sở") is of each of them.
    """
    asked = _levels(text)
    if not asked or not hits:
        return hits
    fit = [
        hit
        for hit in hits
        if not (told := _levels_told(hit.passage)) or asked & (told | _all_levels(hit.passage))
    ]
    return fit if fit and hits[0].score - fit[0].score <= _NEAR else hits


def _levels_told(passage: Passage) -> frozenset[str]:
    """Give the levels that the first words of a passage name; none where they reach from one to another."""
    first = next(iter(sentences(passage.answer or passage.text)), "")
    plain = fold(first)
    if _FROM_TO.search(plain):
        return frozenset()
    return _levels(first) | {_BEFORE_ENTERING[found["grade"]] for found in _ENTERED.finditer(plain)}


def _all_levels(passage: Passage) -> frozenset[str]:
    return _levels(passage.answer or passage.text)


def _levels(text: str) -> frozenset[str]:
    plain = fold(text)
    return frozenset(level for level, words in _LEVELS.items() if words.search(plain))


def for_this_age(hits: Sequence[Hit], text: str) -> Sequence[Hit]:
    """Leave out what begins with a rule for younger or older children than the one a question tells the age of.

    Where no near passage is left, all stay: a rule for others is better than another matter.
    """
    told = [found for found in _AGE.finditer(fold(text)) if not found["limit"]]
    if len(told) != 1 or not hits:
        return hits
    fitting = [hit for hit in hits if _is_for(int(told[0]["age"]), hit.passage)]
    return fitting if fitting and hits[0].score - fitting[0].score <= _NEAR else hits


def _is_for(age: int, passage: Passage) -> bool:
    """Tell whether a passage may be about a child of this age: its first words name no band, or the child's."""
    band = _BAND.match(fold(passage.answer or passage.text))
    return band is None or int(band["least"] or 0) <= age < int(band["below"])


def decide(hit: Hit, today: date, by_id: Mapping[str, Passage]) -> Decided:
    """Frame the best hit; a superseded one gives way to what corrects it."""
    decided = _framed(hit, today, by_id)
    told = decided.hit.passage.id
    return replace(decided, replaced=tuple(old for old in by_id.values() if told in old.corrected_by))


def _framed(hit: Hit, today: date, by_id: Mapping[str, Passage]) -> Decided:
    passage = hit.passage
    if is_superseded(passage, today):
        return _corrected(hit, today, by_id)
    if passage.confidence is Confidence.U:
        return Decided(Framing.UNSURE, hit)
    starts = passage.effective_from
    if (starts is not None and starts > today) or (starts is None and passage.status is Status.FUTURE):
        return Decided(Framing.FUTURE, hit)
    if passage.status is Status.PLAN:
        return Decided(Framing.PLAN, hit)
    if passage.province:
        return Decided(Framing.LOCAL, hit)
    return Decided(Framing.PLAIN, hit)


def _corrected(hit: Hit, today: date, by_id: Mapping[str, Passage]) -> Decided:
    for id_ in hit.passage.corrected_by:
        current = by_id.get(id_)
        if current is None or is_superseded(current, today) or current.confidence is Confidence.U:
            continue
        words = corrected(hit.passage, current)
        better = Hit(words, hit.place, hit.score, current.text)
        return Decided(Framing.SUPERSEDED, better, outdated=hit.passage)
    return Decided(Framing.UNSURE, hit, outdated=hit.passage)
