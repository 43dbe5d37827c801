"""The Vietnamese words for guardians, their states, cases and restrictions, as staff read them."""

from __future__ import annotations

from collections.abc import Mapping

from core.guardians.cases.domain import CaseKind
from core.guardians.domain import GuardianshipState, Level, Relation
from core.guardians.machine import Event
from core.guardians.restrictions.domain import RestrictionKind

RELATIONS: dict[Relation, str] = {
    Relation.FATHER: "Cha",
    Relation.MOTHER: "Mẹ",
    Relation.GUARDIAN: "Người giám hộ",
    Relation.COURT_APPOINTED: "Người giám hộ do toà án hoặc UBND cử",
    Relation.GRANDPARENT: "Ông, bà (chỉ xem điểm danh)",
    Relation.BOARDING: "Phụ trách nội trú (chỉ xem điểm danh)",
    Relation.SELF: "Chính học sinh (từ đủ 18 tuổi)",
}
STATES: dict[GuardianshipState, tuple[str, str]] = {
    GuardianshipState.INVITED: ("Chưa liên kết", ""),
    GuardianshipState.CLAIMED: ("Đã nhận mã", "warn"),
    GuardianshipState.DATA_MATCHED: ("Khớp dữ liệu", "good"),
    GuardianshipState.VERIFIED_AT_SCHOOL: ("Đã xác minh tại trường", "good"),
    GuardianshipState.VERIFIED_ONLINE: ("Đã xác minh VNeID", "good"),
    GuardianshipState.EXPIRED: ("Hết hiệu lực", ""),
    GuardianshipState.DISPUTED: ("Đang tranh chấp", "bad"),
    GuardianshipState.REVOKED: ("Đã thu hồi", "bad"),
}
EVENTS: dict[Event, str] = {
    Event.CODE_SENT: "Nhập mã phát trên giấy",
    Event.PHONE_SHARED: "Số điện thoại khớp danh sách",
    Event.CARD_MATCHED: "Mã QR trên thẻ khớp danh sách",
    Event.CODE_HANDED_OVER: "Nhập mã trao tận tay",
    Event.BOUND_AT_KIOSK: "Thẻ và khuôn mặt tại máy của trường",
    Event.STAFF_APPROVED: "Thầy cô duyệt",
    Event.VNEID: "Đăng nhập VNeID",
    Event.CONTESTED: "Có người khiếu nại",
    Event.REVOKED: "Thầy cô thu hồi",
    Event.RAN_OUT: "Hết hạn",
    Event.CAME_OF_AGE: "Học sinh tròn 18 tuổi",
    Event.LEFT_SCHOOL: "Học sinh rời trường",
    Event.ADULT_AGREED: "Học sinh trưởng thành đồng ý",
    Event.INVITED_AGAIN: "Bắt đầu lại",
}
LEVELS: dict[Level, str] = {
    Level.NONE: "Chưa có",
    Level.CLAIMED: "Mức 1",
    Level.MATCHED: "Mức 2",
    Level.VERIFIED: "Mức 3",
}
KINDS: dict[CaseKind, tuple[str, str]] = {
    CaseKind.CLAIM: ("Xin xác minh", ""),
    CaseKind.TWO_CLAIMS: ("Hai người nhận một chỗ", "warn"),
    CaseKind.RESTRICTED: ("Người bị hạn chế", "bad"),
    CaseKind.CONTEST: ("Khiếu nại tài khoản lạ", "warn"),
}
RESTRICTIONS: dict[RestrictionKind, str] = {
    RestrictionKind.SEE: "Không được xem thông tin",
    RestrictionKind.PICK_UP: "Không được đón",
}
MEANS: dict[str, str] = {
    "card_qr": "Quét mã QR trên thẻ",
    "kiosk": "Tại máy của trường",
    "vneid": "VNeID",
    "typed": "Nhập tay",
}


ACTORS: dict[str, str] = {
    "chat": "từ khung chat",
    "device": "máy của trường",
    "system": "hệ thống, theo lịch",
    "vneid": "VNeID",
    "staff": "thầy cô",
}


def actor(text: str, staff: Mapping[str, str]) -> str:
    """Who took a step, as staff read it; members of staff by name.

    >>> actor("staff:1", {"staff:1": "Cô Hoa"}), actor("chat:2", {}), actor("operator", {})
    ('Cô Hoa', 'từ khung chat', 'người vận hành')
    """
    return staff.get(text) or ACTORS.get(text.partition(":")[0], "người vận hành")


def percent(share: float) -> str:
    """A share as people read it, never 100 % before it is all.

    >>> percent(0.9996), percent(1.0), percent(0.125)
    ('99 %', '100 %', '12 %')
    """
    return f"{int(share * 100)} %"
