"""Telex and VNI: turns raw keystrokes into the syllable they were meant for, and (for tests) back.

Works on one lower-case word; whether a message was typed that way at all is `rag.vietnamese.repair`'s judgement.
"""

import re
import unicodedata

from rag.vietnamese.syllable import is_syllable, place_tone, take_tone

_TELEX_SHAPES = (("dd", "đ"), ("aa", "â"), ("ee", "ê"), ("oo", "ô"), ("aw", "ă"), ("ow", "ơ"), ("uw", "ư"))
_VNI_TONES = {"1": "s", "2": "f", "3": "r", "4": "x", "5": "j"}
_VNI_SHAPES = {
    "6": {"a": "â", "e": "ê", "o": "ô"},
    "7": {"o": "ơ", "u": "ư"},
    "8": {"a": "ă"},
    "9": {"d": "đ"},
}
_KEYS_OUT = {"â": "aa", "ê": "ee", "ô": "oo", "ă": "aw", "ơ": "ow", "ư": "uw", "đ": "dd"}
_VNI_OUT = {"â": "a6", "ê": "e6", "ô": "o6", "ă": "a8", "ơ": "o7", "ư": "u7", "đ": "d9"}


def from_telex(word: str) -> str | None:
    """Give the syllable typed by Telex keys, or None where the keys make no marked syllable.

    >>> from_telex("dduwowcj"), from_telex("truowngf"), from_telex("school")
    ('được', 'trường', None)
    """
    if not word.isascii() or not word.isalpha():
        return None
    letters, tone = _telex_tone(word)
    letters = _telex_shapes(letters)
    made = place_tone(letters, tone)
    return made if not made.isascii() and is_syllable(made) else None


def _telex_tone(word: str) -> tuple[str, str]:
    """Take the last tone key that follows a vowel out of a word."""
    for at in range(len(word) - 1, 0, -1):
        if word[at] in "sfrxj" and re.search(r"[aeiouyw]", word[:at]):
            rest = word[at + 1 :]
            if re.fullmatch(r"[aeiouywcmnptgh]*", rest):
                return word[:at] + rest, word[at]
    return word, ""


def _telex_shapes(letters: str) -> str:
    if letters.startswith("d") and letters.find("d", 1) > 0:  # "dd" or a late "d": "duocd"
        late = letters.find("d", 1)
        letters = "đ" + letters[1:late] + letters[late + 1 :]
    letters = re.sub(r"u?ow|uwow|uwo|uow", lambda m: "ươ" if m.group()[0] == "u" else "ơ", letters)
    for keys, shaped in _TELEX_SHAPES:
        letters = letters.replace(keys, shaped)
    return _late_shape(letters)


def _late_shape(letters: str) -> str:
    """Apply a shape key typed after the final consonant ("tuongw", "hocoj")."""
    late = re.fullmatch(r"([^aeiou]*)([aeiouy]+)([cmnptgh]+)([aeow])", letters)
    if not late:
        return letters
    onset, vowels, coda, key = late.groups()
    if key == "w":
        shaped = vowels.replace("uo", "ươ") if "uo" in vowels else re.sub(r"[aou]", _hook, vowels, count=1)
        return onset + shaped + coda
    if key in vowels:
        return onset + vowels.replace(key, {"a": "â", "e": "ê", "o": "ô"}[key], 1) + coda
    return letters


def _hook(found: re.Match[str]) -> str:
    return {"a": "ă", "o": "ơ", "u": "ư"}[found.group()]


def from_vni(word: str) -> str | None:
    """Give the syllable typed by VNI keys, or None.

    >>> from_vni("d9u7o7c5"), from_vni("tru7o7ng2"), from_vni("6a1")
    ('được', 'trường', None)
    """
    if not re.fullmatch(r"[a-z]+[a-z1-9]*[1-9][a-z1-9]*", word):
        return None
    letters, tone = "", ""
    for key in word:
        if key in _VNI_TONES:
            tone = _VNI_TONES[key]
        elif key in _VNI_SHAPES:
            letters = _shape_last(letters, _VNI_SHAPES[key])
        else:
            letters += key
    letters = letters.replace("uơ", "ươ") if re.search(r"uơ[cimnptu]", letters) else letters
    made = place_tone(letters, tone)
    return made if not made.isascii() and is_syllable(made) else None


def _shape_last(letters: str, shapes: dict[str, str]) -> str:
    for at in range(len(letters) - 1, -1, -1):
        if letters[at] in shapes:
            return letters[:at] + shapes[letters[at]] + letters[at + 1 :]
    return letters


def to_telex(word: str) -> str:
    """Give the Telex keys of a word, tone key last, capitals lost ("được" is "dduwowcj")."""
    letters, tone = take_tone(unicodedata.normalize("NFC", word.lower()))
    return "".join(_KEYS_OUT.get(char, char) for char in letters) + tone


def to_vni(word: str) -> str:
    """Give the VNI keys of a word, tone key last."""
    letters, tone = take_tone(unicodedata.normalize("NFC", word.lower()))
    back = {key: digit for digit, key in _VNI_TONES.items()}
    return "".join(_VNI_OUT.get(char, char) for char in letters) + back.get(tone, "")
