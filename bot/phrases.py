"""What people type, as patterns over folded text: one for each thing that the router knows. Pure data.

Case, diacritics and teen-code are folded away before (`bot.folding`); which pattern counts when is the router's.
"""

# ruff: noqa: E501 - a list of phrases is easier to mend when it is not broken into pieces
from __future__ import annotations

import re

CHILD = r"(?:con|be|chau|em|hoc sinh|nhoc|my (?:son|daughter|child|kid))"
_MINE = r"(?<!cua )\b(?:con|be|chau|nhoc)(?: (?:toi|em|minh|nha (?:toi|em|minh)|gai|trai|bi))*"
_END = r"(?: (?:a|nua|co|thay|oi|em|truong|la sao|sao|roi|voi|giup em))*$"
DANGER = re.compile(
    rf"{_MINE}\b.{{0,25}}\bchua (?:thay )?ve(?:(?: den| toi)? nha\b|{_END})|{_MINE}\b.{{0,25}}\bkhong thay (?:ve|dau)\b"
    rf"|{_MINE}(?: \w+)? mat tich\b|{_MINE} (?:(?:that )?lac(?: (?:o|tai|trong|giua|khong)\b|{_END}))|{_MINE} (?:\w+ ){{0,2}}bat coc\b"
    rf"|{_MINE} (?:\w+ ){{1,4}}danh(?: (?:o|tai|sung|bam|chay|gay|hoi dong|dap|ngay|vao|bang|truoc|sau)\b|{_END})"
    r"|\bcuu (?:(?:em|toi|con|chau) )?voi\b|\bho gap nan\b|\b(?:can|goi) (?:xe )?cap cuu(?: (?:gap|ngay|giup|cho|em|voi)\b|$)|^cap cuu(?: (?:voi|gap|ngay|a))?$|\b(?:doi|dinh|muon) tu (?:sat|tu(?= (?:a|co|oi)\b|$))"
    r"|\bmy (?:son|daughter|child|kid) (?:is|was|has been|got) (?:missing|kidnapped|being beaten|beaten)\b"
)
"""What whole words say plainly, so that it is heard even where nothing thinks about it; the intent model knows the rest."""
PERSON = re.compile(
    r"\b(?:gap|noi chuyen voi|lien he|lien lac|chuyen (?:cho|toi|den|qua)|xin gap|cho gap|cho .{0,12}gap|ket noi)\b.{0,20}"
    r"\b(?:nguoi(?: that)?|nhan vien|can bo|co giao|thay giao|giao vien|chu nhiem|van phong|nha truong|tu van|hieu truong|ban giam hieu)\b"
    r"|\b(?:nguoi that|nhan vien dau|khong muon noi chuyen voi may|talk to (?:a |the )?(?:human|person|staff|someone)|real person|human agent)\b"
    r"|\btu van vien\b"
)
MACHINE = re.compile(
    r"\b(?:co phai|phai|la|hay) (?:la )?(?:nguoi that|bot|robot|chatbot|may tra loi)\b.{0,20}\b(?:khong|ha|a|hay|vay|the|sao)\b"
    r"|\b(?:(?:nguoi(?: that)?|bot) hay (?:la )?may|(?:may|bot) hay (?:la )?nguoi|ai (?:lam|tao) ra (?:em|may|ban|bot))\b"
    r"|^(?:em|ban|ad|day|may) la (?:may|nguoi)(?: that)?(?: (?:a|ha|khong|phai khong|dung khong))*$"
    r"|\bare you (?:a |an )?(?:real |actual )?(?:robot|bot|human|machine|person|ai)\b"
)
"""Asks whether a machine answers here; it wants to know, not yet to be passed on."""
ANGER = re.compile(
    r"\b(?:buc minh|buc xuc|buc qua|qua te|te qua|vo trach nhiem|that vong|bot ngu|tuc (?:dien|minh|qua di)|dien (?:qua di|tiet)|lam an (?:kieu gi|gi (?:ky|cham|lau|the|vay)))\b"
    r"|\b(?:mat day|do ngu|qua dang|lua dao)(?: (?:a|qua|that|the|vay|roi|lam|nhe))*$|^(?:(?:toi|em|chi|anh) )?(?:muon |phai |se )*(?:khieu nai|to cao)(?: (?:nha truong|truong|co giao|thay giao))?$"
    r"|^(?:may|bot|em|ban|ad|e) (?:chang|khong) (?:hieu|biet) gi (?:het|ca|luon|the)\b|\b(?:useless|ridiculous|unacceptable)\b|\bi (?:want|would like) to complain\b"
)
POLICY = re.compile(
    r"\b(?:mien|giam|quy dinh|nghi dinh|thong tu|ho tro|luat|theo quy|duoc thu|co duoc|co phai|thu tuc|bao hiem|dong phuc|la gi|the nao|o dau)\b"
)
MONEY = re.compile(
    r"\b(?:khoan thu|hoc phi|tien|no|phi|dong tien|thanh toan|chuyen khoan|fees?|owe|tuition|invoice)\b"
)
OWED = re.compile(
    rf"\b(?:con no|no (?:tien|khoan|hoc phi|bao nhieu|gi|truong)|khoan thu cua|(?:chua|da) (?:dong|nop|thanh toan)|phai (?:dong|nop)|can (?:dong|nop)"
    rf"|(?:chuyen khoan|dong tien|nop tien) roi\b|van (?:bao |con )?no\b|con (?:phai )?(?:dong|nop|thieu)|dong (?:them )?bao nhieu|nop bao nhieu|han (?:dong|nop)|tien (?:hoc|an|ban tru|truong)? ?(?:cua )?{CHILD}"
    rf"|hoc phi (?:cua )?{CHILD}|khoan thu nao|cac khoan thu|(?:hoc phi|tien hoc|tien an) (?:cua )?(?:thang|ky|dot|hoc ky) (?:nay|[0-9]{{1,2}})|xem (?:lai )?(?:cac )?khoan thu|khoan thu {CHILD}|(?:dong|nop) (?:tien|hoc phi) (?:bang cach nao|kieu gi|cho {CHILD})|how much .{{0,20}}\bfees?|ma thanh toan|ma qr|do i owe|pay (?:the |my |school )?fees?|fees? (?:of|for) my|my fees|outstanding)\b|^(?:khoan thu|fees?)(?: a| nhe| voi)?$"
)
ARRIVED = re.compile(
    rf"\b(?:diem danh|{CHILD} .{{0,25}}(?:den|toi|vao|di|co mat o) (?:truong|lop|hoc)(?: .{{0,12}})?(?: chua| khong| luc nao| may gio)"
    r"|(?:be|chau|nhoc|thang) .{0,12}(?:den|toi) chua|(?:den|toi|vao) (?:truong|lop) (?:chua|luc may gio|luc nao|may gio)|vao lop chua|di hoc chua|di hoc muon|my (?:son|daughter|child|kid) (?:at|in|arrived at|come to) school|arrived at school|at school yet|attendance)\b"
)
ABOUT_ARRIVING = re.compile(
    r"\b(?:duoc khong|dang ky|mang|bat buoc|quy dinh|khuon mat|van tay|luu|du lieu|hinh anh|quen the|mat the|khong (?:mang|co|dem) the|bi (?:phat|tru)|tuoi|co phai|co can|la gi|hoat dong"
    r"|vao lop [0-9]{1,2}|hoc lop [0-9]{1,2} (?:duoc|chua|khong))\b"
)
"""A question about how arrivals are taken, or about enrolment: not about today's."""
CHILDREN = re.compile(
    r"^(?:con cua (?:toi|em|minh|tui)|con toi|con em|thong tin (?:cua )?con(?: toi| em| minh)?|xem thong tin con(?: toi| em)?|my (?:child|children|kids?))$"
    r"|\b(?:xac minh phu huynh|lien ket (?:phu huynh|voi con|tai khoan|con)|xac thuc phu huynh|verify guardian)\b"
)
_HOMEROOM = r"(?:(?:co giao|thay giao|giao vien|thay co|co|thay) )?chu nhiem"
_WHOSE = rf"(?:(?: cua)?(?: lop(?: cua)?| {CHILD}| [0-9]{{1,2}} ?[a-z][0-9]?| toi| minh| nha em| ten [a-z ]{{2,30}}))*"
TEACHER = re.compile(
    rf"\b(?:(?:so|so dien thoai|dien thoai|thong tin|dia chi)(?: lien he| lien lac)?|(?:so )?zalo|ten)(?: cua)? {_HOMEROOM}\b"
    rf"|\b{_HOMEROOM}{_WHOSE} (?:la (?:ai|co nao|thay nao|co gi|thay gi)|ten (?:la )?gi|so (?:dien thoai )?(?:bao nhieu|may|la bao nhieu|la gi))\b"
    rf"|\bai (?:la |lam |dang )*{_HOMEROOM}\b(?! (?:thi|thay|duoc|co quyen|phai))"
    r"|\bwho is (?:my |the )?(?:(?:child|son|daughter|kid)(?: ?s)? )?(?:homeroom|class|form) teacher\b"
    r"|\b(?:homeroom|class|form) teacher(?: ?s)? (?:phone|number|name|contact)\b"
)
"""Who the homeroom teacher is and how to reach them; what one is for, or may do, is a question for the knowledge base."""
VERIFY = re.compile(
    r"^(?:toi |em |cho toi |cho em )?(?:muon )?(?:xac minh|xac thuc)(?: phu huynh| nguoi giam ho| tai khoan| lai)?(?: a| nhe)?$|^verify(?: me| guardian)?$"
    r"|^(?:lam sao|lam the nao|cach|huong dan|muon)(?: de)? (?:xac minh|xac thuc)(?: la)?(?: phu huynh| nguoi giam ho| tai khoan)?(?: a)?$"
    r"|^(?:xac minh|xac thuc)(?: phu huynh| nguoi giam ho| tai khoan)? (?:nhu the nao|the nao|ra sao|o dau|lam sao)(?: a| vay)?$|^quet ma (?:qr )?(?:tren )?the$"
)
CODE = re.compile(
    r"\bma (?:lien ket|lk)\b.{0,25}\b(?:la gi|o dau|lay|xin|mat|het han|the nao|lam sao)\b|\b(?:chua co|khong co|mat|quen|xin|lay) ma (?:lien ket|lk)\b"
    r"|\b(?:chua co|khong co|mat|quen) ma$|^ma (?:da |bi )*het han\b|\b(?:me|bo|ba|chong|vo)(?: (?:no|be|chau|con|toi|em))* (?:dang )?(?:giu|cam) ma\b"
    r"|\b(?:vo chong|chong|vo|bo me|ca hai)(?: \w+){0,2} (?:cung |deu )(?:nhan|xem)(?: duoc)? (?:tin|thong bao)\b"
    r"|\b(?:lam sao|lam the nao|cach nao|bang cach nao)(?: de)? nhan (?:duoc )?(?:tin|thong bao)\b|\blink code\b.{0,25}\b(?:what|lost|expired|get)\b|\b(?:no|lost|get|what is) (?:a |my |the )?link code\b"
)
"""How somebody gets to be linked: what the code is, that it is not there, whether both parents may have one."""
MENU = re.compile(
    r"^(?:menu|bat dau|start|help|tro giup|huong dan|quay lai|ve dau|trang chu|0|hi|hello|hey|alo|chao|xin chao(?: a)?|chao (?:ban|em|bot|ad|nha truong|truong|co|thay|anh|chi|mn|moi nguoi)(?: a)?|em chao .{1,12}|huy|thoat|back)$"
)
UNLINK = re.compile(r"\b(?:(?:huy|bo|go) (?:lien ket|xac minh)|unlink)\b")
LINK = re.compile(
    r"^(?:lk|ma|code|ma lien ket|ma lk|lien ket|ma cua (?:toi|em)(?: la)?|link)[\s:.\-]*([0-9a-z]{4}[\s.\-–]?[0-9a-z]{4})$"
)
BARE_CODE = re.compile(r"^(?=.*[0-9])([0-9a-z]{4}[\-–]?[0-9a-z]{4})$")
MAYBE_CODE = re.compile(r"^(?:[0-9a-z\-–]{6,12}|(?=.*[0-9])[0-9a-z]{4} [0-9a-z]{4})$")
PREFERENCES = re.compile(
    r"\b(?:cai dat|tuy chon|chon cach|doi cach|chinh)(?: cach)?(?: nhan)? (?:tin|thong bao)\b|\b(?:tat|huy|ngung|dung gui|dung nhan|bot|it|gom|gop|khong muon nhan|khong nhan)"
    r"(?: bot| het| cac| nhung| nhieu| gui| lai)* (?:thong bao|tin nhan|tin bao)\b|\b(?:notification settings|message settings|daily digest|unsubscribe|mute|stop sending)\b"
)
HOW = re.compile(
    r"^(?:luc |vao )?([0-9]{1,2})(?: ?(?:h|gio|:00|g))?(?: (toi|chieu|sang|trua|pm|am))?(?: a)?$"
)
HOW_WORDS = {
    "bao ngay": "now", "ngay": "now", "gui ngay": "now", "at once": "now", "now": "now",
    "gop": "digest", "gop lai": "digest", "moi ngay": "digest", "daily": "digest", "once a day": "digest",
    "tat": "off", "khong nhan": "off", "thoi": "off", "off": "off", "not at all": "off",
}  # fmt: skip
RESUME = re.compile(r"^(?:tiep tuc|lam tiep|tiep|continue|resume|go on)(?: di| nhe| a| nha| viec dang lam)*$")
ENGLISH = re.compile(r"^(?:english|tieng anh|en|speak english|in english)(?: please)?$")
VIETNAMESE = re.compile(r"^(?:vietnamese|tieng viet|vi)(?: please)?$")
RIGHT = re.compile(
    r"^(?:dung y|dung (?:y )?(?:roi|qua)|huu ich|tra loi dung|helpful|👍.{0,12})(?: a| roi| lam)*$"
)
USELESS = re.compile(r"^(?:khong huu ich|khong giup duoc gi|not helpful|👎.{0,20})(?: a)?$")
WRONG = re.compile(
    r"^(?:chua dung(?: y)?|khong dung(?: y)?|sai(?: roi| bet)?|tra loi sai(?: roi)?|cau tra loi (?:chua dung|khong dung|sai)|not right|wrong)(?: a| roi)*$"
)
YES = re.compile(r"^(?:da |vang )?(?:co|vang|dung|dung roi|phai|u|ok|oke|yes)(?: (?:a|em|e|roi|nhe))*$")
YES_OR_NO = re.compile(
    r"^(?:(?:da|vang|u|um|ok|oke|co|dung|dung roi|khong|khong can|duoc|roi|yes|no|thanks?|thank you|cam on)"
    r"(?: (?:a|em|co|thay|nhe|nha|chi|anh|nhieu|roi|oi|vang))*(?: |$))+$"
)
NUMBER = re.compile(
    r"^(?:(?:tra loi|chon|so|muc|option|chon so|chon muc|y) )?([0-9]{1,2}|mot|hai|ba|bon|nam|sau)(?: a| nhe| nha)?$"
)
WORDS = {"mot": 1, "hai": 2, "ba": 3, "bon": 4, "nam": 5, "sau": 6}
