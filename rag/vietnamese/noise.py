"""Spoils questions as people do, for evaluation and training: no marks, raw Telex, slips of the finger.

Deterministic: the same text is spoilt the same way, in every run and on every machine.
"""

import hashlib
import random
import re
import unicodedata
from collections.abc import Callable

from rag.vietnamese.keystrokes import to_telex, to_vni

TYPO_RATE = 0.08
_WORD = re.compile(r"[^\W\d_]+")
_NEAR = dict(
    zip(
        "qwertyuiopasdfghjklzxcvbnm",
        [
            "wa",
            "qes",
            "wrd",
            "etf",
            "ryg",
            "tuh",
            "yij",
            "uok",
            "ipl",
            "o",
            "qsz",
            "awdx",
            "sefc",
            "drgv",
            "fthb",
            "gyjn",
            "hukm",
            "jil",
            "kop",
            "asx",
            "zsdc",
            "xdfv",
            "cfgb",
            "vghn",
            "bhjm",
            "njk",
        ],
        strict=True,
    )
)


def without_marks(text: str) -> str:
    """Take every mark away, keep capitals and punctuation.

    >>> without_marks("Đổi học phí?")
    'Doi hoc phi?'
    """
    plain = unicodedata.normalize("NFD", text)
    kept = "".join(char for char in plain if not unicodedata.combining(char))
    return kept.replace("đ", "d").replace("Đ", "D")


def as_telex(text: str) -> str:
    """Give the raw Telex keystrokes of a text.

    >>> as_telex("Được miễn học phí?")
    'dduwowcj mieenx hocj phis?'
    """
    return _WORD.sub(lambda found: to_telex(found.group()), text)


def as_vni(text: str) -> str:
    """Give the raw VNI keystrokes of a text."""
    return _WORD.sub(lambda found: to_vni(found.group()), text)


def with_typos(text: str, rate: float = TYPO_RATE) -> str:
    """Spoil each letter with probability `rate`: dropped, doubled, swapped with the next, or a near key."""
    seed = hashlib.blake2b(f"{rate}\0{text}".encode(), digest_size=8).digest()
    chance = random.Random(int.from_bytes(seed))  # noqa: S311 - spoils texts, guards nothing
    letters, out, at = list(unicodedata.normalize("NFC", text)), [], 0
    while at < len(letters):
        here = letters[at]
        following = letters[at + 1] if at + 1 < len(letters) else ""
        if not here.isalpha() or chance.random() >= rate:
            out.append(here)
        else:
            spoilt, used = _slip(here, following, chance)
            out.append(spoilt)
            at += used
        at += 1
    return "".join(out)


def _slip(here: str, following: str, chance: random.Random) -> tuple[str, int]:
    """Give what is typed instead of a letter, and how many following letters it used up."""
    kind = chance.choice(("drop", "double", "swap", "near"))
    if kind == "swap" and following.isalpha():
        return following + here, 1
    if kind == "near":
        near = _NEAR.get(without_marks(here).lower())
        return (chance.choice(near) if near else here), 0
    return ("", 0) if kind == "drop" else (here + here, 0)


NOISES: dict[str, Callable[[str], str]] = {
    "folded": without_marks,
    "telex": as_telex,
    "vni": as_vni,
    "typos": with_typos,
}
