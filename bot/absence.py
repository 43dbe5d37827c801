"""Knows a note that asks leave for a child ("mai cháu ốm, em xin cho cháu nghỉ ạ") by its words. Pure.

It is what a school is written to most often, and nothing in it needs to be looked up or refused: a person of the
school has to read it. Only the plain ones are taken; a question about leave, or anything that may be grave, is
left to those who judge such things.
"""

# ruff: noqa: E501 - a list of phrases is easier to mend when it is not broken into pieces
from __future__ import annotations

import re

_LONGEST = 240
_CHILD = r"(?:chau|con|be|em|nhoc)"
_DAY = r"(?:hom nay|ngay mai|sang mai|chieu mai|mai|sang nay|chieu nay|nay|thu (?:hai|ba|tu|nam|sau|bay|[2-7])|tuan (?:nay|sau))"
_LEAVE = (
    r"(?<!de )(?<!hoi )\bnghi\b(?! (?:dinh|quyet|ngo|luc|van|la)\b)"  # not "nghị định", "đề nghị", "nghi ngờ"
)
_NOTE = re.compile(
    r"^(?:da |a |em chao |chao |thua |bao |co |thay |oi )*(?:chau|con|be|nhoc)\b(?:(?: \w+){0,6} nghi (?:om|phep|o nha|benh)\b"
    rf"|(?: \w+){{0,4}} nghi (?:hoc )?{_DAY}(?: (?:a|nhe|nha|nghe|nhen|co|thay|em|vi|do)\b.*)?$)|"
    rf"\bxin\b.{{0,50}}{_LEAVE}|\bcho {_CHILD}\b.{{0,25}}{_LEAVE}|\b{_DAY}\b.{{0,40}}\b{_CHILD}\b.{{0,30}}\bnghi (?:hoc|om|phep|o nha)\b"
    r"|\bmy (?:son|daughter|child|kid)\b.{0,70}\b(?:absent|day off|sick leave|stay(?:s|ing)? (?:at )?home|(?:not|won t|can t|cannot) (?:be )?(?:come|coming|go|going|attend|attending|at school))\b"
)
_QUESTION = re.compile(
    r"\b(?:the nao|nhu nao|thi sao|sao khong|nhieu|bao nhieu|may (?:ngay|buoi) (?:thi|la)|thu tuc|mau|giay|don|ghi|bac si|co phai|co duoc|duoc (?:khong|chua)|chua|ai|o dau|quy dinh|bi (?:tru|phat|ha)"
    r"|toi da|lam sao|can (?:gi|nop)|bao luu|thoi hoc|nghi (?:luon|han|he|tet|le|thai san|viec|day)|ho|hang xom|gia(?! dinh)|tien|hoc phi|an ban tru|mien|how|what|who|which|rule|fee|can i|may i)\b"
)
_GRAVE = re.compile(
    r"\b(?:danh|chet|dao|mau|nhay|bo (?:nha|di|tron|an)|xam|so mo|doa|bat|lac|tai nan|tran|ma tuy|tu (?:tu|sat|lam|hai)|rach|bao (?:luc|hanh)|treu|khoc|tram cam|(?<!tieu )chay|gay|te|nga|dam"
    r"|cap cuu|hoi suc|co giat|bat tinh|kho tho|ngo doc|dien giat|so|khong muon|mang thai|co thai|trom|bi (?:ban|co|thay|chu|bo|me|ong|ba)|roi|bien|hurt|hit|beat\w*|missing|afraid|scared|blood)\b"
)


def is_absence_note(folded: str, text: str) -> bool:
    """Whether somebody plainly asks leave for a child; `folded` is the plain form of `text`.

    >>> is_absence_note("mai chau anh om em xin phep cho chau nghi hoc 1 hom a", "mai cháu Ánh ốm …")
    True
    >>> is_absence_note("xin nghi hoc cho con may ngay thi phai lam don", "xin nghỉ học cho con …?")
    False
    """
    if len(folded) > _LONGEST or "?" in text or not _NOTE.search(folded):
        return False
    return not _QUESTION.search(folded) and not _GRAVE.search(folded)
