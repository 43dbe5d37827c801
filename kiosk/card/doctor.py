"""What is wrong with readers, drivers and the PC/SC service, and how to mend it.

Looks only; reads no card and changes nothing.
"""

from __future__ import annotations

from pathlib import Path

from kiosk.card.apdu import SHORT_EXPECTED
from kiosk.card.csca import CscaStore
from kiosk.card.errors import CardError, ReaderUnavailableError
from kiosk.card.pcsc import card_present, list_readers, longest_answer
from kiosk.finding import Finding


def examine_readers() -> tuple[Finding, ...]:
    """The service, then every reader; nothing here raises."""
    try:
        names = list_readers()
    except ReaderUnavailableError as error:
        if error.detail == "pyscard":
            mend = "cài congtruong[pcsc]; trên Debian: apt install pcscd libpcsclite-dev swig"
            return (Finding("pcsc", "bad", "thiếu pyscard", mend),)
        mend = "systemctl start pcscd; trong hộp chứa: pcscd --foreground; xem quyền (polkit)"
        return (Finding("pcsc", "bad", "dịch vụ pcscd không trả lời", mend),)
    if not names:
        mend = "cắm lại, thử cổng USB khác; đầu đọc ACS cần gói libacsccid1; gỡ mô-đun pn533"
        return (Finding("reader", "bad", "không thấy đầu đọc", mend),)
    return tuple(_reader(name) for name in names)


def _reader(name: str) -> Finding:
    try:
        present = card_present(name)
    except ReaderUnavailableError:
        return Finding("reader", "bad", f"{name}: không trả lời", "rút ra cắm lại đầu đọc")
    card = "có thẻ" if present else "chưa có thẻ"
    longest = longest_answer(name)
    if longest <= SHORT_EXPECTED:
        return Finding("reader", "ok", f"{name}: {card}, lệnh ngắn (đọc ảnh lâu hơn)")
    return Finding("reader", "ok", f"{name}: {card}, lệnh dài tới {longest} byte")


def examine_store(folder: Path) -> Finding:
    """Whether the school's store of issuers can be used."""
    try:
        store = CscaStore.load(folder)
    except CardError as error:
        return Finding("csca", "bad", f"tệp hỏng: {error.detail}", "lấy lại chứng thư từ cơ quan cấp")
    if not store.issuers:
        mend = "xin chứng thư CSCA của thẻ căn cước từ C06 rồi đặt vào thư mục; chưa có thì thẻ vẫn đọc được"
        return Finding("csca", "warn", "chưa có chứng thư nào: không kết luận được nơi cấp", mend)
    return Finding(
        "csca", "ok", f"{len(store.issuers)} chứng thư, {len(store.revocations)} danh sách thu hồi"
    )
