"""Candidate lists as schools save them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

HEADER = ("STT", "SBD", "Họ và tên", "Lớp", "Phòng thi")
_TONES = "\u0300\u0309\u0303\u0301\u0323"


def sheet(*lines: Iterable[str], header: Iterable[str] = HEADER, delimiter: str = ";") -> str:
    """A CSV with a title above its header, as offices write them."""
    return "\r\n".join(["DANH SÁCH THÍ SINH", *(delimiter.join(line) for line in (header, *lines)), ""])


def windows_1258(text: str) -> bytes:
    """The code page of Vietnamese Windows: letters with their circumflex or horn, tones after them."""
    written = b""
    for letter in unicodedata.normalize("NFC", text):
        try:
            written += letter.encode("cp1258")
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", letter)
            plain = unicodedata.normalize("NFC", "".join(one for one in parts if one not in _TONES))
            written += plain.encode("cp1258")
            written += "".join(one for one in parts if one in _TONES).encode("cp1258")
    return written
