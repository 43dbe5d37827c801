"""Decides before any search what a message is: a question, private data, a case for people, or a trick.

First patterns that are never innocent, then the learned intent model. Knowledge passages are never screened here:
they are data, and nothing in them is obeyed.
"""

import re
from dataclasses import dataclass

from rag.values import Behaviour
from rag.vietnamese.forms import fold

_TRICKS = re.compile(
    r"(?:bo qua|quen|phot lo|khong (?:can )?(?:tuan|theo))[^.?!]{0,30}(?:huong dan|chi dan|lenh|quy tac|quy dinh o tren|chi thi)"
    r"|ignore[^.?!]{0,30}(?:instruction|rule|prompt)|disregard[^.?!]{0,30}(?:instruction|rule)"
    r"|system prompt|prompt (?:he thong|goc|ban dau)|(?:loi nhac|cau lenh) he thong|developer mode|jailbreak"
    r"|che do (?:nha phat trien|khong gioi han|quan tri|admin)|\bdan mode\b|do anything now|api[ _-]?key|secret key"
    r"|drop table|union select|select \*|<script|\bor 1 ?= ?1|<\|?(?:im_start|system|inst)"
)
_GREETING = re.compile(
    r"^(?:da )?(?:(?:xin )?chao|hello|hi|hey|alo|good (?:morning|afternoon|evening))\b[^?]{0,40}$|^(?:da )?(?:em |toi |minh |chi |anh )?"
    r"(?:cam on|cam on|thanks|thank you|tks|ok|oke|vang|da vang|tam biet|bye)\b[^?]{0,40}$"
)


@dataclass(frozen=True, slots=True)
class Screened:
    """What a message is, before any search; `behaviour` ANSWER means: go and search."""

    behaviour: Behaviour
    urgent: bool = False


def screen_by_pattern(text: str) -> Screened | None:
    """Judge a canonical message by patterns that are never innocent; None when they say nothing."""
    plain = fold(text)
    if _TRICKS.search(plain):
        return Screened(Behaviour.UNSAFE)
    if _GREETING.match(plain.strip(" .!~")):
        return Screened(Behaviour.GREETING)
    return None
