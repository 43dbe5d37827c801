"""The sentences around the question whether an answer was right."""

from __future__ import annotations

from collections.abc import Mapping

from bot.texts.pieces import Text

VI: Mapping[str, Text] = {
    "rate.thanks": "Em cảm ơn anh/chị đã cho biết ạ.",
    "rate.noted": "Em xin lỗi vì câu trả lời chưa đúng ý. Em đã ghi lại để nhà trường xem và bổ sung. "
    "Anh/chị cần ngay thì bấm “Gặp thầy cô” ạ.",
    "rate.too_late": "Câu trả lời này đã cũ nên em không ghi lại được nữa. Anh/chị hỏi lại giúp em ạ.",
    "choice.rate.up": "👍 Đúng ý",
    "choice.rate.down": "👎 Không hữu ích",
    "choice.rate.wrong": "Chưa đúng",
}
EN: Mapping[str, Text] = {
    "rate.thanks": "Thank you for telling me.",
    "rate.noted": "I am sorry the answer was not right. I have noted it for the school. "
    "If it cannot wait, press “Talk to a person”.",
    "rate.too_late": "That answer is too old for me to note this. Please ask again.",
    "choice.rate.up": "👍 Helpful",
    "choice.rate.down": "👎 Not helpful",
    "choice.rate.wrong": "Not right",
}
