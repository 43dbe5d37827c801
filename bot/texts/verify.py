"""What is said while somebody proves to be a guardian, in both languages. What failed is told in one way."""

# ruff: noqa: E501 - a sentence is easier to read and mend in one piece
from __future__ import annotations

from collections.abc import Mapping

from bot.texts.pieces import Params, Text, each


def _children_vi(params: Params) -> str:
    return each(params["children"], lambda child: f"• {child['name']}, lớp {child['class']}")


def _children_en(params: Params) -> str:
    return each(params["children"], lambda child: f"• {child['name']}, class {child['class']}")


def _proven_vi(params: Params) -> str:
    can = (
        "xem khoản thu, điểm và đổi thông tin giám hộ"
        if params["level"] >= 3
        else "xem điểm danh, khoản thu và điểm"
    )
    return f"✅ Nhà trường đã xác minh anh/chị cho:\n{_children_vi(params)}\nTừ nay anh/chị {can} của con ngay tại đây. Muốn em báo mỗi khi con đến trường, anh/chị bấm nút bên dưới ạ."


def _proven_en(params: Params) -> str:
    can = (
        "see fees and marks and change guardians" if params["level"] >= 3 else "see check-ins, fees and marks"
    )
    return f"✅ You are verified for:\n{_children_en(params)}\nFrom now on you can {can} right here. To be told whenever your child arrives, press the button below."


def _case_vi(params: Params) -> str:
    child = f" cho học sinh {params['child']}" + (f", lớp {params['class']}" if params["class"] else "")
    flag = {"two_claims": "\n⚠️ Chỗ này đã có người khác.", "restricted": "\n⛔ Người này đang bị hạn chế."}
    why = flag.get(params["kind"], "")
    return (
        f"🔎 Yêu cầu xác minh #{params['code']}: {params['name']}, số định danh kết thúc bằng {params['end']},"
        f"{child if params['child'] else ' chưa nêu tên con'}.{why}\n"
        + (
            f"Duyệt: gõ “xác minh {params['code']} lý do”. Từ chối: “bác {params['code']} lý do”. Hoặc bấm nút dưới đây."
            if params["approvable"]
            else f"Thầy cô xem và quyết định trong trang quản lý. Từ chối: “bác {params['code']} lý do”."
        )
    )


def _case_en(params: Params) -> str:
    child = (
        f" for {params['child']}, class {params['class'] or '?'}" if params["child"] else ", no child named"
    )
    flag = {
        "two_claims": "\n⚠️ Somebody else holds this place.",
        "restricted": "\n⛔ This person is restricted.",
    }
    how = (
        f"Approve: type “verify {params['code']} reason”. "
        if params["approvable"]
        else "Please decide it in the console. "
    )
    return (
        f"🔎 Verification #{params['code']}: {params['name']}, number ending in {params['end']}{child}."
        f"{flag.get(params['kind'], '')}\n{how}Refuse: “deny {params['code']} reason”."
    )


