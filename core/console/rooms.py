"""The rooms in the order of the navigation, each with the right that opens it. Pure."""

from __future__ import annotations

from core.staff.domain import Right, Staff

MOST_IN_BAR = 6
ROOMS: tuple[tuple[str, str, Right], ...] = (
    ("/console/", "Điểm danh hôm nay", Right.SEE_DAY),
    ("/console/handovers", "Bàn trực", Right.ANSWER_GUARDIANS),
    ("/console/broadcasts", "Thông báo", Right.SEND_BROADCASTS),
    ("/console/classes", "Lớp", Right.SEE_PUPILS),
    ("/console/guardians", "Phụ huynh", Right.SEE_GUARDIANS),
    ("/console/fees", "Khoản thu", Right.SEE_FEES),
    ("/console/exams", "Kỳ thi", Right.SEE_EXAMS),
    ("/console/reports", "Báo cáo tháng", Right.SEE_REPORTS),
    ("/console/import", "Nhập danh sách", Right.IMPORT_STUDENTS),
    ("/console/calendar", "Lịch trường", Right.MANAGE_CALENDAR),
    ("/console/health", "Tình trạng máy", Right.SEE_HEALTH),
    ("/console/devices", "Thiết bị", Right.MANAGE_DEVICES),
    ("/console/deliveries", "Tin nhắn", Right.SEE_DELIVERIES),
    ("/console/questions", "Câu hỏi", Right.WRITE_ANSWERS),
    ("/console/passages", "Câu trả lời", Right.WRITE_ANSWERS),
    ("/console/api-keys", "Khoá API", Right.MANAGE_API_KEYS),
    ("/console/consents", "Sự đồng ý", Right.SEE_CONSENTS),
    ("/console/requests", "Yêu cầu dữ liệu", Right.HANDLE_REQUESTS),
    ("/console/staff", "Nhân viên", Right.MANAGE_STAFF),
    ("/console/audit", "Nhật ký", Right.SEE_AUDIT),
)


def open_to(staff: Staff) -> tuple[tuple[str, str], ...]:
    """Address and name of the rooms that somebody may enter."""
    return tuple((path, name) for path, name, right in ROOMS if staff.may(right))


def arranged(staff: Staff) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    """The rooms that stand in the bar, and those behind "Phòng khác": a bar of one line at 1024 pixels."""
    mine = open_to(staff)
    return (mine, ()) if len(mine) <= MOST_IN_BAR else (mine[: MOST_IN_BAR - 1], mine[MOST_IN_BAR - 1 :])


def is_here(to: str, path: str) -> bool:
    """Whether a page belongs to a room.

    >>> is_here("/console/staff", "/console/staff/1"), is_here("/console/", "/console/staff")
    (True, False)
    """
    return path == to or (to != "/console/" and path.startswith(to))


def here(found: tuple[tuple[str, str], ...], path: str) -> tuple[str, ...]:
    """The addresses of those of these rooms that a page belongs to."""
    return tuple(to for to, _ in found if is_here(to, path))


def of(path: str) -> tuple[str, str] | None:
    """Address and name of the room that a page belongs to.

    >>> of("/console/fees/new"), of("/my-data/x")
    (('/console/fees', 'Khoản thu'), None)
    """
    return next(((to, name) for to, name, _ in ROOMS if is_here(to, path)), None)


def first_room(staff: Staff) -> str:
    """Where somebody lands after signing in."""
    return next((path for path, _ in open_to(staff)), "/console/account")
