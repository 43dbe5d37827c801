"""Makes a follow-up stand on its own: "vậy có mất tiền không ạ" means the thing asked just before.

Rule-based and cheap: the earlier subject is put before the follow-up, nothing is invented.
"""

import re
from collections.abc import Sequence

from rag.understanding.language import in_vietnamese_words, is_english
from rag.values import Turn
from rag.vietnamese.forms import canonical, fold

_OPENING = re.compile(
    r"^(?:da |vang |a |u |ok |uhm |um )*(?:vay|the(?! cancuoc| hoc sinh| bao hiem| bhyt)|con|roi"
    r"|neu|mà|ma|thi|nhung|va|hay|hoac|ngoai ra|what about|and|then|how about)\b"
)
# "con" without marks is "còn" (and what about) or "con" (my child); what follows tells.
_MY_CHILD = re.compile(
    r"^(?:da |vang |a )*con (?:toi|em?|minh|mk|nha|gai|trai|chi|anh|tui|cua|be|lop|hoc|dau|ut|bi|ba|me|co|dang"
    r"|duoc|\d+)\b"
)
_POINTING = re.compile(
    r"\b(?:cai (?:do|nay|day)|(?:viec|thu tuc|giay|the|ho so|don|khoan|muc|quy dinh|truong hop|luat|don|cho) "
    r"(?:do|nay|ay|tren)|nhu (?:vay|the)|(?<!may )no|o do|luc do|that|this|it)\b"
)
_FILLER = frozenset(
    [
        "da",
        "vang",
        "a",
        "ạ",
        "oi",
        "em",
        "anh",
        "chi",
        "cho",
        "hoi",
        "minh",
        "toi",
        "co",
        "thay",
        "la",
        "thi",
        "ma",
        "vay",
        "the",
        "nhe",
        "nha",
        "voi",
        "khong",
        "ko",
        "k",
        "duoc",
        "dc",
        "bao",
        "lau",
        "nhieu",
        "gi",
        "nao",
        "sao",
        "o",
        "dau",
        "ai",
        "may",
        "khi",
        "con",
        "nua",
        "can",
        "phai",
        "mat",
        "tien",
        "phi",
        "le",
        "ngay",
        "gio",
        "trong",
        "xong",
        "nhi",
        "vi",
        "do",
        "nop",
        "lay",
        "luc",
        "nhiu",
        "bn",
        "ntn",
        "hong",
        "hok",
        "hem",
    ]
)
_ABOUT_ANYTHING = frozenset({
    "bat", "buoc", "giay", "to", "ho", "so", "thu", "tuc", "mien", "quy", "dinh", "lam", "lai", "han",
    "them", "khac", "tiep", "theo", "cach", "nhu", "mot", "hai", "ca", "hay", "hoac", "truoc",
    "sau", "som", "muon", "xa", "gan", "cu", "moi", "dung", "sai", "nhieu", "it", "lop", "cap", "khoi",
    "tuoi", "nam", "thang", "truong", "nay", "kia", "chua", "roi", "het", "duoi", "tren", "du", "tu", "online",
    "hom",
})  # fmt: skip
"""What may be asked of any matter: a follow-up of these words alone has no matter of its own."""
_MATTERS_WITH_MARKS = frozenset({"thẻ"})
"""Words that are filler only without their marks ("thế")."""
_ASKING = re.compile(
    r"(?:[\s,]*(?<!\w)(?:ở đâu|o dau|(?:như )?thế nào|the nao|ra sao|bao lâu|bao lau|bao nhiêu(?: tiền)?"
    r"|bao nhieu|khi nào|khi nao|là gì"
    r"|cần (?:những )?(?:giấy tờ |hồ sơ )?gì|can (?:giay to )?gi|được không|không|khong|vậy|ạ|a|nhỉ|hả)?[\s?.!]*)+$",
    re.IGNORECASE,
)
_LINK = re.compile(r"^(?:(?:dạ|da|vậy|vay|thế|the|rồi|roi|mà|ma|nhưng|and|then)[\s,]+)+", re.IGNORECASE)
_CORRECTING = re.compile(  # "no, she is in grade 5": folded
    r"^(?:da |vang |a |o |ua )*(?:khong phai|khong|nham|sorry|xin loi|no)(?: roi| a)?(?:,| la)? "
    r"(?:(?:chau|con|be|no|em|minh|toi) (?:la |hoc |moi )*)?(?:(?:lop|khoi|grade) \d{1,2}|\d{1,2} (?:tuoi|t\b))"
)
_ABOUT_THE_CHILD = re.compile(  # that it is so old, in such a grade or born then, and nothing else: folded
    r"^(?:da |a )*(?:(?:con|chau|be|em|no)(?: nha \w+| toi| em)? (?:la |moi |hoc |dang )*)?"
    r"(?:sinh (?:ngay |thang |nam )*\d[\d /.-]*|\d{1,2} ?(?:tuoi|t)|(?:hoc |len )*lop \d{1,2}[a-z]?)(?: a| nhe)*$"
)
_VALUES = {
    "grade": re.compile(r"(?:lớp|lop|khối|khoi|grade) \d{1,2}", re.IGNORECASE),
    "age": re.compile(r"\d{1,2} ?(?:tuổi|tuoi|t\b)", re.IGNORECASE),
}
_COUNTERPARTS = (  # of which a follow-up may name the other one: "thế tạm trú thì mấy ngày"
    *_VALUES.values(),
    re.compile(r"(?:thường|tạm) trú|(?:thuong|tam) tru\b", re.IGNORECASE),
    re.compile(
        r"(?:trường )?(?:công lập|tư thục|dân lập)|trường (?:công(?! an)|tư)\b"
        r"|(?:truong )?(?:cong lap|tu thuc|dan lap)|truong (?:cong(?! an)|tu)\b",
        re.IGNORECASE,
    ),
    re.compile(r"(?:cấp|cap) [1-3]\b|tiểu học|tieu hoc|thcs|thpt", re.IGNORECASE),
    re.compile(r"(?:mức|muc) (?:độ |do )?[12]\b", re.IGNORECASE),
    re.compile(r"(?:cùng|khác) tỉnh|(?:cung|khac) tinh", re.IGNORECASE),
)
_COMPARES = re.compile(r"\b(?:dat|mac|re|ton|nhanh|lau|cham|som|nhieu|it|kho|de) hon\b")
_BOTH = re.compile(r"\b(?:khac|giong|hon|so voi|lan|hay|va|voi|hoac)\b")  # speaks of both: folded
_ANOTHER = re.compile(r"\b(?:chuyen|viec|cau|van de) khac\b|\banother (?:question|thing|matter)\b")
_CURT, _SHORT, _CONTENT = 6, 9, 3


