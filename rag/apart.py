"""Which one question is two of two matters, put side by side with no mark between them.

Words do not tell ("trường và phụ huynh phải làm gì" is one), so both halves are considered: they are two where each is
answered plainly by itself, from another passage, and the answer to the whole would leave one of them out.
"""

from collections.abc import Callable, Iterator

from rag.considered import Considered
from rag.understanding.follow_up import is_follow_up
from rag.understanding.several import halves_of
from rag.values import Behaviour, Turn

Consider = Callable[[str, tuple[Turn, ...]], Considered]

# How sure a half must be to stand as a question of its own, and one that leans on the first to stand without it.
_PLAIN, _CERTAIN = 0.75, 0.85


def told_apart(whole: Considered, history: tuple[Turn, ...], consider: Consider) -> list[Considered]:
    """Give the questions of a considered one that is several, each considered for itself; none where it is one."""
    if whole.screened.behaviour not in (Behaviour.ANSWER, Behaviour.ABSTAIN):
        return []
    ways = [way for halves in halves_of(whole.text) for way in _ways(whole, halves, history, consider)]
    if not ways:
        return []
    first, second, before = max(ways, key=lambda way: min(way[0].confidence, way[1].confidence))
    return [
        *(told_apart(first, history, consider) or [first]),
        *(told_apart(second, before, consider) or [second]),
    ]


def _ways(
    whole: Considered, halves: tuple[str, str], history: tuple[Turn, ...], consider: Consider
) -> Iterator[tuple[Considered, Considered, tuple[Turn, ...]]]:
    """Give the ways in which both halves stand, and after what the second does: rather after the first.

    The second is considered first, as it seldom stands by itself; one that leans on the first and does not is of its
    matter.
    """
    head, rest = halves
    leaning = is_follow_up(rest)
    second = consider(rest, history)
    if not _is_plain(second) or (leaning and second.confidence < _CERTAIN):
        return
    first = consider(head, history)
    if not _is_plain(first) or not _leaves_out(whole, first, second):
        return
    if leaning:
        after = (*history, Turn("user", head))
        leant = consider(rest, after)
        if _is_plain(leant) and _leaves_out(whole, first, leant):
            yield first, leant, after
    yield first, second, history


def _is_plain(half: Considered) -> bool:
    return half.decided is not None and half.confidence >= _PLAIN


def _leaves_out(whole: Considered, *halves: Considered) -> bool:
    """Tell whether the answer to a whole question leaves out what one of its halves, of another matter, is told."""
    needed = {half.decided.hit.passage.id for half in halves if half.decided is not None}
    told = {one.hit.passage.id for one in (whole.decided, *whole.beside) if one is not None}
    return len(needed) == len(halves) and not needed <= told
