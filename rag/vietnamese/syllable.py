"""The Vietnamese syllable: onset, rhyme, tone; what is one, and where its tone mark stands.

Everything that types or repairs Vietnamese (tone placement, Telex, VNI) builds on these three functions.
It knows the shape of the language only, no words.
"""

import re
import unicodedata
from pathlib import Path

TONES = {"\u0300": "f", "\u0301": "s", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
MARKS = {key: mark for mark, key in TONES.items()}

_ONSETS = [
    "ngh",
    "ng",
    "nh",
    "ch",
    "gh",
    "gi",
    "kh",
    "ph",
    "qu",
    "th",
    "tr",
    "b",
    "c",
    "d",
    "đ",
    "g",
    "h",
    "k",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "t",
    "v",
    "x",
]  # longest first
_RHYMES = frozenset(Path(__file__).with_name("rhymes.txt").read_text(encoding="utf-8").split())
_SHAPED = "ăâêôơư"
_VOWELS = "aăâeêioôơuưy"


def take_tone(word: str) -> tuple[str, str]:
    """Split a lower-case word into its letters without tone and the Telex key of its tone ('' for level).

    >>> take_tone("được")
    ('đươc', 'j')
    """
    letters, tone = [], ""
    for char in unicodedata.normalize("NFD", word):
        if char in TONES:
            tone = TONES[char]
        else:
            letters.append(char)
    return unicodedata.normalize("NFC", "".join(letters)), tone


def split_onset(letters: str) -> tuple[str, str]:
    """Split toneless letters into onset and rhyme ('gi' and 'qu' belong to the onset)."""
    for onset in _ONSETS:
        if letters.startswith(onset) and len(letters) > len(onset):
            return onset, letters[len(onset) :]
    return "", letters


def is_syllable(word: str) -> bool:
    """Tell whether a lower-case word has the shape of a Vietnamese syllable (it need not be a word).

    >>> is_syllable("trường"), is_syllable("school")
    (True, False)
    """
    letters, tone = take_tone(word)
    onset, rhyme = split_onset(letters)
    if rhyme not in _RHYMES and not (letters == "gi" or (onset == "gi" and "i" + rhyme in _RHYMES)):
        return False
    stopped = re.search(r"(?:ch|[cpt])$", rhyme) is not None
    return not (stopped and tone not in ("s", "j"))


def place_tone(letters: str, tone: str) -> str:
    """Put a tone (Telex key) on toneless letters where the common spelling has it ("hòa", "thủy", "hoàn").

    >>> place_tone("thuy", "r"), place_tone("hoan", "f")
    ('thủy', 'hoàn')
    """
    if not tone:
        return letters
    onset, rhyme = split_onset(letters)
    at = [i for i, char in enumerate(rhyme) if char in _VOWELS]
    if not at:
        return letters
    shaped = [i for i in at if rhyme[i] in _SHAPED]
    if shaped:
        spot = shaped[-1]
    elif len(at) == 1 or (len(at) == 2 and at[-1] == len(rhyme) - 1):
        spot = at[0]
    else:
        spot = at[1]
    marked = rhyme[: spot + 1] + MARKS[tone] + rhyme[spot + 1 :]
    return unicodedata.normalize("NFC", onset + marked)
