"""What people say when they mean their own data, or come back from VNeID. Pure; topics and arguments as strings.

Only plain commands count: a question about the law ("có được xóa dữ liệu không?") is one for the knowledge base.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.conversations.domain import FlowState

VNEID, RIGHTS = "vneid", "rights"

CHOICES: dict[str, tuple[str, str]] = {
    "verify.vneid": (VNEID, ""),
    "menu.rights": (RIGHTS, ""),
    "rights.view": (RIGHTS, "view"),
    "rights.consents": (RIGHTS, "consents"),
    "rights.correct": (RIGHTS, "correct"),
    "rights.delete": (RIGHTS, "delete"),
    "rights.delete.yes": (RIGHTS, "delete:yes"),
    "rights.withdraw": (RIGHTS, "withdraw"),
    "rights.withdraw.yes": (RIGHTS, "withdraw:yes"),
    "arrivals.yes": (RIGHTS, "arrivals:yes"),
    "arrivals.no": (RIGHTS, "arrivals:no"),
}
ARGUED: dict[str, tuple[str, str]] = {
    "rights.child": (RIGHTS, "child:"),
    "rights.give": (RIGHTS, "give:"),
    "rights.stop": (RIGHTS, "stop:"),
}
_MY = r"(?: (?:ca nhan|cua (?:toi|em|minh|con(?: toi| em)?|be)))*"
_ASK = r"^(?:toi |em |cho toi |cho em )?(?:muon |xin |yeu cau )?"
_END = r"(?: a| nhe| voi)?$"
_COMMANDS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(rf"{_ASK}(?:xem|tai|lay) du lieu{_MY}{_END}|^du lieu{_MY}{_END}|^my data$"), "view"),
    (re.compile(rf"{_ASK}(?:sua|dinh chinh|chinh sua) (?:du lieu|thong tin){_MY}{_END}"), "correct"),
    (re.compile(rf"{_ASK}xoa (?:het )?(?:du lieu|thong tin){_MY}{_END}|^delete my data$"), "delete"),
    (re.compile(rf"{_ASK}rut (?:lai )?(?:su )?dong y{_END}|^withdraw consent$"), "withdraw"),
    (re.compile(rf"{_ASK}(?:xem )?(?:su )?dong y cua (?:toi|em|minh){_END}|^my consents?$"), "consents"),
    (
        re.compile(
            rf"{_ASK}(?:bao|nhan tin|nhan bao) (?:diem danh|(?:moi )?khi con (?:den|toi) truong){_END}"
        ),
        "arrivals:yes",
    ),
    (
        re.compile(rf"{_ASK}(?:thoi|ngung|dung|khong) (?:bao|nhan tin|nhan bao) diem danh(?: nua)?{_END}"),
        "arrivals:no",
    ),
    (re.compile(r"^(?:quyen rieng tu|du lieu ca nhan|quyen du lieu|privacy)$"), ""),
)
_YES = re.compile(r"^(?:co|vang|da|dong y|ok|co chu|duoc|bao giup|yes)(?: a| nhe| em| ban)*$")
_NO = re.compile(r"^(?:khong|khong can|thoi|khong can dau|de sau|no)(?: a| nhe| em| ban| can)*$")
_VNEID = re.compile(
    r"^(?:xac minh|xac thuc|dang nhap|lien ket) (?:bang |qua |voi )?vneid(?: a)?$|^vneid$|^verify with vneid$"
)
_SIX_DIGITS = re.compile(r"^\s*(\d{3})[\s.-]?(\d{3})\s*$", re.ASCII)


def chosen(code: str) -> tuple[str, str] | None:
    """The topic and argument behind a button; None when it is not one of these.

    >>> chosen("rights.give:1-photos"), chosen("menu.fees")
    (('rights', 'give:1-photos'), None)
    """
    kind, _, argument = code.partition(":")
    if kind in ARGUED:
        return ARGUED[kind][0], ARGUED[kind][1] + argument
    return CHOICES.get(code)


def answered(folded: str, choices: Sequence[str]) -> tuple[str, str] | None:
    """The topic and argument of a plain yes or no, right after it was asked whether to tell of arrivals.

    >>> answered("co a", ("arrivals.yes", "arrivals.no")), answered("co a", ("menu.fees",))
    (('rights', 'arrivals:yes'), None)
    """
    if "arrivals.yes" not in choices:
        return None
    said = "yes" if _YES.match(folded) else "no" if _NO.match(folded) else ""
    return (RIGHTS, f"arrivals:{said}") if said else None


def heard(folded: str, text: str, left: FlowState | None) -> tuple[str, str] | None:
    """The topic and argument of a command, or of an answer to a flow that waits; None when it is neither.

    >>> heard("xem du lieu cua toi", "Xem dữ liệu của tôi", None)
    ('rights', 'view')
    >>> heard("co duoc xoa du lieu khong", "Có được xóa dữ liệu không?", None)
    >>> heard("123 456", "123 456", FlowState("vneid", "code"))
    ('vneid', '123456')
    """
    if left is not None and (left.flow, left.step) == (VNEID, "code"):
        digits = _SIX_DIGITS.match(text)
        if digits:
            return VNEID, digits.group(1) + digits.group(2)
    if _VNEID.match(folded):
        return VNEID, ""
    for pattern, what in _COMMANDS:
        if pattern.match(folded):
            return RIGHTS, what
    if left is not None and (left.flow, left.step) == (RIGHTS, "correct") and len(text.split()) > 1:
        return RIGHTS, "text"
    return None
