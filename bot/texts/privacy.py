"""What is said about one's own data and around VNeID, in both languages."""

# ruff: noqa: E501 - a sentence is easier to read and mend in one piece
from __future__ import annotations

from collections.abc import Mapping

from bot.texts.pieces import Params, Text, each

_PURPOSES_VI = {
    "attendance_messages": "tin báo khi con đến trường",
    "face_enrolment": "ghi danh khuôn mặt để điểm danh",
    "photos": "đăng ảnh hoạt động",
}
_PURPOSES_EN = {
    "attendance_messages": "messages when the child arrives",
    "face_enrolment": "enrolling the face for check-in",
    "photos": "publishing pictures of activities",
}
_STANDINGS_VI = {
    "not_asked": "chưa hỏi",
    "given": "✅ đồng ý",
    "withdrawn": "⛔ không đồng ý",
    "outdated": "cần hỏi lại",
}
_STANDINGS_EN = {
    "not_asked": "not asked",
    "given": "✅ agreed",
    "withdrawn": "⛔ not agreed",
    "outdated": "to be asked again",
}
_KINDS_VI = {
    "view": "xem dữ liệu",
    "correct": "sửa dữ liệu",
    "delete": "xóa dữ liệu",
    "withdraw": "rút lại đồng ý",
}
_KINDS_EN = {
    "view": "see the data",
    "correct": "correct the data",
    "delete": "delete the data",
    "withdraw": "take back consent",
}


def _consents_vi(params: Params) -> str:
    lines = each(
        params["consents"], lambda one: f"• {_PURPOSES_VI[one['purpose']]}: {_STANDINGS_VI[one['standing']]}"
    )
    return (
        f"Ý kiến của gia đình về em {params['name']}:\n{lines}\n"
        "Mỗi việc hỏi riêng, đổi ý lúc nào cũng được. Không đồng ý khuôn mặt thì em dùng thẻ, mã QR hoặc thầy cô xác nhận, việc học không bị ảnh hưởng ạ."
    )


def _consents_en(params: Params) -> str:
    lines = each(
        params["consents"], lambda one: f"• {_PURPOSES_EN[one['purpose']]}: {_STANDINGS_EN[one['standing']]}"
    )
    return (
        f"What your family said about {params['name']}:\n{lines}\n"
        "Each is asked separately and can be changed at any time. Without the face, the child uses a card, a QR code or a teacher; schooling does not depend on it."
    )


def _answered_vi(params: Params) -> str:
    done = "đã làm xong" if params["status"] == "done" else "chưa làm được"
    said = f"\nNhà trường trả lời: {params['answer']}" if params["answer"] else ""
    return f"📄 Yêu cầu {params['number']} về dữ liệu cá nhân {done}.{said}"


def _answered_en(params: Params) -> str:
    done = "is done" if params["status"] == "done" else "could not be done"
    said = f"\nThe school says: {params['answer']}" if params["answer"] else ""
    return f"📄 Your request {params['number']} about personal data {done}.{said}"


