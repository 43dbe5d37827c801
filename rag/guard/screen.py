"""Decides before any search what a message is: a question, private data, a case for people, or a trick.

First patterns that are never innocent, then the learned intent model. Knowledge passages are never screened here:
they are data, and nothing in them is obeyed.
"""

import re
from dataclasses import dataclass

from rag.guard.cues import has_unsafe_cue
from rag.guard.intents import load_intents
from rag.retrieval.search import Searcher
from rag.values import Behaviour
from rag.vietnamese.forms import fold

_TRICKS = re.compile(
    r"(?:bo qua|quen|phot lo|khong (?:can )?(?:tuan|theo))[^.?!]{0,30}(?:huong dan|chi dan|lenh"
    r"|quy tac|quy dinh o tren|chi thi)"
    r"|ignore[^.?!]{0,30}(?:instruction|rule|prompt)|disregard[^.?!]{0,30}(?:instruction|rule)"
    r"|system prompt|prompt (?:he thong|goc|ban dau)|(?:loi nhac|cau lenh) he thong|developer mode|jailbreak"
    r"|che do (?:nha phat trien|khong gioi han|quan tri|admin)|\bdan mode\b|do anything now|api[ _-]?key|secret key"
    r"|drop table|union select|select \*|<script|\bor 1 ?= ?1|<\|?(?:im_start|system|inst)"
)
_GREETING = re.compile(
    r"^(?:da )?(?:(?:xin )?chao|hello|hi|hey|alo|good (?:morning|afternoon|evening))\b[^?]{0,40}$"
    r"|^(?:da )?(?:em |toi |minh |chi |anh )?"
    r"(?:cam on|cam on|thanks|thank you|tks|ok|oke|vang|da vang|tam biet|bye)\b[^?]{0,40}$"
)


_CHEATING = re.compile(
    r"(?:cach|giup|cho|chi|muon|lam sao).{0,40}(?:sua diem|nang diem|lam (?:\w+ ){0,5}gia\b|lam gia"
    r"|hack|qua mat|giay .{0,20} gia\b)"
    r"|(?:mua|chay|xin) diem|chay (?:truong|lop|suat)|lot tay|hoi lo|(?:thi|diem danh) ho\b|dap an (?:bai|de) thi"
    r"|(?:cho|xin|lo) .{0,10}de thi .{0,20}(?:sap|toi|truoc)|(?:sua|xoa) .{0,30}(?:diem"
    r"|vang)\b.{0,40}(?:giup|thanh|di\b)"
)
_RULES_ABOUT = re.compile(r"bi (?:phat|xu|gi)|xu phat|xu ly|quy dinh|toi danh|phuc khao|khieu nai")
_PRIVATE = (
    r"(?:diem|dia chi|sdt|so dien thoai|luong|hoc phi|no\b|dong tien|hoc lop nao|hoc truong nao|hoc ba|cccd|can cuoc"
    r"|so dinh danh|nghe gi|di hoc|tai khoan|anh|ket qua)"
)
_OTHERS = re.compile(
    rf"{_PRIVATE}.{{0,40}}(?:hang xom|ban cung lop|hoc sinh khac|phu huynh khac|phu huynh ban|nha khac)"
    rf"|(?:hang xom|ban cung lop|hoc sinh khac|phu huynh khac).{{0,40}}{_PRIVATE}"
    r"|(?:danh sach|toan bo|tat ca|xuat).{0,30}(?:so (?:can cuoc|dinh danh|dien thoai)|du lieu"
    r"|thong tin|sdt).{0,30}(?:hoc sinh|phu huynh|lop)"
    r"|(?:other|another|neighbou?r).{0,20}(?:address|grade|phone|score|kid)|all students"
)
_SURE, _LIKELY = 0.5, 0.2
_FALLS_BACK = frozenset({"personal_data", "handover", "unsafe"})
_KIND = {
    "personal_data": Behaviour.PERSONAL_DATA,
    "handover": Behaviour.HANDOVER,
    "danger": Behaviour.HANDOVER,
    "unsafe": Behaviour.UNSAFE,
    "greeting": Behaviour.GREETING,
}


@dataclass(frozen=True, slots=True)
class Screened:
    """What a message is, before any search; `behaviour` ANSWER means: go and search.

    `probability` is 1 for a pattern's verdict; `otherwise` is what it is most likely if the search finds nothing.
    """

    behaviour: Behaviour
    urgent: bool = False
    probability: float = 1.0
    otherwise: Behaviour | None = None


def screen_by_pattern(text: str) -> Screened | None:
    """Judge a canonical message by patterns that are never innocent; None when they say nothing."""
    plain = fold(text)
    cheats = _CHEATING.search(plain) and not _RULES_ABOUT.search(plain)
    if _TRICKS.search(plain) or cheats or _OTHERS.search(plain):
        return Screened(Behaviour.UNSAFE)
    if _GREETING.match(plain.strip(" .!~")):
        return Screened(Behaviour.GREETING)
    return None


def screen(text: str, searcher: Searcher) -> Screened:
    """Judge a canonical message: patterns first, then the intent model; unsure means: search."""
    repaired = searcher.repairer.repair(text) if searcher.repairer else text
    judged = screen_by_pattern(text) or screen_by_pattern(repaired)
    if judged is not None:
        return judged
    vector = searcher.embedder.embed_questions([repaired])[0] if searcher.embedder else None
    shares = load_intents().judge(repaired, vector, searcher.index.model_id)
    if not has_unsafe_cue(repaired):
        shares["unsafe"] = 0.0  # an odd question is no trick; the search will not find it
    label, share = max(shares.items(), key=lambda pair: pair[1])
    if label == "ask" or share < _SURE:
        return Screened(Behaviour.ANSWER, otherwise=_second(shares))
    return Screened(_KIND[label], urgent=label == "danger", probability=share)


def _second(shares: dict[str, float]) -> Behaviour | None:
    """Give the likeliest intent beside asking, where it is likely at all."""
    label, share = max(((k, v) for k, v in shares.items() if k in _FALLS_BACK), key=lambda pair: pair[1])
    return _KIND[label] if share >= _LIKELY else None
