"""The Vietnamese words of the room "Tình trạng máy": for each finding what it is, and what to do."""

from __future__ import annotations

from datetime import datetime

from core.console.desk_texts import CHANNELS, failure
from core.health.domain import Finding, State
from core.values.clock import school_date

STATES: dict[State, tuple[str, str]] = {
    State.GOOD: ("good", "Tốt"),
    State.WARN: ("warn", "Cần xem"),
    State.BAD: ("bad", "Cần làm ngay"),
}
_WELL: dict[str, str] = {
    "bot.well": "Trợ lý đang chạy",
    "channel.well": "{channel}: gọi được, không có tin bị kẹt",
    "inbox.well": "Tin đến được xử lý ngay",
    "kiosk.none": "Chưa có máy ở cổng nào được ghép",
    "kiosk.well": "Máy ở cổng “{name}” đang hoạt động",
    "backup.well": "Đã sao lưu trong tuần",
    "disk.well": "Đĩa còn {free_gb} GB, đã dùng {percent} %",
    "clock.well": "Đồng hồ máy chủ đúng",
    "certificate.well": "Chứng chỉ của {host} còn hạn đến {ends_at}",
}
_WRONG: dict[str, tuple[str, str]] = {
    "bot.never": (
        "Trợ lý chưa chạy lần nào",
        "Chạy ./congtruong bot serve với cùng DATABASE_URL. Chưa chạy thì phụ huynh không hỏi được, tin không gửi đi.",
    ),
    "bot.silent": (
        "Trợ lý đã dừng",
        "Xem nhật ký (journalctl -u congtruong@bot), rồi khởi động lại. Tin vẫn còn, chạy lại là gửi tiếp.",
    ),
    "channel.failing": (
        "{channel} không dùng được: {failure}",
        "Mã sai thì lấy mã mới, đặt lại rồi khởi động bot; webhook thì xem địa chỉ {detail} (docs/channels.md).",
    ),
    "channel.away": (
        "{channel} không dùng được: {failure}",
        "Xem máy chủ có ra Internet được không (mạng, DNS, tường lửa). Mạng tốt là kênh đang hỏng: tin tự gửi lại.",
    ),
    "channel.deaf": (
        "{channel}: đã lâu không nhận được tin nào",
        "Nhắn thử một tin. Không thấy trả lời thì tin chưa về tới {detail}: xem webhook, tên miền, tường lửa.",
    ),
    "delivery.late": (
        "{channel}: {count} tin đáng ra đã gửi mà còn chờ",
        "Lý do gần nhất: {failure}. Trợ lý đang chạy thì tin tự đi khi kênh thông; xem các dòng khác ở trang này.",
    ),
    "delivery.parked": (
        "{channel}: {count} tin đã thôi gửi trong tuần",
        "Lý do gần nhất: {failure}. Sửa xong, vào phòng Tin nhắn bấm “Gửi lại”.",
    ),
    "inbox.late": (
        "{count} tin đến chưa được xử lý",
        "Thường là trợ lý hoặc chương trình core đã dừng. Tin vẫn còn nguyên; khởi động lại là xử lý tiếp.",
    ),
    "inbox.parked": (
        "{count} tin đến máy thử nhiều lần mà không xử lý được",
        "Tin vẫn còn nguyên. Gửi nhật ký chương trình (không có tên, số của ai) cho người viết phần mềm.",
    ),
    "kiosk.silent": (
        "Máy ở cổng “{name}” mất liên lạc",
        "Xem điện, mạng; tại máy chạy ./congtruong kiosk doctor. Mất mạng máy vẫn điểm danh và gửi bù sau.",
    ),
    "kiosk.behind": (
        "Máy ở cổng “{name}” còn {count} lượt chưa gửi",
        "Chờ vài phút. Số không giảm thì xem mạng ở cổng, chạy ./congtruong kiosk doctor.",
    ),
    "backup.never": (
        "Chưa sao lưu lần nào",
        "Mỗi tối chạy ./congtruong core backup /noi-khac/NGÀY.copy và cất khoá CONGTRUONG_MASTER_KEY riêng, trên giấy.",
    ),
    "backup.old": (
        "Đã hơn một tuần không sao lưu",
        "Xem lịch chạy ./congtruong core backup còn không và nơi cất còn chỗ không; chạy tay một lần ngay.",
    ),
    "disk.tight": (
        "Đĩa đã dùng {percent} %, còn {free_gb} GB",
        "Dọn bản sao lưu cũ, nhật ký cũ, hoặc thêm đĩa.",
    ),
    "disk.full": (
        "Đĩa sắp đầy: đã dùng {percent} %, còn {free_gb} GB",
        "Dọn ngay: đầy đĩa là cơ sở dữ liệu dừng, cổng và tin nhắn dừng theo. Đừng xoá gì của PostgreSQL.",
    ),
    "clock.apart": (
        "Đồng hồ máy chủ và cơ sở dữ liệu lệch nhau {seconds} giây",
        "Bật đồng bộ giờ trên cả hai máy: timedatectl set-ntp true.",
    ),
    "clock.loose": (
        "Đồng hồ máy chủ không được đồng bộ",
        "Bật đồng bộ giờ: timedatectl set-ntp true. Lệch quá 5 phút thì máy ở cổng bị từ chối, mã hai bước không khớp.",
    ),
    "certificate.broken": (
        "Không kiểm được chứng chỉ HTTPS của {host} ({failure})",
        "Mở địa chỉ đó ở máy khác. Báo lỗi thì gia hạn chứng chỉ ở proxy; không mở được thì xem tên miền.",
    ),
    "certificate.ends": (
        "Chứng chỉ HTTPS của {host} hết hạn lúc {ends_at}",
        "Gia hạn ở proxy (certbot renew hay caddy reload) rồi mở lại trang này. Hết hạn thì không ai vào được.",
    ),
}


def what(found: Finding) -> str:
    """What it is, in a line."""
    words = _WELL.get(found.code) or _WRONG[found.code][0]
    return words.format(**_params(found))


def advice(found: Finding) -> str:
    """What to do about it; nothing where all is well."""
    return "" if found.code in _WELL else _WRONG[found.code][1].format(**_params(found))


def _params(found: Finding) -> dict[str, object]:
    given = dict(found.params)
    if "channel" in given:
        given["channel"] = CHANNELS.get(str(given["channel"]), given["channel"])
        given["failure"] = failure(str(given.get("failure", ""))) or "chưa rõ"
    if "detail" in given:
        given["detail"] = given["detail"] or "của webhook"
    if isinstance(free := given.get("free_gb"), float):
        given["free_gb"] = f"{free:.1f}".replace(".", ",")
    if isinstance(ends_at := given.get("ends_at"), datetime):
        given["ends_at"] = f"{school_date(ends_at):%d/%m/%Y}"
    return given
