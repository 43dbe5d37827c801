"""One written form for one text: NFC, visible characters only, canonical tone placement, folding.

Nothing here guesses: every function keeps what the writer meant and changes how it is coded.
"""

import re
import unicodedata
from functools import lru_cache

from rag.vietnamese.syllable import is_syllable, place_tone, take_tone

_WORD = re.compile(r"[^\W\d_]+")
_PART = re.compile(r"\d+|[^\W\d_]+")
_GROUPED = re.compile(r"(?<!\d)(\d{1,3})((?:[.,]\d{3})+)(?![\d])")
_SPACES = re.compile(r"[ \t\u00a0]+")
_COMMON = (
    0x3000  # what is worked out for characters above is not kept: whoever types them all must not fill memory
)


def strip_hidden(text: str) -> str:
    r"""Drop characters a reader cannot see: tag characters, zero-width and bidi controls, lone surrogates.

    >>> strip_hidden("học\u200b phí" + chr(0xE0041))
    'học phí'
    """
    return text.translate(_SEEN)


class _Seen(dict[int, int | None]):
    """Each character that a reader can see, and nothing for the others, worked out when it is first met."""

    def __missing__(self, code: int) -> int | None:
        category = unicodedata.category(chr(code))
        coded = 0xD800 <= code <= 0xDFFF or 0xE0000 <= code <= 0xE0FFF
        unseen = category in ("Cf", "Co", "Cn") or (category == "Cc" and chr(code) not in "\n\t\r")
        found = None if coded or unseen else code
        if code < _COMMON:
            self[code] = found
        return found


_SEEN = _Seen()


def canonical(text: str) -> str:
    """Give the one form of a text everything else works on: NFC, visible, tone marks in their usual place.

    >>> canonical("Hoà bình, thuỷ lợi")
    'Hòa bình, thủy lợi'
    """
    clean = unicodedata.normalize("NFC", strip_hidden(text)).replace("\r\n", "\n").replace("\r", "\n")
    clean = _SPACES.sub(" ", clean).strip()
    return _WORD.sub(lambda found: _settle(found.group()), clean)


def _settle(word: str) -> str:
    if word.isascii():
        return word
    settled = _settle_lower(word.lower())
    return word if settled == word.lower() else match_case(word, settled)


@lru_cache(maxsize=20_000)
def _settle_lower(word: str) -> str:
    letters, tone = take_tone(word)
    return place_tone(letters, tone) if tone and is_syllable(word) else word


def match_case(model: str, word: str) -> str:
    """Give `word` the capitals of `model` (all, first, or none)."""
    if len(model) > 1 and model.isupper():
        return word.upper()
    return word[:1].upper() + word[1:] if model[:1].isupper() else word


def fold(text: str) -> str:
    """Lower case without any mark, as people type who leave the marks out.

    >>> fold("Đổi học phí")
    'doi hoc phi'
    """
    return text.lower().translate(_PLAIN)


class _Plain(dict[int, int | str]):
    """Each character without its marks, worked out when it is first met."""

    def __missing__(self, code: int) -> int | str:
        parts = unicodedata.normalize("NFD", chr(code))
        plain = "".join(char for char in parts if not unicodedata.combining(char)).replace("đ", "d")
        found = ord(plain) if len(plain) == 1 else plain
        if code < _COMMON:
            self[code] = found
        return found


_PLAIN = _Plain()


def tokens(text: str) -> list[str]:
    """Split a canonical text into lower-case syllables and numbers ("1.500.000" is one number).

    >>> tokens("Nộp 1.500.000đ trước 05/9")
    ['nộp', '1500000', 'đ', 'trước', '5', '9']
    """
    joined = _GROUPED.sub(lambda found: re.sub(r"[.,]", "", found.group()), text.lower())
    return [(part.lstrip("0") or "0") if part.isdigit() else part for part in _PART.findall(joined)]
