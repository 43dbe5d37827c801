"""Knows what asks for nothing: a polite end ("thôi khỏi", "👍"), and what cannot be understood ("asdf", "???"). Pure.

Neither is looked up: after an answer both would only be told the same answer again, or be taken for its private matter.
Greetings and thanks are left to the knowledge base, which answers them in kind.
"""

# ruff: noqa: E501 - a list of phrases is easier to mend when it is not broken into pieces
from __future__ import annotations

import re
from itertools import pairwise

_WITH = r"(?: (?:a|ah|em|e|c|co|thay|chi|anh|ban|bot|nhe|nha|nhen|oi|roi|nua|dau|vay|luon|ma|di|hen|cam on|cam on em|nhieu|thanks?))*"
_END = re.compile(
    r"^(?:(?:da|vang|u|uh|um|a|ok|oke|okay|the|vay) )*(?:(?:em|e|minh|m|toi|anh|chi|c) )?"
    r"(?:thoi(?: (?:khoi|khong can|khong hoi|khong sao|duoc|de sau|de luc khac|bo qua|vay|em|toi|minh))*|khoi(?: can)?|khong can|khong hoi"
    r"|khong co gi|khong sao|bo qua|de (?:em|toi|minh|chi|anh) xem(?: lai)?|de sau|hieu|biet|ro|nho|duoc|never mind|that s all|no thanks?|got it"
    rf"|da|vang|u|uh|um|uhm|ok|oke|okay|khong|(?:the|vay) a|(?:ha|hi|he|hu|ka|kk)+){_WITH}$"
)
_WHO = r"(?:(?:da|vang|alo|a|oi|co|thay|ad|admin|bot|shop|truong|chi|anh|em|e|toi|minh|c|con|giup|lam on|vui long|xin|cho|muon|can|duoc|co the|dang|dinh) )*"
_BEGINS = re.compile(
    rf"^{_WHO}(?:hoi|tu van|hoi han|hoi tham)(?: (?:chut|ti|ty|xiu|mot|1|2|vai|may|dieu|cau|viec|chuyen|thong tin|nay|cai|voi|a|em|co|thay|nhe|duoc|khong|anh|chi|truong|nha truong|ad|giup))*$"
    r"|^(?:i have|can i ask|may i ask) (?:a |you a |some |you some )?questions?(?: please)?$"
)
_NO_MATTER = re.compile(
    rf"^{_WHO}(?:hoi |ve |lam )*(?:giay to|thu tuc|ho so|tien|dang k[yi]|thi|the|don|mau don|hoc)(?: (?:a|em|nhe|voi|gi|nao|sao|the nao|vay|can gi|ra sao|nhu the nao))*$"
)
_GLAD = frozenset("👍👌🙏❤💕💖😊🙂😀😃😄😁😆🥰😍🤗💐🌹🌸✅👏🎉")
_MARKS = frozenset("\ufe0f\u200d🏻🏼🏽🏾🏿")
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnpqrstvx])?[aeiouy]{1,3}(?:ch|ng|nh|[cmnpt])?"
)
_SHORTEST, _MOSTLY, _NEAR = 3, 0.75, 2


def is_polite_end(folded: str, text: str) -> bool:
    """Whether somebody has what they need, or wants nothing more.

    >>> is_polite_end("thoi khoi a", "thôi khỏi ạ"), is_polite_end("", "👍"), is_polite_end("thoi hoc", "thôi học")
    (True, True, False)
    """
    signs = [char for char in text if not char.isspace() and char not in _MARKS]
    return bool(_END.match(folded)) or (bool(signs) and all(char in _GLAD for char in signs))


def only_begins(folded: str) -> bool:
    """Whether somebody only says that there is a question.

    >>> only_begins("da em muon hoi chut a"), only_begins("em muon hoi ve hoc phi")
    (True, False)
    """
    return bool(_BEGINS.match(folded))


def names_no_matter(folded: str) -> bool:
    """Whether a word stands alone that any procedure has: papers of what, money for what?

    >>> names_no_matter("giay to gi a"), names_no_matter("giay to chuyen truong")
    (True, False)
    """
    return bool(_NO_MATTER.match(folded))


def is_unclear(folded: str) -> bool:
    """Whether there is no word in it: signs alone, a bare "có", or keys struck at random.

    >>> is_unclear("asdf"), is_unclear(""), is_unclear("bhyt"), is_unclear("tren")
    (True, True, False, False)
    """
    words = folded.split()
    bare = len(folded) == 1 and not folded.isdigit()
    return bare or folded in {"", "co", "co a"} or all(_is_struck_at_random(word) for word in words)


def _is_struck_at_random(word: str) -> bool:
    if len(word) < _SHORTEST or not word.isalpha() or _SYLLABLE.fullmatch(word):
        return False
    near = [_lie_near(one, another) for one, another in pairwise(word)]
    return sum(near) >= _MOSTLY * len(near)


def _lie_near(one: str, another: str) -> bool:
    """Whether two keys lie beside each other in a row, or with one between them."""
    both = (row for row in _ROWS if one in row and another in row)
    return any(abs(row.index(one) - row.index(another)) <= _NEAR for row in both)
