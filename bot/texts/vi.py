"""The sentences in Vietnamese: kind, short, and they say what to do next."""

# ruff: noqa: E501 - a sentence is easier to read and mend in one piece
from __future__ import annotations

from collections.abc import Mapping

from bot.texts import days, desk, fees, gate, handover, news, privacy, rating, teacher, verify
from bot.texts.pieces import Params, Text, each, money


def _children(params: Params) -> str:
    return each(params["children"], lambda child: f"• {child['name']}, lớp {child['class']}")


def _linked(params: Params) -> str:
    if not params["children"]:
        return "Đã liên kết. Nhà trường đang kiểm tra hồ sơ của con; có kết quả em sẽ báo ngay ạ."
    if params.get("told"):
        return (
            f"Liên kết thành công với:\n{_children(params)}\n"
            "Từ nay em báo ngay khi con đến trường, như gia đình đã đồng ý, và khi có khoản thu mới. Muốn nhận ít tin hơn, anh/chị gõ “chọn cách nhận tin” ạ."
        )
    return (
        f"Liên kết thành công với:\n{_children(params)}\n"
        "Anh/chị có muốn em báo mỗi khi con đến trường không ạ? Tuỳ anh/chị, đổi ý lúc nào cũng được. Khoản thu mới thì em báo; muốn nhận ít tin hơn, anh/chị gõ “chọn cách nhận tin” ạ."
    )


def _already_linked(params: Params) -> str:
    if not params["children"]:
        return (
            "Tài khoản này đã liên kết. Nhà trường đang kiểm tra hồ sơ của con; có kết quả em sẽ báo ngay ạ."
        )
    return f"Tài khoản này đã liên kết với:\n{_children(params)}"


def _invoice(one: Params) -> str:
    paid = f" (đã nộp {money(one['paid'])})" if one["paid"] else ""
    late = " (đã quá hạn)" if one["overdue"] else ""
    return (
        f"• {one['title']}: còn {money(one['amount'])}{paid}\n"
        f"  Hạn {one['due']}{late}. Mã thanh toán: {one['reference']}"
    )


def _by_child(params: Params) -> str:
    names = dict.fromkeys(one["child"] for one in params["invoices"])
    listed = (
        f"{name}\n" + each([one for one in params["invoices"] if one["child"] == name], _invoice)
        for name in names
    )
    return "\n\n".join(listed)


def _outstanding(params: Params) -> str:
    several = "tên con" if len({one["child"] for one in params["invoices"]}) > 1 else "một khoản"
    pick = f"Để lấy mã QR nộp tiền, anh/chị chọn {several} bên dưới. " if len(params["invoices"]) > 1 else ""
    scan = "Anh/chị quét mã QR bên dưới, hoặc " if params.get("qr") else f"{pick}Khi chuyển khoản, anh/chị "
    tail = f"{scan}ghi đúng mã thanh toán vào nội dung; nhà trường nhận được tiền là em báo lại ngay ạ."
    total = f"Tổng cộng: {money(params['total'])}\n" if len(params["invoices"]) > 1 else ""
    return f"{fees.gone_vi(params)}Các khoản cần nộp:\n\n{_by_child(params)}\n\n{total}{tail}"


def _fees_none(params: Params) -> str:
    return f"{fees.gone_vi(params)}{', '.join(params['names'])} không còn khoản nào cần nộp. Em cảm ơn anh/chị ạ."


def _today(params: Params) -> str:
    def line(child: Params) -> str:
        if not child["time"]:
            return f"• {child['name']} (lớp {child['class']}): chưa có lượt điểm danh nào hôm nay."
        late = ", vào lớp muộn" if child["late"] else ""
        return f"• {child['name']} (lớp {child['class']}): đã đến trường lúc {child['time']}{late}."

    missing = any(not child["time"] for child in params["children"])
    tail = "\nNếu anh/chị lo cho con, bấm “Liên hệ nhà trường” để em chuyển ngay ạ." if missing else ""
    return f"{days.off_today_vi(params.get('off'))}Điểm danh hôm nay:\n{each(params['children'], line)}{tail}"


def _arrival(params: Params, words: str) -> str:
    at = f" tại {params['gate']}" if params.get("gate") else ""
    return f"{params.get('given_name', 'Con')} {words} lúc {params['time']}, ngày {params['date']}{at}."


