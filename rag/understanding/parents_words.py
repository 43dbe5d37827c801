"""Gives a question the words of the law for those that parents use instead, so that it can be searched by both.

No translation: what stands for exactly one thing in talk about schools and papers ("lăn tay", "app định danh"), and
letters as a telephone writes them that was spoken to ("ô tê pê"). What may mean another thing stays as it was said,
and the surer search counts.
"""

import re
from functools import partial

_SAID = {
    "lấy vân tay": "lăn tay|lan tay|điểm chỉ",
    "VNeID": "(?:app|ứng dụng|ung dung|phần mềm|tài khoản|tai khoan|nick) định danh(?! cá nhân)"
    "|vê nê ai đi|vê nê|vi en ai đi",
    "OTP": "ô tê pê|ô ti pi",
    "căn cước công dân": "xê xê xê đê|xê xê cê đê",
    "bảo hiểm y tế": "bê hát y tê|bê hát i tê",
    "sổ hộ khẩu": "sổ hk",
    "mức 1": "(?:bậc|mức|loại) (?:thấp nhất|một|đầu tiên)",
    "mức 2": "(?:bậc|mức|loại) (?:cao nhất|cao hơn|hai)|(?:cấp|bậc) 2(?= (?:của )?(?:app|vneid))",
    "không có điện thoại thông minh": "(?:xài |dùng |có )?(?:điện thoại|máy) (?:cục gạch|đời cũ|bàn phím|cùi bắp)",
    "điện thoại thông minh": "điện thoại (?:cảm ứng|xịn)|smartphone",
    "số định danh cá nhân": "(?:dãy|cái|mã)? ?12 (?:con )?số|mã số định danh(?! cá nhân)",
    "thẻ căn cước": "(?:cái )?thẻ (?:có |gắn )?chip|thẻ cứng",
    "đăng ký thường trú": "nhập (?:hộ )?khẩu|vô hộ khẩu|vào hộ khẩu",
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
    "trượt tốt nghiệp": "rớt (?:tốt nghiệp|lớp 12)",
    "làm người giám hộ": "đứng tên (?:cho|trên hồ sơ|giấy tờ|cho cháu)|giấy tờ đứng tên",
    "cha": "ba nó|bố nó|tía nó",
    "đăng ký": "ghi danh",
    "biên lai": "biên nhận",
    "lừa đảo": "bọn xấu|kẻ xấu|bày trò",
    "trình báo": "thưa(?= (?:vụ|công an|lên))",
    "chuyển trường": "(?:đổi|sang|qua|xin vào) trường (?:khác|mới)|đổi trường",
}
_REGIONAL = {
    "vào": "vô",
    "xem": "coi(?! như)",
    "dùng": "xài",
    "đắt": "mắc(?= (?:hơn|quá|không|vậy))",
    "con": "(?:thằng|con) (?:nhỏ|bé|cu|lớn)|nhóc(?: nhà)?|tụi nhỏ|cháu nhỏ",
    "mấy ngày": "mấy (?:bữa|hôm)",
    "khi nào": "chừng nào|khi mô|hồi nào|bao giờ",
    "thế nào": "kiểu (?:nào|gì|chi)|mần răng|làm răng|ra răng",
    "ở đâu": "chỗ mô|ở mô|chỗ nào",
    "gì": "chi(?= (?:rứa|vậy|hè|không|ạ))|(?<=trang )chi|(?<=giấy )chi|(?<=cái )chi",
    "bây giờ": "bây chừ|chừ",
}


def _pattern(said: dict[str, str]) -> re.Pattern[str]:
    return re.compile(
        "|".join(rf"(?P<w{n}>\b(?:{one})\b)" for n, one in enumerate(said.values())), re.IGNORECASE
    )


_TABLES = tuple((tuple(said), _pattern(said)) for said in (_SAID, _REGIONAL))


def in_words_of_the_law(text: str) -> tuple[str, ...]:
    """Give the question in the words that the knowledge says, then also without words of one region.

    Both are the question itself where it has no such words.

    >>> in_words_of_the_law("lăn tay xong mấy bữa có thẻ")
    ('lấy vân tay xong mấy bữa có thẻ', 'lấy vân tay xong mấy ngày có thẻ')
    """
    readings: list[str] = []
    for words, pattern in _TABLES:
        text = pattern.sub(partial(_in_place, words), text)
        readings.append(text)
    return tuple(readings)


def _in_place(words: tuple[str, ...], found: re.Match[str]) -> str:
    return words[int((found.lastgroup or "w0")[1:])]
