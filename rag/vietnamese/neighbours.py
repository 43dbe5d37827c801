"""Known words one or two slips of the finger away, by table look-up instead of comparing with every word.

Every word is filed under itself and under each form with one letter left out; two words that share a form are close.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from rapidfuzz.distance import OSA

_LONG = 4
_FAR = 2


class Neighbours:
    """Finds words of a vocabulary near a misspelt one."""

    def __init__(self, words: Iterable[str]) -> None:
        self._filed: dict[str, list[str]] = defaultdict(list)
        for word in words:
            for form in _shortened(word):
                self._filed[form].append(word)

    def of(self, word: str) -> Iterator[tuple[str, int]]:
        """Give words one slip away, and two for words longer than four letters, with that distance.

        >>> list(Neighbours(["trường", "thi"]).of("trườg"))
        [('trường', 1)]
        """
        near = {other for form in _shortened(word) for other in self._filed.get(form, ())}
        for other in sorted(near):
            far = OSA.distance(word, other, score_cutoff=_FAR)
            if far == 1 or (far == _FAR and len(word) > _LONG):
                yield other, far


def _shortened(word: str) -> set[str]:
    shorter = {word[:i] + word[i + 1 :] for i in range(len(word))} if len(word) > 1 else set()
    return {word, *shorter}