VI: Mapping[str, Text] = {
    "vneid.off": "Trường chưa dùng xác minh bằng VNeID. Anh/chị chọn cách khác giúp em ạ.",
    "vneid.link": lambda params: (
        f"Anh/chị mở liên kết này để đăng nhập VNeID (có hạn 15 phút, chỉ dùng một lần):\n{params['link']}\n"
        "Đăng nhập xong, màn hình hiện 6 số. Anh/chị quay lại đây và gõ 6 số đó. Đừng chuyển liên kết hay 6 số cho ai ạ."
    ),
    "vneid.wrong_code": "6 số chưa đúng hoặc đã hết hạn. Anh/chị xem lại màn hình VNeID, hoặc bắt đầu lại ạ.",
    "rights.menu": "Anh/chị muốn làm gì với dữ liệu của con ạ? Nhà trường trả lời trong 15 ngày, có mã theo dõi.",
    "rights.which_child": "Anh/chị hỏi về con nào ạ?",
    "rights.verify_first": "Việc này chỉ dành cho người giám hộ đã xác minh. Anh/chị xác minh một lần giúp em ạ.",
    "rights.ready": lambda params: (
        f"📄 Dữ liệu nhà trường đang giữ về em {params['name']} (mã yêu cầu {params['number']}):\n{params['link']}\n"
        "Liên kết có hạn 1 ngày. Ai có liên kết đều xem được, nên anh/chị đừng chuyển cho người khác ạ."
    ),
    "rights.what_is_wrong": lambda params: (
        f"Dữ liệu của em {params['name']} sai chỗ nào và đúng là gì ạ? Anh/chị gõ một câu, ví dụ: “Ngày sinh đúng là 09/06/2015”."
    ),
    "rights.delete_sure": lambda params: (
        f"Anh/chị muốn xóa dữ liệu về em {params['name']}? Nhà trường sẽ xóa cuộc trò chuyện này, liên kết với tài khoản và khuôn mặt đã ghi danh. "
        "Danh sách học sinh, học phí và nhật ký phải giữ theo luật nên không xóa được ạ."
    ),
    "rights.withdraw_sure": lambda params: (
        f"Anh/chị muốn rút lại mọi sự đồng ý về em {params['name']}? Nhà trường sẽ ngừng gửi tin điểm danh, xóa khuôn mặt đã ghi danh và không đăng ảnh. Việc học của em không bị ảnh hưởng ạ."
    ),
    "rights.withdrawn": lambda params: (
        f"Đã rút lại mọi sự đồng ý về em {params['name']} (mã {params['number']}). Khuôn mặt đã ghi danh được xóa trong vòng một giờ. Đổi ý lúc nào cũng được ạ."
    ),
    "rights.received": lambda params: (
        f"Nhà trường đã nhận yêu cầu {_KINDS_VI[params['kind']]} về em {params['name']}.\nMã: {params['number']}. Hạn trả lời: {params['due']}. Có kết quả em báo ngay tại đây ạ."
    ),
    "rights.child_too": lambda params: (
        f"Em {params['name']} đã đủ 7 tuổi nên đăng ảnh cần cả em đồng ý. Anh/chị và em ký phiếu tại trường giúp ạ."
    ),
    "rights.consents": _consents_vi,
    "rights.answered": _answered_vi,
    "rights.arrivals_on": lambda params: (
        f"🔔 Vâng, từ nay em báo anh/chị mỗi khi {' và '.join(params['names'])} đến trường. Không muốn nữa, anh/chị gõ “thôi báo điểm danh” ạ."
    ),
    "rights.arrivals_off": "Vâng, em không báo khi con đến trường. Anh/chị vẫn hỏi được bất cứ lúc nào: “con đến trường chưa”. Đổi ý thì gõ “báo điểm danh” ạ.",
    "choice.arrivals.yes": "Có, báo khi con đến",
    "choice.arrivals.no": "Không cần báo",
    "choice.verify.vneid": "Dùng VNeID",
    "choice.menu.rights": "Dữ liệu cá nhân",
    "choice.rights.view": "Xem dữ liệu của con",
    "choice.rights.consents": "Sự đồng ý",
    "choice.rights.correct": "Sửa dữ liệu",
    "choice.rights.delete": "Xóa dữ liệu",
    "choice.rights.delete.yes": "Đúng, xóa",
    "choice.rights.withdraw": "Rút lại đồng ý",
    "choice.rights.withdraw.yes": "Đúng, rút lại",
    "choice.rights.give": lambda params: f"Đồng ý {_purpose(params, _PURPOSES_VI)}",
    "choice.rights.stop": lambda params: f"Thôi {_purpose(params, _PURPOSES_VI)}",
}
EN: Mapping[str, Text] = {
    "vneid.off": "The school does not use VNeID yet. Please choose another way.",
    "vneid.link": lambda params: (
        f"Open this link to sign in with VNeID (good for 15 minutes, once):\n{params['link']}\n"
        "Afterwards the screen shows six digits. Come back and type them here. Do not pass link or digits on."
    ),
    "vneid.wrong_code": "The six digits are wrong or too old. Look at the VNeID screen again, or start again.",
    "rights.menu": "What shall happen with your child's data? The school answers within 15 days, with a number to follow.",
    "rights.which_child": "Which child is it about?",
    "rights.verify_first": "This is for verified guardians only. Please verify once.",
    "rights.ready": lambda params: (
        f"📄 What the school keeps about {params['name']} (request {params['number']}):\n{params['link']}\n"
        "The link is good for a day. Whoever has it can look, so do not pass it on."
    ),
    "rights.what_is_wrong": lambda params: (
        f"What is wrong in the data of {params['name']}, and what is right? Type one sentence."
    ),
    "rights.delete_sure": lambda params: (
        f"Delete the data about {params['name']}? The school will delete this conversation, the link to the account and the enrolled face. "
        "The roll, fees and the log have to be kept by law."
    ),
    "rights.withdraw_sure": lambda params: (
        f"Take back every consent about {params['name']}? Attendance messages stop, the enrolled face is deleted, no pictures are published. Schooling does not depend on it."
    ),
    "rights.withdrawn": lambda params: (
        f"Every consent about {params['name']} is taken back (number {params['number']}). The enrolled face is deleted within an hour. You may change your mind at any time."
    ),
    "rights.received": lambda params: (
        f"The school has your request to {_KINDS_EN[params['kind']]} about {params['name']}.\nNumber: {params['number']}. Answer by: {params['due']}. You will be told here."
    ),
    "rights.child_too": lambda params: (
        f"{params['name']} is seven or older, so pictures need the child's agreement, too. Please sign together at school."
    ),
    "rights.consents": _consents_en,
    "rights.answered": _answered_en,
    "rights.arrivals_on": lambda params: (
        f"🔔 I will tell you whenever {' and '.join(params['names'])} arrives. To stop it, type “my consents” and choose."
    ),
    "rights.arrivals_off": "All right, I do not tell you of arrivals. You can always ask: “has my child arrived at school”.",
    "choice.arrivals.yes": "Yes, tell me",
    "choice.arrivals.no": "No need to tell me",
    "choice.verify.vneid": "Use VNeID",
    "choice.menu.rights": "Personal data",
    "choice.rights.view": "See my child's data",
    "choice.rights.consents": "Consents",
    "choice.rights.correct": "Correct the data",
    "choice.rights.delete": "Delete the data",
    "choice.rights.delete.yes": "Yes, delete",
    "choice.rights.withdraw": "Take back consent",
    "choice.rights.withdraw.yes": "Yes, take back",
    "choice.rights.give": lambda params: f"Agree: {_purpose(params, _PURPOSES_EN)}",
    "choice.rights.stop": lambda params: f"Stop: {_purpose(params, _PURPOSES_EN)}",
}


def _purpose(params: Params, words: Mapping[str, str]) -> str:
    """The purpose behind the number of the child."""
    return words.get(str(params["argument"]).partition("-")[2], "")