TEXTS: Mapping[str, Text] = {
    **handover.VI,
    **desk.VI,
    **days.VI,
    **teacher.VI,
    **news.VI,
    **rating.VI,
    **fees.VI,
    **gate.VI,
    **verify.VI,
    **privacy.VI,
    "bot.introduction": "Em là trợ lý tự động (máy trả lời, không phải người) của nhà trường. "
    "Anh/chị cần gặp người thật thì nhắn “gặp nhân viên” bất cứ lúc nào ạ.",
    "menu.welcome": "Dạ, em chào anh/chị. Anh/chị cứ gõ câu hỏi, hoặc chọn một việc dưới đây ạ.",
    "menu.end": "Dạ vâng ạ, cần gì anh/chị cứ nhắn em nhé.",
    "menu.unclear": "Dạ, em chưa hiểu ý anh/chị. Anh/chị nói rõ hơn một chút, hoặc chọn một việc dưới đây giúp em ạ.",
    "menu.how_to_ask": "Anh/chị cứ gõ câu hỏi bằng lời của mình, ví dụ: “chuyển trường cần giấy tờ gì?” hay “học phí lớp 6 có được miễn không?” ạ.",
    "menu.number": lambda params: (
        f"Tin trên có {params['most']} lựa chọn, anh/chị nhắn một số từ 1 đến {params['most']} giúp em, hoặc gõ điều cần hỏi ạ."
        if params["most"] > 1
        else "Tin trên chỉ có lựa chọn số 1. Anh/chị nhắn 1, hoặc gõ điều cần hỏi ạ."
    ),
    "menu.language": "Vâng, từ giờ em trả lời bằng tiếng Việt ạ.",
    "menu.private_only": "Chuyện riêng của gia đình mình em chỉ nói khi anh/chị nhắn riêng cho em, vì trong nhóm ai cũng đọc được ạ. Nếu vừa gửi mã liên kết vào nhóm, anh/chị nhờ nhà trường cấp mã khác nhé.",
    "menu.attachment": "Em chưa đọc được hình ảnh, tệp hay ghi âm. Anh/chị gõ câu hỏi giúp em, hoặc chọn một việc dưới đây ạ.",
    "menu.voice": "Em chưa nghe được ghi âm. Anh/chị gõ câu hỏi giúp em, hoặc bấm hình micro trên bàn phím rồi nói, điện thoại sẽ gõ thay ạ.",
    "menu.location": "Em chưa xem được vị trí trên bản đồ. Anh/chị gõ tên xã, phường hay tỉnh nơi đang ở kèm câu hỏi giúp em ạ.",
    "menu.sticker": "Dạ 🙂 Anh/chị cần hỏi gì thì cứ gõ cho em, hoặc chọn một việc dưới đây ạ.",
    "menu.only_words": "Em chỉ đọc được phần chữ; ảnh, tệp gửi kèm em không xem và không giữ. Nếu đó là giấy tờ của con, anh/chị xoá giúp em ạ.",
    "ask.answer": lambda params: str(params["text"]),
    "ask.same": "Dạ, về việc này em chỉ có thông tin như vừa gửi ở trên. Nếu trong đó chưa có điều anh/chị hỏi, anh/chị bấm “Gặp thầy cô” để được trả lời ạ.",
    "children.list": lambda params: f"Anh/chị đang liên kết với:\n{_children(params)}",
    "checkins.today": _today,
    "ask.own": "Dạ, chuyện riêng thì em chỉ nói về con của anh/chị. Khoản thu, điểm danh của con, anh/chị bấm một nút dưới đây là thấy ngay; chuyện khác, bấm “Gặp thầy cô” ạ.",
    "link.needed": "Để xem thông tin của con, anh/chị cần liên kết một lần. Gõ mã liên kết nhà trường đã phát (8 ký tự, ví dụ K7M4-02P1), hoặc quét mã QR trên thẻ căn cước. "
    "Chưa có mã? Bấm “Liên hệ nhà trường” ạ.",
    "link.about_code": "Mã liên kết là 8 ký tự nhà trường phát riêng cho từng phụ huynh, để chỉ cha mẹ của con nhận được tin và xem được khoản thu, điểm danh. Cha và mẹ mỗi người một mã, cả hai cùng nhận tin.\n"
    "Có mã rồi, anh/chị gõ vào đây. Chưa có, mất hay hết hạn mã: quét mã QR trên thẻ căn cước, hoặc bấm “Liên hệ nhà trường” để xin mã ạ.",
    "link.ask_code": "Anh/chị gõ mã liên kết nhà trường đã phát (8 ký tự, ví dụ K7M4-02P1). Chữ hoa, chữ thường đều được ạ.",
    "link.linked": _linked,
    "link.already_linked": _already_linked,
    "link.wrong_code": "Mã này không đúng hoặc đã hết hạn. Anh/chị xem lại giúp em (dễ nhầm 8 với B, 5 với S), hoặc xin nhà trường mã mới ạ.",
    "link.wait": "Anh/chị đã thử sai nhiều lần. Để bảo vệ thông tin của con, xin thử lại sau {until}, hoặc liên hệ nhà trường để nhận mã mới ạ.",
    "link.undo_sure": "Huỷ liên kết thì tài khoản này không xem được thông tin và không nhận được tin về con nữa. Anh/chị chắc chắn chứ ạ?",
    "link.undone": "Đã huỷ liên kết. Khi cần, anh/chị xin mã mới ở nhà trường để liên kết lại ạ.",
    "link.nothing_to_undo": "Tài khoản này chưa liên kết với học sinh nào ạ.",
    "fees.none": _fees_none,
    "fees.verify_first": "Khoản thu là thông tin riêng, nên nhà trường cần xác minh anh/chị một lần. Anh/chị bấm “Xác minh” để quét mã QR trên thẻ căn cước, hoặc đến văn phòng ạ.",
    "fees.outstanding": _outstanding,
    "checkin.arrived": lambda params: f"✅ {_arrival(params, 'đã đến trường')}",
    "checkin.late": lambda params: f"⏰ {_arrival(params, 'đến trường muộn,')}",
    "checkin.exam_arrived": lambda params: f"✅ {_arrival(params, 'đã có mặt ở điểm thi')}",
    "checkin.exam_late": lambda params: f"⏰ {_arrival(params, 'đến điểm thi muộn,')}",
    "checkin.told_late": lambda params: (
        f"✅ {_arrival(params, 'đã đến trường')} Tin này đến muộn, mong anh/chị thông cảm ạ."
    ),
    "checkin.exam_told_late": lambda params: (
        f"✅ {_arrival(params, 'đã có mặt ở điểm thi')} Tin này đến muộn, mong anh/chị thông cảm ạ."
    ),
    "error.unknown": "Em xin lỗi, em gặp trục trặc nên chưa làm được việc này. Anh/chị thử lại sau ít phút; nếu vẫn vậy, báo nhà trường mã {id} ạ.",
    "error.core.error": "Em chưa làm được việc này. Anh/chị thử lại, hoặc liên hệ nhà trường ạ.",
    "error.core.not_found": "Em không tìm thấy thông tin này. Anh/chị kiểm tra lại giúp em ạ.",
    "error.core.conflict": "Việc này vừa được ghi nhận rồi, anh/chị không cần làm lại ạ.",
    "error.core.forbidden": "Tài khoản này chưa được phép làm việc đó. Anh/chị liên hệ nhà trường ạ.",
    "error.core.unauthenticated": "Anh/chị cần liên kết tài khoản trước. Gõ “Con của tôi” để bắt đầu ạ.",
    "error.core.unavailable": "Hệ thống đang bận. Anh/chị thử lại sau ít phút giúp em ạ.",
    "error.fees.invoice_not_found": "Em không tìm thấy khoản thu này. Anh/chị bấm “Khoản thu” để xem danh sách mới nhất ạ.",
    "error.fees.no_account": "Nhà trường chưa mở tài khoản thu. Anh/chị nộp trực tiếp ở văn phòng giúp em ạ.",
    "error.guardians.not_found": "Em không tìm thấy hồ sơ phụ huynh này. Anh/chị liên hệ nhà trường ạ.",
    "error.vault.unreadable": "Máy chủ không mở được hồ sơ này nên em chưa làm được ạ. Anh/chị báo giúp nhà trường; dữ liệu không bị ghi đè.",
    "error.web.too_many_requests": "Anh/chị nhắn hơi nhanh. Đợi em một chút rồi nhắn tiếp ạ.",
    "choice.menu.main": "Về đầu",
    "choice.fees": lambda params: "Cả các con" if params["argument"] == "all" else "Khoản thu",
    "choice.checkins": lambda params: "Cả các con" if params["argument"] == "all" else "Điểm danh hôm nay",
    "choice.flow.resume": lambda params: {
        "link": "Tiếp tục nhập mã",
        "preferences": "Tiếp tục chọn cách nhận tin",
    }.get(params["argument"], "Làm tiếp việc đang dở"),
    "choice.menu.ask": "Hỏi đáp",
    "choice.menu.children": "Con của tôi",
    "choice.menu.checkins": "Điểm danh hôm nay",
    "choice.menu.fees": "Khoản thu",
    "choice.menu.school": "Liên hệ nhà trường",
    "choice.link.start": "Nhập mã liên kết",
    "choice.link.undo": "Huỷ liên kết",
    "choice.link.undo.yes": "Vâng, huỷ liên kết",
    "choice.language.en": "English",
    "choice.language.vi": "Tiếng Việt",
    "hint.share_phone": "📱 Chia sẻ số điện thoại của tôi",
    "zalo.signed_in": "Đã kết nối Zalo Official Account với Cổng Trường. Anh/chị có thể đóng trang này.",
    "zalo.sign_in_failed": "Zalo chưa cấp quyền. Anh/chị lấy địa chỉ đăng nhập mới rồi thử lại ạ.",
    "hint.typed": "(Trả lời bằng số, hoặc cứ gõ câu hỏi.)",
}
