"""Names of people in Việt Nam, tidied once. Pure.

It accepts what ethnic names need (H', Y-, ŏ) and does not judge whether two spellings are one person.
"""

from __future__ import annotations

import re
import unicodedata

from core.vault.unreadable import is_readable

MAX_NAME = 100
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "–": "-", "‐": "-"})
_ALLOWED = re.compile(r"[^\W\d_][^\d_]*")
_PUNCTUATION = set(" '-.˘")
_DIGITS = re.compile(r"([0-9]+)")
_TONES = "\u0300\u0309\u0303\u0301\u0323"
"""Huyền, hỏi, ngã, sắc, nặng: the order of Vietnamese dictionaries."""
# A breve, circumflex or horn sorts right after its plain letter, and before the next one; đ after d.
_LETTERS = {"\u0306": "{", "\u0302": "|", "\u031b": "}", "đ": "d{"}


def tidy_name(text: str) -> str:
    """The name in composed letters (NFC) with single spaces.

    Raises:
        ValueError: when it is empty, too long, or has digits or signs that no name has.

    >>> tidy_name("  Nguyễn   Thị An ")
    'Nguyễn Thị An'
    >>> tidy_name("H’Hen Niê")
    "H'Hen Niê"
    """
    name = " ".join(unicodedata.normalize("NFC", text).translate(_APOSTROPHES).split())
    if not 0 < len(name) <= MAX_NAME or not _ALLOWED.fullmatch(name):
        raise ValueError("not a name")
    if not all(sign.isalpha() or unicodedata.combining(sign) or sign in _PUNCTUATION for sign in name):
        raise ValueError("not a name")
    return name


def title_name(name: str) -> str:
    """A name written in capitals, in the usual case; any other name as it is.

    >>> title_name("NGUYỄN THỊ AN"), title_name("H'Hen Niê")
    ('Nguyễn Thị An', "H'Hen Niê")
    """
    return " ".join(word.capitalize() for word in name.split()) if name.isupper() and " " in name else name


def fold_name(name: str) -> str:
    """The form under which two spellings of one entry meet: composed, lower case, single spaces.

    >>> fold_name("NGUYỄN  Thị An") == fold_name("Nguyễn Thị An")
    True
    """
    return " ".join(unicodedata.normalize("NFC", name).translate(_APOSTROPHES).casefold().split())


def plain_name(name: str) -> str:
    """The name without any mark, for noticing that one name was typed with and without them.

    >>> plain_name("Đỗ Thị Ánh")
    'do thi anh'
    """
    letters = unicodedata.normalize("NFD", fold_name(name)).replace("đ", "d")
    return "".join(sign for sign in letters if not unicodedata.combining(sign))


def given_name(full_name: str) -> str:
    """What a person is called: the last word of the name.

    >>> given_name("Nguyễn Thị An")
    'An'
    """
    return full_name.rsplit(maxsplit=1)[-1] if is_readable(full_name) else full_name


def sort_key(full_name: str) -> tuple[tuple[str, str], ...]:
    """Orders names as class lists do: given name first, then from the front; letters before tones.

    >>> sorted(["Bùi Ân", "Lê Ánh", "Vũ An", "Lê Đức Anh"], key=sort_key)
    ['Vũ An', 'Lê Đức Anh', 'Lê Ánh', 'Bùi Ân']
    """
    words = fold_name(full_name).split()
    return tuple(_word_key(word) for word in [words[-1], *words[:-1]])


def class_order(name: str) -> tuple[tuple[int, str], ...]:
    """Orders classes as a school lists them: every number by its size, wherever it stands in the name.

    >>> sorted(["10A1", "6A10", "6A2", "Lá"], key=class_order)
    ['Lá', '6A2', '6A10', '10A1']
    """
    parts = filter(None, _DIGITS.split(name))
    return tuple((int(part), "") if _DIGITS.fullmatch(part) else (-1, part) for part in parts)


def _word_key(word: str) -> tuple[str, str]:
    """The word's letters in the order of the alphabet (a ă â … d đ …), and its tones."""
    letters, tones = [], []
    for sign in unicodedata.normalize("NFD", word):
        if sign in _TONES:
            tones.append(str(_TONES.index(sign)))
        else:
            letters.append(_LETTERS.get(sign, sign))
    return "".join(letters), "".join(tones)
