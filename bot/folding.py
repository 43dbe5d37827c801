"""Folds how Vietnamese parents type into one plain form: lower case, no diacritics, teen-code written out.

Only for recognising intents: folding loses meaning, so a question goes to the knowledge base as it was typed.
"""

from __future__ import annotations

import re
import unicodedata

_SHORT = {
    "ko": "khong", "k": "khong", "kg": "khong", "khg": "khong", "hok": "khong", "hong": "khong", "hem": "khong",
    "kh": "khong", "k0": "khong", "dc": "duoc", "dk": "duoc", "duoc": "duoc", "vs": "voi", "bn": "bao nhieu",
    "bnh": "bao nhieu", "bnhiu": "bao nhieu", "nhiu": "nhieu", "j": "gi", "z": "vay", "v": "vay", "mik": "minh",
    "mk": "minh", "mh": "minh", "cx": "cung", "ntn": "nhu the nao", "hs": "hoc sinh", "gv": "giao vien",
    "gvcn": "giao vien chu nhiem", "cn": "chu nhiem", "hp": "hoc phi", "ck": "chuyen khoan", "r": "roi", "rui": "roi",
    "chx": "chua", "ch": "chua", "cdc": "co duoc", "fi": "phi", "fai": "phai", "ph": "phu huynh", "trg": "truong",
    "trc": "truoc", "dt": "dien thoai", "sdt": "so dien thoai", "nc": "noi chuyen", "ns": "noi", "nt": "nhan tin",
    "lh": "lien he", "ng": "nguoi", "nv": "nhan vien", "tv": "tu van", "bh": "bay gio", "tk": "tai khoan",
    "xm": "xac minh", "tr": "truong", "diem": "diem", "cta": "chung ta", "hoc_fi": "hoc phi", "ak": "a", "ah": "a",
    "oi": "oi", "lop": "lop", "tui": "toi", "tau": "toi", "kon": "con", "bek": "be",
}  # fmt: skip
_KEEP = re.compile(r"[^a-z0-9\s\-–:.]")
_SPACES = re.compile(r"\s+")
_STRETCHED = re.compile(r"([a-z])\1{2,}")


def strip_marks(text: str) -> str:
    """Lower case without diacritics.

    >>> strip_marks("Đóng Học Phí")
    'dong hoc phi'
    """
    decomposed = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def fold(text: str) -> str:
    """The plain form of what somebody typed.

    >>> fold("Con e còn nợ HP bnh ko ạaaa??")
    'con e con no hoc phi bao nhieu khong a'
    """
    plain = _KEEP.sub(" ", strip_marks(text[:2000]))
    plain = _STRETCHED.sub(r"\1", plain)
    words = (word.strip(".:") for word in _SPACES.split(plain))
    return " ".join(_SHORT.get(word, word) for word in words if word)