VI: Mapping[str, Text] = {
    "verify.means": "Anh/chị chọn cách xác minh (chỉ làm một lần):\n• Quét mã QR trên thẻ căn cước: nhanh, làm tại nhà\n• Tại máy của trường: thẻ và khuôn mặt, mức cao nhất\n• Mã nhà trường đã phát",
    "verify.page": "Anh/chị mở liên kết này trên điện thoại rồi quét mã QR trên thẻ căn cước:\n{url}\nDùng một lần, trong 15 phút; xin đừng chuyển cho ai. Ảnh thẻ không được lưu, và anh/chị đừng gửi ảnh thẻ vào khung chat ạ.",
    "verify.kiosk": "Mã của anh/chị: {code}\nTại máy của trường: chọn “Phụ huynh xác minh”, đặt thẻ, nhìn vào máy ảnh rồi nhập mã này. Mã dùng một lần, trong 10 phút ạ.",
    "verify.later": "Anh/chị vừa xin khá nhiều liên kết hoặc mã. Xin thử lại sau một giờ, hoặc liên hệ nhà trường ạ.",
    "verify.proven": _proven_vi,
    "verify.approved": lambda params: _proven_vi(params).replace("đã xác minh", "đã duyệt và xác minh"),
    "verify.for_staff": "Em đã nhận thông tin và chuyển cho thầy cô kiểm tra. Có kết quả em báo anh/chị ngay tại đây ạ.",
    "verify.refused": "Thầy cô đã xem và chưa thể xác minh anh/chị qua mạng. Anh/chị mang thẻ căn cước đến văn phòng, hoặc bấm “Liên hệ nhà trường” ạ.",
    "verify.wait": "Anh/chị đã thử nhiều lần. Để bảo vệ thông tin của các con, xin thử lại sau {until}, hoặc liên hệ nhà trường ạ.",
    "verify.picture": "Em không xem và không giữ ảnh, tệp trong khung chat. Nếu đó là ảnh thẻ căn cước hay giấy tờ của con, anh/chị xoá giúp em: đó là dữ liệu nhạy cảm. Cần xác minh thì mở trang quét mã QR của trường. Muốn thầy cô xem ảnh, anh/chị gõ “gặp nhân viên” rồi hãy gửi ạ.",
    "verify.phone_unknown": "Em chưa liên kết được bằng số điện thoại này. Anh/chị quét mã QR trên thẻ, nhập mã nhà trường đã phát, hoặc liên hệ nhà trường ạ.",
    "verify.new_account": "Một tài khoản trò chuyện khác vừa được liên kết với tên anh/chị. Nếu chính anh/chị làm thì không cần làm gì. Nếu không, bấm “Không phải tôi” ạ.",
    "verify.contested": lambda params: (
        "Em đã ghi nhận và báo thầy cô. "
        + (
            "Tài khoản kia đã được gỡ ngay."
            if params["let_go"]
            else "Trong lúc thầy cô kiểm tra, thông tin của con có thể tạm khoá."
        )
        + " Thầy cô sẽ liên hệ anh/chị ạ."
    ),
    "verify.nothing_to_contest": "Không có tài khoản nào khác đang liên kết với tên anh/chị ạ.",
    "verify.of_age": "Hôm nay {given_name} tròn 18 tuổi, chúc mừng gia đình! Theo luật, từ hôm nay {given_name} tự quyết định ai được xem thông tin của mình, nên em ngừng gửi tin cho anh/chị. {given_name} đồng ý cho xem tiếp thì chỉ cần báo văn phòng ạ.",
    "verify.case": _case_vi,
    "verify.decided": lambda params: (
        f"Đã {'duyệt' if params['approved'] else 'từ chối'} yêu cầu #{params['code']}. Phụ huynh đã được báo."
    ),
    "error.guardians.case_not_found": "Không có yêu cầu nào đang chờ với mã này.",
    "error.guardians.case_decided": "Yêu cầu này đã có thầy cô khác xử lý.",
    "error.guardians.reason_needed": "Thầy cô ghi thêm lý do, ví dụ: “xác minh A1B2C3 đã xem thẻ tại văn phòng”.",
    "error.guardians.place_needed": "Yêu cầu này cần chọn học sinh và quan hệ; thầy cô làm trong trang quản lý giúp em.",
    "choice.verify.start": "Xác minh",
    "choice.verify.page": "Quét mã QR trên thẻ",
    "choice.verify.kiosk": "Tại máy của trường",
    "choice.verify.contest": "Không phải tôi",
    "choice.verify.approve": "Duyệt: đã xem thẻ",
    "choice.verify.refuse": "Từ chối: không đúng người",
}
EN: Mapping[str, Text] = {
    "verify.means": "How would you like to be verified (once only)?\n• Scan the QR code on your ID card: quick, from home\n• At the school's kiosk: card and face, the highest level\n• The code that the school gave you",
    "verify.page": "Open this link on your phone and scan the QR code on your ID card:\n{url}\nOnce, within 15 minutes; please share it with nobody. No picture is kept, and please never send a picture of a card here.",
    "verify.kiosk": "Your code: {code}\nAt the school's kiosk choose “Guardian”, put your card down, look at the camera and type this code. Once, within 10 minutes.",
    "verify.later": "You asked for many links or codes. Please try again in an hour, or contact the school.",
    "verify.proven": _proven_en,
    "verify.approved": _proven_en,
    "verify.for_staff": "I have passed this on to the school to check. I will tell you here.",
    "verify.refused": "The school could not verify you online. Please bring your ID card to the office, or contact the school.",
    "verify.wait": "You tried many times. To protect the children, please try again after {until}, or contact the school.",
    "verify.picture": "I neither look at nor keep pictures and files sent here. If it shows an ID card or a child's papers, please delete it: it is sensitive. To be verified, open the school's scan page. To show staff a picture, type “talk to a person” first.",
    "verify.phone_unknown": "I could not link you by this phone number. Please scan the QR code on your card, type the school's code, or contact the school.",
    "verify.new_account": "Another chat account has just been linked in your name. If it was you, do nothing. If not, press “Not me”.",
    "verify.contested": lambda params: (
        "Noted, and the school is told. "
        + (
            "The other account was removed at once."
            if params["let_go"]
            else "Until it is settled, your child's data may be locked."
        )
    ),
    "verify.nothing_to_contest": "No other account is linked in your name.",
    "verify.of_age": "{given_name} is eighteen today. By law {given_name} now decides who sees their data, so I stop sending messages. If {given_name} agrees, the office only needs to hear it.",
    "verify.case": _case_en,
    "verify.decided": lambda params: (
        f"{'Approved' if params['approved'] else 'Refused'} #{params['code']}. The guardian is told."
    ),
    "error.guardians.case_not_found": "No request with this code is waiting.",
    "error.guardians.case_decided": "A colleague has decided this request.",
    "error.guardians.reason_needed": "Please add a reason, for example “verify A1B2C3 card seen at the office”.",
    "error.guardians.place_needed": "This request needs a pupil and a relation: please decide it in the console.",
    "choice.verify.start": "Verify me",
    "choice.verify.page": "Scan the QR on my card",
    "choice.verify.kiosk": "At the school's kiosk",
    "choice.verify.contest": "Not me",
    "choice.verify.approve": "Approve: card seen",
    "choice.verify.refuse": "Refuse: not this person",
}
