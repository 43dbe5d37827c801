"""Which passages are told beside the first: the nearly as good ones, and one that tells a side the first leaves out.

Pure. A question that fits two passages is better answered by both, each with its source, than by a guess.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from rag.deciding import Decided, Framing, decide
from rag.retrieval.search import Hit
from rag.understanding.aspect import Aspect, aspects_told
from rag.values import Passage

# Nats behind the first. A parent wants few sentences: one more passage at most, and of the same matter unless the
# two are all but equal. Asking the knowledge its own questions, each wording unknown to the index, 86 % of the facts
# asked for are then told in 5 sentences; with two more passages it was 89 % in 6.
_CLOSE, _FILLS, _EQUAL, _MOST, _LOOKED_AT = 2.0, 3.0, 1.0, 1, 4
_TOLD = frozenset({Framing.PLAIN, Framing.LOCAL, Framing.PLAN, Framing.FUTURE})
_NOTHING: frozenset[Aspect] = frozenset()


def first_told(hits: Sequence[Hit], today: date, by_id: Mapping[str, Passage]) -> Decided:
    """Decide the hit to tell first: the best, or, where nothing may be said of it, a near one that can be told.

    Of a matter that our sources leave open, the approved answer says just that, and whom to ask: it is told, not
    stepped over to another matter.
    """
    best = decide(hits[0], today, by_id)
    if best.framing is not Framing.UNSURE or best.outdated is not None or best.hit.passage.answer:
        return best
    near = [hit for hit in hits[1:_LOOKED_AT] if hits[0].score - hit.score <= _CLOSE]
    others = (decide(hit, today, by_id) for hit in near)
    return next((other for other in others if other.framing is Framing.PLAIN), best)


def told_beside(
    hits: Sequence[Hit],
    first: Decided,
    today: date,
    by_id: Mapping[str, Passage],
    asked: frozenset[Aspect] = _NOTHING,
) -> tuple[Decided, ...]:
    """Give what to tell after the first; one that tells a missing side may be farther and comes before others.

    An outdated or unsure passage is never told beside another.
    """
    if first.framing is Framing.UNSURE:
        return ()
    said = first.hit.passage
    missing = asked - aspects_told(f"{said.answer}\n{said.text}")
    near: list[tuple[bool, Hit]] = []
    for hit in hits[1:_LOOKED_AT]:
        behind = hits[0].score - hit.score
        fills = bool(missing & aspects_told(f"{hit.passage.answer}\n{hit.sentence}"))
        together = behind <= (_FILLS if fills else _CLOSE) and _one_matter(said, hit.passage)
        if together or 0 <= behind <= _EQUAL:  # one that a known wording overtook is no equal
            near.append((not fills, hit))
    near.sort(key=lambda pair: pair[0])
    others = [decide(hit, today, by_id) for _, hit in near if hit.passage.id != said.id]
    return tuple(other for other in others if other.framing in _TOLD)[:_MOST]


def _one_matter(one: Passage, other: Passage) -> bool:
    shared = bool(set(one.fact_ids) & set(other.fact_ids)) or one.topic == other.topic
    return shared or (one.procedure_id is not None and one.procedure_id == other.procedure_id)