def is_follow_up(text: str) -> bool:
    """Tell whether a canonical question leans on something said before."""
    plain = fold(text).replace("can cuoc", "cancuoc card")  # two words of content; "can" alone is a filler
    words = re.findall(r"[^\W_]+", plain)
    content = [word for word in words if word not in _FILLER]
    telling = [word for word in content if word not in _ABOUT_ANYTHING]
    if _ANOTHER.search(plain):
        return False
    if _corrects(text) or _ABOUT_THE_CHILD.match(plain):
        return True
    if len(words) <= _SHORT and words[-2:] == ["thi", "sao"] and not names_a_matter(text):
        return True
    if _POINTING.search(plain) and len(content) < 2 * _CONTENT:
        return True
    if _OPENING.match(plain) and not _is_about_my_child(text, plain) and len(words) <= 2 * _SHORT:
        return len(telling) <= 2 * _CONTENT
    curt = len(words) <= _CURT and len(telling) < _CONTENT  # or a new question: see is_curt
    return curt or (len(words) <= _SHORT and (len(content) < _CONTENT or bool(_COMPARES.search(plain))))


def is_curt(text: str) -> bool:
    """Tell whether a follow-up is one for its few words alone, so that it may as well begin another matter.

    >>> is_curt("số định danh là gì"), is_curt("thế mức 2 thì sao"), is_curt("mất bao lâu")
    (True, False, False)
    """
    plain = fold(text)
    words = re.findall(r"[^\W_]+", plain)
    few = len(words) <= _CURT and len([word for word in words if word not in _FILLER]) >= 2
    return (
        few
        and words[-2:] != ["thi", "sao"]
        and not (_OPENING.match(plain) or _POINTING.search(plain) or _COMPARES.search(plain))
    )


