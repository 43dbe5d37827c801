"""Whether two spellings of a name may be one person's. Pure; built for Vietnamese names, fair to others.

What it forgives: order (family name last), case, NFD, missing marks on a whole name, the place of the tone mark,
i/y and hỏi/ngã, one slip that makes a syllable no Vietnamese syllable, Telex left as typed, initials, a missing
middle name, titles, signs in ethnic names, a husband's foreign name added. What it never forgives: another given
name, another family name, another middle name, a tone that makes another name (Hoa, Hòa). Two people may well
share a name: a likeness alone proves nothing, which is why `identify` asks for a number or a child besides.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from enum import IntEnum

from rapidfuzz.distance import OSA

from core.guardians.syllables import FAMILY_NAMES, is_syllable, untelexed
from core.students.names import fold_name

_words = str.split
_TITLES = frozenset(_words("ông bà anh chị cô chú bác bố mẹ cha ba má ong chi co chu bac bo me mr mrs ms"))
_GENDER = frozenset({"thi", "van"})
_TONES = "\u0300\u0309\u0303\u0301\u0323"
_HOI, _NGA = "\u0309", "\u0303"
_LEAST_WORDS = 2
_SHORTEST_SLIP = 3


class Likeness(IntEnum):
    """How alike two names are (độ giống); `SHORTENED` lacks something, so it convinces less."""

    DIFFERENT = 0
    SHORTENED = 1
    SAME = 2


class Word:
    """One word of a name: its letters without marks, its marks, and whether it is only an initial."""

    __slots__ = ("initial", "letters", "marked", "plain")

    def __init__(self, text: str) -> None:
        """Take a folded word, perhaps with a dot for an initial."""
        self.initial = text.endswith(".") or len(text) == 1
        bare = untelexed(text.rstrip("."))
        decomposed = unicodedata.normalize("NFD", bare)
        tone = next((sign for sign in decomposed if sign in _TONES), "")
        letters = "".join(sign for sign in decomposed if sign not in _TONES)
        # Southern spelling mixes hỏi and ngã; the rest of the tones tell names apart.
        self.marked = (
            letters.replace("y", "i") if len(letters) > 1 else letters,
            _HOI if tone == _NGA else tone,
        )
        self.letters = letters
        self.plain = "".join(s for s in letters if not unicodedata.combining(s)).replace("đ", "d")

    @property
    def has_marks(self) -> bool:
        """Whether it was typed with any mark."""
        return bool(self.marked[1]) or self.letters != self.plain


def likeness(one: str, other: str) -> Likeness:
    """How alike two names are; the order of the two does not matter.

    >>> likeness("NGUYỄN THỊ HOÀ", "nguyen thi hoa"), likeness("Nguyễn Thị Hoa", "Nguyễn Thị Hòa")
    (<Likeness.SAME: 2>, <Likeness.DIFFERENT: 0>)
    >>> likeness("Trần T. Bích", "Trần Thị Bích")
    <Likeness.SHORTENED: 1>
    """
    best = Likeness.DIFFERENT
    for a in _readings(one):
        for b in _readings(other):
            best = max(best, _in_any_order(a, b))
            if best is Likeness.SAME:
                return best
    return best


def _readings(name: str) -> Iterator[tuple[Word, ...]]:
    """The name as words, and again without a title in front."""
    name = re.sub(r"\([^)]*\)", " ", fold_name(name)[:200])
    texts = [text for text in re.findall(r"[^\s,'\-˘.:]+\.?", name.replace("|", " ")) if text != "."]
    words = tuple(Word(text) for text in texts)
    yield words
    if len(words) > _LEAST_WORDS and texts[0].rstrip(".") in _TITLES:
        yield words[1:]


def _in_any_order(a: Sequence[Word], b: Sequence[Word]) -> Likeness:
    if min(len(a), len(b)) < _LEAST_WORDS:
        return Likeness.DIFFERENT
    best = max(_compare(a, b), _joined(a, b))
    for left, right in ((a, b), (b, a)):
        for turned in _family_first(left):
            best = max(best, _compare(turned, right))
        best = max(best, _foreign(left, right))
    return best


def _family_first(words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    """Ways in which a name with the family name last, or the given name first, is written the usual way."""
    if words[-1].plain in FAMILY_NAMES:
        yield (words[-1], *words[:-1])
        if len(words) == 3 and words[1].plain in _GENDER:
            yield (words[2], words[1], words[0])
    if len(words) > _LEAST_WORDS and words[1].plain in FAMILY_NAMES and words[0].plain not in FAMILY_NAMES:
        yield (*words[1:], words[0])


def _compare(a: Sequence[Word], b: Sequence[Word]) -> Likeness:
    """Word by word; family and given name must be there, middle names may be short or missing."""
    unmarked = not all((any(w.has_marks for w in a), any(w.has_marks for w in b)))
    if not _same_word(a[-1], b[-1], unmarked=unmarked) or a[-1].initial != b[-1].initial:
        return Likeness.DIFFERENT
    if not (_same_family(a[0], b[0], unmarked=unmarked) or _initial_of(a[0], b[0])):
        return Likeness.DIFFERENT
    if _slips(a, b, unmarked=unmarked) > 1:
        return Likeness.DIFFERENT
    same = all(_same_word(x, y, unmarked=unmarked) for x, y in zip(a[1:], b[1:], strict=False))
    if len(a) == len(b) and same and a[0].initial == b[0].initial:
        return Likeness.SAME
    long, short = (a[1:-1], b[1:-1]) if len(a) >= len(b) else (b[1:-1], a[1:-1])
    return Likeness.SHORTENED if _is_within(short, long, unmarked=unmarked) else Likeness.DIFFERENT


def _is_within(short: Sequence[Word], long: Sequence[Word], *, unmarked: bool) -> bool:
    """Whether the middle names of one are those of the other, in order, some missing or as initials."""
    rest = iter(long)
    return all(any(_same_word(w, o, unmarked=unmarked) or _initial_of(w, o) for o in rest) for w in short)


def _same_family(a: Word, b: Word, *, unmarked: bool) -> bool:
    """Family names: no two of them differ by marks alone, and a slip leaves no other family name."""
    if a.plain == b.plain and not (a.has_marks and b.has_marks):
        return True
    slip = (a.plain in FAMILY_NAMES) != (b.plain in FAMILY_NAMES) and is_syllable(a.plain) != is_syllable(
        b.plain
    )
    return _same_word(a, b, unmarked=unmarked) or (slip and OSA.distance(a.plain, b.plain) == 1)


def _same_word(a: Word, b: Word, *, unmarked: bool) -> bool:
    if unmarked and not (a.has_marks and b.has_marks):
        if a.plain == b.plain or a.plain.replace("y", "i") == b.plain.replace("y", "i"):
            return True
    elif a.marked == b.marked or (
        a.plain == b.plain and a.plain in _GENDER and not (a.has_marks and b.has_marks)
    ):
        return True
    return _is_slip(a, b, unmarked=unmarked)


def _is_slip(a: Word, b: Word, *, unmarked: bool) -> bool:
    """One slip of the finger: one side is no syllable at all, and the other is one letter away."""
    if min(len(a.plain), len(b.plain)) < _SHORTEST_SLIP or is_syllable(a.plain) == is_syllable(b.plain):
        return False
    if OSA.distance(a.plain, b.plain) != 1:
        return False
    return unmarked or not (a.has_marks and b.has_marks) or a.marked[1] == b.marked[1]


def _slips(a: Sequence[Word], b: Sequence[Word], *, unmarked: bool) -> int:
    if len(a) != len(b):
        return 0
    return sum(
        x.plain.replace("y", "i") != y.plain.replace("y", "i") and _is_slip(x, y, unmarked=unmarked)
        for x, y in zip(a, b, strict=True)
    )


def _initial_of(a: Word, b: Word) -> bool:
    """Whether one is the initial of the other: T. and Thị, Ng. and Nguyễn."""
    short, long = (a, b) if a.initial else (b, a)
    return short.initial and not long.initial and bool(short.plain) and long.plain.startswith(short.plain)


def _joined(a: Sequence[Word], b: Sequence[Word]) -> Likeness:
    """Words that were written together or apart: H'Hen and HHen, Min-jung and Minjung, NguyễnThịHoa."""
    unmarked = not all((any(w.has_marks for w in a), any(w.has_marks for w in b)))
    texts = ["".join(w.plain if unmarked else "".join(w.marked) for w in words) for words in (a, b)]
    return Likeness.SAME if texts[0] == texts[1] and len(a) != len(b) else Likeness.DIFFERENT


def _foreign(a: Sequence[Word], b: Sequence[Word]) -> Likeness:
    """Names of foreigners come in any order; a foreign family name may be added to a Vietnamese name."""
    strange = [w for w in a if not is_syllable(w.plain) and w.plain not in FAMILY_NAMES]
    mine, theirs = sorted(w.plain for w in a), sorted(w.plain for w in b)
    if len(strange) * 2 > len(a) and mine == theirs:
        return Likeness.SAME
    added = a[-1]
    if len(a) > _LEAST_WORDS and len(strange) == 1 and added is strange[0] and len(a) == len(b) + 1:
        return min(_compare(a[:-1], b), Likeness.SHORTENED)
    return Likeness.DIFFERENT
