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
_AROUND = re.compile(
    r"\b(?:dạ|vâng|là|cô|thầy|ơi|bé|cháu|con|bạn|cho|ạ|nhé|nha|da|vang|la|co|thay|oi|be|chau|ban|a|nhe)\b|[^\w\s]"
)
_BEFORE = r"(?:con|be|chau|cua|ban|nhoc|cho|em|for|of|is|has)"


def meant(names: Sequence[str], text: str) -> tuple[int, ...]:
    """The places of the children that a sentence names; all of them when it names none.

    >>> meant(("Nguyễn Thị Ánh", "Nguyễn Thu Hà"), "bé Hà đến trường chưa ạ")
    (1,)
    >>> meant(("Nguyễn Thị Ánh", "Nguyễn Thu Hà"), "anh ơi khoản thu cả hai con")
    (0, 1)
    """
    return named(names, text) or tuple(range(len(names)))


def named(names: Sequence[str], text: str) -> tuple[int, ...]:
    """The places of the children that a sentence names, or all of them by "cả hai"; none when it names none."""
    if _ALL.search(strip_marks(text)):
        return tuple(range(len(names)))
    return tuple(place for place, name in enumerate(names) if _names(name, text))


def answered(names: Sequence[str], text: str) -> tuple[int, ...]:
    """The same for a short answer to "which child?", in which a bare name is enough.

    >>> answered(("Nguyễn Thị Ánh", "Nguyễn Thu Hà"), "dạ Hà ạ"), answered(("Nguyễn Thị Ánh",), "cảm ơn Ánh Tuyết")
    ((1,), ())
    """
    found = named(names, text)
    said = " ".join(_AROUND.sub(" ", text.lower()).split())
    return found or tuple(place for place, name in enumerate(names) if said in _forms(name, said))


def _names(full_name: str, text: str) -> bool:
    said = " ".join(text.lower().split())
    before = _BEFORE if not _has_marks(said) else r"(?:con|bé|cháu|của|bạn|nhóc|cho|em|for|of|is|has)"
    return any(re.search(rf"\b{before}\s+{re.escape(one)}\b", said) for one in _forms(full_name, said))


def _forms(full_name: str, said: str) -> list[str]:
    """What a child is called, with marks only where the sentence has them."""
    name = full_name.lower().split()
    forms = [" ".join(name), " ".join(name[-2:]), name[-1]]
    return forms if _has_marks(said) else [strip_marks(one) for one in forms]


def _has_marks(said: str) -> bool:
    return strip_marks(said) != said
