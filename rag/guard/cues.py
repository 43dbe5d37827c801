"""Cue words of intents: what people write when they mean their own child's record, people, danger, or a trick.

Patterns read folded text (names are read in the text as written). They are features of the intent model, not verdicts;
the few that are verdicts stand in `rag.guard.screen`.
"""

import re

from rag.vietnamese.forms import fold

_OWN = (
    r"(?:con|chau|be|nhoc) (?:toi|em|minh|nha|chi|anh|me|bo|gai|trai)\b|cua (?:con|chau|be)\b"
    r"|con (?:hoc|lop)|\bmy (?:child|son|daughter|kid)"
)
_RECORD = (
    r"diem|hoc ba|hanh kiem|ket qua|xep loai|so bao danh|phong thi|ca thi|lich thi|vang|den lop|den truong|vao lop"
    r"|khoan thu|no tien|con no|da dong|dong chua|nop chua|da nop|hoa don|dong tien|thoi khoa bieu|ma thanh toan|ma qr"
    r"|score|grades|attendance|absent|owe|invoice|paid"
)
_FOLDED = (
    _OWN,
    _RECORD,
    rf"(?:{_OWN}).{{0,40}}(?:{_RECORD})|(?:{_RECORD}).{{0,40}}(?:{_OWN})",
    r"con no|no bao nhieu|(?:dong|nop|toan|nhan|duyet|xong)(?: duoc| tien| hoc phi)? chua|da (?:dong|nop|den|vao|ve)\b|roi a\b",
    r"hom nay|sang nay|chieu nay|ky nay|thang nay|vua roi|hom qua|hien tai|tuan truoc|today|this (?:month|term)",
    r"(?:gap|noi chuyen|lien he|lien lac|ket noi|chuyen may|noi may|goi lai|hen)\b.{0,30}"
    r"(?:nguoi|co\b|thay|nhan vien|can bo|hieu|ban giam|van phong|gvcn|tu van|toi)",
    r"khieu nai|to cao|phan anh|buc xuc|khong hai long|phan nan|that vong|lam an|khong dong y|phan doi|yeu cau|qua te"
    r"|complain|talk to a|real person|speak to",
    r"thu tuc|quy dinh|the nao|o dau|bao lau|can (?:gi|nhung gi|giay)|co duoc|la gi|dieu kien|luat|muc phat|lam sao",
    r"khong thay|mat tich|chua (?:ve|thay)|di lac|bi lac|bat coc|mat lien lac|that lac|missing|kidnap|did not come",
    r"bi (?:\w+ ){0,3}(?:danh|dam|tat|chem|xam hai|sam so|hanh ha|bao hanh|de doa|doa|bat nat|ngat|thuong|tai nan|nhot)"
    r"|danh con|co giat|tu tu|muon chet|tu lam dau|chay mau|ngo doc|cap cuu|cam dao|co dao|chay no|co chay|kho tho|bat tinh"
    r"|muon song|lan can|ga gam|ranh rap|bam tim|doa giet|bleeding|hurt|beat|suicide|emergency",
    r"hang xom|cung lop|hoc sinh khac|phu huynh khac|nha ben|nha khac|nguoi khac|ban gai cu|chong cu|vo cu"
    r"|con (?:cua |nha )?(?:chi|anh|co|chu|ong|ba) |tat ca hoc sinh|toan bo|hoc sinh nao|other (?:student|child|parent|famil)"
    r"|another (?:student|child|famil)|neighbo|all students",
    r"mat khau|password|token|khoa (?:api|bi mat)|ma nguon|source code|co so du lieu|database|quan tri|admin|hack|toi la (?:hieu|cong an)",
    r"lam gia|gia mao|(?:giay to|bang|hoc ba|khai sinh|bac si) gia\b|sua diem|nang diem|mua diem|chay truong|chay diem|chay lop|hoi lo|lot tay|qua mat|diem danh ho|thi ho"
    r"|dap an|de thi|xoa |bia giup",
    r"(?:so dien thoai|sdt|dia chi|so dinh danh|cccd|can cuoc|khuon mat|anh|luong|tai khoan|so rieng).{0,25}"
    r"(?:cua (?:co|thay|ban|me|bo|chau|em|hoc sinh|phu huynh|hieu)|hoc sinh|lop|nha co|nha thay)|so dien thoai rieng",
    r"^(?:da |em |a )*(?:xin )?(?:chao|cam on|hello|hi|alo|thanks|tam biet|ok|vang|bye|u)\b|cam on|thank",
    r"\[(?:so|day|email)",
    r"^(?:ban|em) (?:la ai|giup duoc|lam duoc)|nguoi hay may",
    r"bi (?:phat|xu)|xu phat|xu ly the nao|nha truong phai lam gi|co can|bat buoc|phai lam gi",
)
_WRITTEN = (
    r"(?:[Bb]ạn|[Cc]háu|[Ee]m|[Cc]ô|[Tt]hầy|[Cc]hị|[Aa]nh|[Bb]é|[Hh]ọc sinh|[Pp]hụ huynh) (?!Zalo|VN)[A-ZĐÁÀÂÊÔƠƯ][a-zà-ỹ]+",
    r"lớp \d{1,2}[A-ZĐ]",
)
_UNSAFE = slice(10, 14)  # the cues of others, secrets, cheating, and whose number or address
_CUES = tuple(re.compile(pattern) for pattern in _FOLDED)
_NAMED = tuple(re.compile(pattern) for pattern in _WRITTEN)
_WEIGHT = 1.5


def cues_in(text: str) -> list[float]:
    """Give one number a cue: its weight where a canonical text holds it, else 0."""
    plain = fold(text)
    found = [cue.search(plain) for cue in _CUES] + [name.search(text) for name in _NAMED]
    return [_WEIGHT if hit else 0.0 for hit in found]


def has_unsafe_cue(text: str) -> bool:
    """Tell whether anything in a canonical text points at others' data, secrets or cheating."""
    plain = fold(text)
    return any(cue.search(plain) for cue in _CUES[_UNSAFE]) or bool(_NAMED[0].search(text))