def names_a_matter(text: str) -> bool:
    """Tell whether a canonical follow-up says itself what it is about, so that it may be searched for alone.

    >>> names_a_matter("vậy còn ai được đón con"), names_a_matter("thế có bắt buộc không"), names_a_matter("còn lớp 9?")
    (True, False, False)
    """
    return bool(matter_of(text))


def matter_of(text: str) -> frozenset[str]:
    """Give the folded words by which a follow-up says itself what it is about.

    >>> sorted(matter_of("đến trễ thì sao")), sorted(matter_of("thế mất thẻ thì sao"))
    (['den', 'tre'], ['the'])
    """
    words = (word for word in re.findall(r"[^\W\d_]+", text.lower()))
    return frozenset(
        plain
        for word in words
        if (plain := fold(word)) not in _FILLER | _ABOUT_ANYTHING or word in _MATTERS_WITH_MARKS
    )


def _corrects(text: str) -> bool:
    return bool(_CORRECTING.match(fold(text)))


def _is_about_my_child(text: str, plain: str) -> bool:
    return bool(_MY_CHILD.match(plain)) and not re.match(r"^(?:\w+ ){0,2}còn\b", text, re.IGNORECASE)


def stand_alone(text: str, history: Sequence[Turn]) -> str:
    """Give the question so that it can be searched alone; what the last full question is about stands before it.

    >>> stand_alone("vậy có mất tiền không ạ", (Turn("user", "Làm lại thẻ căn cước bị mất ở đâu?"),))
    'Làm lại thẻ căn cước bị mất có mất tiền không ạ'
    >>> stand_alone("thế tạm trú thì mấy ngày", (Turn("user", "đăng ký thường trú ở đâu?"),))
    'đăng ký tạm trú tạm trú thì mấy ngày'
    >>> stand_alone("à không, cháu lớp 5", (Turn("user", "học phí lớp 9 bao nhiêu"),))
    'học phí lớp 5 bao nhiêu'
    """
    if not is_follow_up(text):
        return text
    child = ""
    for at in range(len(history) - 1, -1, -1):
        earlier = canonical(history[at].text)
        if history[at].role != "user" or not earlier:
            continue
        if _ABOUT_THE_CHILD.match(fold(earlier)):
            child = child or f"{earlier} "
            continue
        if _corrects(earlier):
            earlier = stand_alone(earlier, history[:at])
        elif is_follow_up(earlier) and not _is_a_bare_matter(earlier, history[:at]):
            continue
        if _corrects(text):
            return _corrected(earlier, text)
        about = earlier if is_english(text) or not is_english(earlier) else in_vietnamese_words(earlier)
        about = _of_the_other(about, text)
        return f"{_ASKING.sub('', about)} {child}{_LINK.sub('', text)}"
    return text


def _is_a_bare_matter(text: str, before: Sequence[Turn]) -> bool:
    """Tell whether a few words name what the talk is about, nothing whole having been asked before ("căn cước")."""
    asked = (canonical(turn.text) for turn in before if turn.role == "user")
    return names_a_matter(text) and not any(one and not is_follow_up(one) for one in asked)


def _of_the_other(earlier: str, text: str) -> str:
    """Give the earlier question asked of what a follow-up names instead, where it does not speak of both."""
    if _BOTH.search(fold(text)):
        return earlier
    for kind in _COUNTERPARTS:
        named, before = kind.search(text), {found.lower() for found in kind.findall(earlier)}
        if named and len(before) == 1:
            earlier = kind.sub(named.group(), earlier)
    return earlier


def _corrected(earlier: str, text: str) -> str:
    """Give the earlier question with the grade or age that was meant; the correction behind it where it names none."""
    for kind in _VALUES.values():
        meant = kind.search(text)
        if meant and kind.search(earlier):
            return kind.sub(meant.group(), earlier, count=1)
    return f"{_ASKING.sub('', earlier)} {text}"
