"""From hits to what may be said: time, place and trust of each passage decide, by rules a lawyer could read.

Pure functions. A superseded rule is only ever named to be corrected, an unsure one is never asserted, a local one
holds in its province, a future one says from when.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from rag.correcting import corrected
from rag.retrieval.search import Hit
from rag.values import Confidence, Passage, Status
from rag.vietnamese.forms import fold


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
    """Give the filter that hides other provinces' rules; a province named in the question counts.

    One named only to compare with ("có được như TP.HCM không") is not where the parent lives.
    """
    plain = _COMPARED.sub(" ", f" {' '.join(_WORD.findall(fold(text)))} ")
    own = _province_key(province or "")

    def allowed(passage: Passage) -> bool:
        if not passage.province:
            return True
        key = _province_key(passage.province)
        return key == own or any(f" {name} " in plain for name in _names(key))

    return allowed


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


# Other names, and districts (of before 1 July 2025) that people still say; none that another province has as well.
_WORD = re.compile(r"[^\W_]+")
_HO_CHI_MINH = (
    "tp hcm|tphcm|hcm|hcmc|sai gon|saigon|tp ho chi minh|thu duc|nha be|hoc mon|binh chanh|cu chi|can gio|go vap"
    "|tan binh|phu nhuan|binh thanh"
)
_HA_NOI = (
    "hn|hanoi|thu do|cau giay|hoan kiem|dong da|ha dong|hai ba trung|long bien|nam tu liem|bac tu liem|gia lam|soc son"
    "|thach that|hoai duc"
)
_QUARTERS = tuple(f"{quan}{number}" for quan in ("quan ", "q ", "q") for number in range(1, 13))
_ALIASES = {
    "ho chi minh": (*_HO_CHI_MINH.split("|"), *_QUARTERS),
    "ha noi": tuple(_HA_NOI.split("|")),
}
_COMPARED = re.compile(
    r" (?:nhu|giong|bang|khac|hon|like|as in|than) (?:o |ben |tren |trong |in )?(?:tp |thanh pho )?"
    r"(?:hcm|tphcm|ho chi minh|sai gon|ha noi|hn|hanoi|saigon|hcmc)(?= )"
)


def _province_key(name: str) -> str:
    plain = fold(name).strip()
    for prefix in ("thanh pho ", "tp. ", "tp ", "tinh ", "tp."):
        plain = plain.removeprefix(prefix)
    plain = plain.replace(".", " ")
    return next((key for key, names in _ALIASES.items() if plain in names), plain)


def _names(key: str) -> tuple[str, ...]:
    return (key, *_ALIASES.get(key, ()))
