"""The words of what an entry of the audit trail tells beside its action: codes and counts, in one line."""

from __future__ import annotations

from collections.abc import Mapping

from core.broadcasts.domain import Kind
from core.console import calendar_texts, desk_texts, fee_texts, guardian_texts, privacy_texts, texts
from core.fees.domain import MatchOutcome

NAMES: dict[str, str] = {
    "added": "thêm",
    "changed": "đổi",
    "unchanged": "giữ nguyên",
    "refused": "chưa nhập",
    "guardians_added": "thêm người giám hộ",
    "guardians_changed": "đổi người giám hộ",
    "rooms": "phòng",
    "renumbered": "đổi số",
    "moved": "chuyển phòng",
    "dropped": "bỏ",
    "retimed": "đổi giờ",
    "starts": "bắt đầu",
    "ends": "kết thúc",
    "candidates": "thí sinh",
    "entries": "mục",
    "pupils": "học sinh",
    "amount": "số tiền",
    "reachable": "gửi được",
    "taken_back": "rút lại",
    "minutes": "phút",
    "role": "vai trò",
    "method": "cách",
    "decision": "kết quả",
    "reason": "lý do",
    "purpose": "mục đích",
    "kind": "loại",
    "means": "bằng",
    "before": "trước",
    "after": "sau",
    "evidence": "căn cứ",
    "relation": "quan hệ",
    "until": "đến hết",
    "restriction": "hạn chế số",
    "stage": "bậc",
    "urgency": "mức",
    "questions": "câu hỏi",
    "why": "vì",
    "per_minute": "mỗi phút",
    "per_day": "mỗi ngày",
    "outcome": "kết quả",
    "source": "từ",
    "applied": "ghép",
    "released": "tiền chờ xử lý",
    "invoice": "khoản thu số",
    "looks": "ảnh mẫu",
    "model": "bộ nhận dạng",
    "version": "bản lời hỏi",
    "audience": "gửi tới",
    "left": "còn lại",
    "given": "có",
    "ended": "phiên",
    "content": "nội dung",
    "first_on": "từ ngày",
    "last_on": "đến hết",
    "lessons": "có học",
    "awaited": "dự kiến đến",
    "came": "đã đến",
}
_STATES = {code.value: words for code, (words, _) in guardian_texts.STATES.items()}
_VALUES: dict[str, dict[str, str]] = {
    "decision": {code.value: words for code, words in texts.DECISIONS.items()},
    "reason": {code.value: words for code, words in texts.REASONS.items()}
    | desk_texts.HANDOVER_REASONS
    | {code.value: words for code, words in fee_texts.REASONS.items()},
    "role": {code.value: words for code, words in texts.ROLES.items()},
    "method": {code.value: words for code, words in texts.METHODS.items()},
    "relation": {code.value: words for code, words in guardian_texts.RELATIONS.items()},
    "before": _STATES,
    "after": _STATES,
    "purpose": {code.value: words for code, words in privacy_texts.PURPOSES.items()},
    "kind": {code.value: desk_texts.BROADCAST_KINDS[code] for code in Kind}
    | {code.value: words for code, words in calendar_texts.KINDS.items()},
    "lessons": {"yes": "có", "no": "không", "": "chưa ghi"},
    "audience": {code.value: words for code, words in desk_texts.AUDIENCES.items()},
    "urgency": {"normal": "thường", "emergency": "khẩn"},
    "why": {"answered": "đã soạn câu trả lời", "dismissed": "bỏ qua"},
    "outcome": {
        MatchOutcome.APPLIED.value: "đã ghép",
        MatchOutcome.UNMATCHED.value: "chưa ghép",
        MatchOutcome.DUPLICATE.value: "đã ghi trước đó",
        MatchOutcome.WITHDRAWN.value: "khoản đã thu hồi",
    },
}


def details(found: Mapping[str, str | int]) -> str:
    """The codes and counts of an entry in one line; what is nought is left out.

    >>> details({"added": 3, "moved": 0, "decision": "refused"})
    'thêm: 3, kết quả: Không cho qua'
    """
    return ", ".join(
        f"{NAMES.get(name, name)}: {_VALUES.get(name, {}).get(str(value), value)}"
        for name, value in found.items()
        if value != 0
    )
