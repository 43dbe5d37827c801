"""Gives a question the words of the law for those that parents use instead, so that it can be searched by both.

No translation: what stands for exactly one thing in talk about schools and papers ("lăn tay", "app định danh"). What
may mean another thing stays as it was said, and the surer search counts.
"""

import re

_SAID = {
    "lấy vân tay": "lăn tay|lan tay|điểm chỉ",
    "VNeID": "(?:app|ứng dụng|ung dung|phần mềm|tài khoản|tai khoan|nick) định danh(?! cá nhân)",
    "mức 1": "(?:bậc|mức|loại) (?:thấp nhất|một|đầu tiên)",
    "mức 2": "(?:bậc|mức|loại) (?:cao nhất|cao hơn|hai)|(?:cấp|bậc) 2(?= (?:của )?(?:app|vneid))",
    "không có điện thoại thông minh": "(?:xài |dùng |có )?(?:điện thoại|máy) (?:cục gạch|đời cũ|bàn phím|cùi bắp)",
    "điện thoại thông minh": "điện thoại (?:cảm ứng|xịn)|smartphone",
    "số định danh cá nhân": "(?:dãy|cái|mã)? ?12 (?:con )?số|mã số định danh",
    "thẻ căn cước": "(?:cái )?thẻ (?:có |gắn )?chip|thẻ cứng",
    "đăng ký thường trú": "nhập (?:hộ )?khẩu|vô hộ khẩu|vào hộ khẩu|nhập hộ tịch",
    "trường công lập": "trường nhà nước|trường quốc lập",
    "tư thục": "dân lập|trường tư(?! thục)",
    "không được lên lớp": "ở lại lớp|lưu ban|đúp",
    "Ban đại diện cha mẹ học sinh": "hội phụ huynh|ban phụ huynh|chi hội phụ huynh",
    "tài trợ": "ủng hộ|quyên góp|xã hội hóa",
    "công an xã, phường": "(?:ra |lên |tới |đến )?đồn(?: công an)?|công an khu vực",
    "được miễn": "khỏi (?:phải )?(?:đóng|nộp|trả)",
    "học phí": "tiền học(?! thêm)",
    "chứng thực bản sao": "sao y(?: công chứng| bản chính)?|photo công chứng",
    "sách giáo khoa": "bộ sách|tập vở sách|sách học",
    "trượt tốt nghiệp": "rớt tốt nghiệp|thi rớt|rớt đại học",
    "làm người giám hộ": "đứng tên (?:cho|trên hồ sơ|giấy tờ|cho cháu)|giấy tờ đứng tên",
    "cha": "ba nó|bố nó|tía nó",
    "chuyển trường": "(?:đổi|sang|qua|xin vào) trường (?:khác|mới)|đổi trường",
}
_WORDS = re.compile(
    "|".join(rf"(?P<w{n}>\b(?:{said})\b)" for n, said in enumerate(_SAID.values())), re.IGNORECASE
)
_LAW = tuple(_SAID)


def in_words_of_the_law(text: str) -> str:
    """Give the question in the words that the knowledge says; itself where it has no others.

    >>> in_words_of_the_law("lăn tay xong mấy ngày có thẻ")
    'lấy vân tay xong mấy ngày có thẻ'
    """
    return _WORDS.sub(lambda found: _LAW[int((found.lastgroup or "w0")[1:])], text)
