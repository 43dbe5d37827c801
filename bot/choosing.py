"""Which of several children a sentence means. Pure; names are compared as Vietnamese parents type them.

Without its marks "Ánh" reads like "anh" (you), so a name counts only after a word that announces it ("bé Ánh",
"của Ánh"), and with its marks only where the sentence has marks at all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.folding import strip_marks

_ALL = re.compile(
    r"\b(?:ca (?:hai|ba|bon|2|3|4)|hai (?:con|chau|be|dua)|ba (?:con|chau|dua)|tat ca|cac con|cac chau|both|all)\b"
)
_BEFORE = r"(?:con|be|chau|cua|ban|nhoc|cho|em|for|of|is|has)"


def meant(names: Sequence[str], text: str) -> tuple[int, ...]:
    """The places of the children that a sentence names; all of them when it names none.

    >>> meant(("Nguyễn Thị Ánh", "Nguyễn Thu Hà"), "bé Hà đến trường chưa ạ")
    (1,)
    >>> meant(("Nguyễn Thị Ánh", "Nguyễn Thu Hà"), "anh ơi khoản thu cả hai con")
    (0, 1)
    """
    everybody = tuple(range(len(names)))
    if _ALL.search(strip_marks(text)):
        return everybody
    named = tuple(place for place, name in enumerate(names) if _names(name, text))
    return named or everybody


def _names(full_name: str, text: str) -> bool:
    said = " ".join(text.lower().split())
    has_marks = strip_marks(said) != said
    name = full_name.lower().split()
    wanted = [" ".join(name), " ".join(name[-2:]), name[-1]]
    if not has_marks:
        wanted = [strip_marks(one) for one in wanted]
    before = _BEFORE if not has_marks else r"(?:con|bé|cháu|của|bạn|nhóc|cho|em|for|of|is|has)"
    return any(re.search(rf"\b{before}\s+{re.escape(one)}\b", said) for one in wanted)
