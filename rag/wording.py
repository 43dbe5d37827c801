"""The sentences `rag` says itself, in Vietnamese and English: kind, short, with the next step.

Knowledge speaks for itself; this is only the frame around it and the honest ways of not answering. Nothing here says
that somebody was told: whoever asked `rag` passes a message on, and says so.
"""

from rag.values import Behaviour

_VI = {
    "abstain": "Dạ, em chưa có thông tin chắc chắn để trả lời. Anh/chị thử hỏi rõ hơn (tên thủ tục, lớp, nơi ở) "
    "hoặc nhắn văn phòng nhà trường để được trả lời chính xác ạ.",
    "own_school": "Dạ, việc này mỗi trường một khác và nhà trường chưa nhập cho em, nên em không dám đoán. "
    "Anh/chị hỏi văn phòng nhà trường hoặc giáo viên chủ nhiệm giúp em nhé.",
    "unsure": "Dạ, các nguồn em có về việc này chưa thống nhất nên em không dám khẳng định. "
    "Anh/chị nên hỏi lại {authority} để có câu trả lời chắc chắn ạ.",
    "personal_data": "Dạ, đây là thông tin riêng của học sinh nên em chỉ gửi cho phụ huynh đã xác minh. "
    "Anh/chị bấm “Xác minh phụ huynh” để liên kết với con, xong là xem được ngay ạ.",
    "handover": "Dạ, việc này cần người của nhà trường trả lời trực tiếp cho anh/chị. Anh/chị cho biết thêm lớp của "
    "con và số điện thoại tiện liên lạc nhé; nếu gấp, anh/chị gọi văn phòng nhà trường ạ.",
    "urgent": "Dạ, việc này rất gấp. Xin gọi ngay 113 (công an), 115 (cấp cứu), 114 (cháy, cứu nạn) hoặc 111 (Tổng đài "
    "bảo vệ trẻ em, miễn phí, 24/7), và báo ngay cho nhà trường. Nếu chính bạn đang sợ hay muốn làm đau "
    "mình: bạn không có lỗi và không một mình, hãy gọi 111 hoặc tìm một người lớn bạn tin ngay bây giờ nhé.",
    "unsafe": "Dạ, em không thể làm việc này. Em chỉ hướng dẫn thủ tục của ngành giáo dục và chỉ gửi thông tin "
    "của học sinh cho đúng phụ huynh đã xác minh. Nếu em hiểu nhầm, anh/chị nói rõ hơn hoặc nhắn “gặp nhân viên” ạ.",
    "greeting": "Dạ, em chào anh/chị. Em là trợ lý tự động của nhà trường. Anh/chị cứ hỏi em về thủ tục, "
    "thẻ căn cước, học phí, chuyển trường, tuyển sinh… ạ.",
    "thanks": "Dạ không có gì ạ. Anh/chị cần gì thêm cứ nhắn em nhé.",
    "closing": "Dạ vâng ạ. Khi nào cần, anh/chị cứ nhắn em nhé.",
    "superseded": "Điều anh/chị nhắc tới theo {old} nay không còn áp dụng. Hiện nay:",
    "future": "Quy định này chưa có hiệu lực, từ {date} mới áp dụng:",
    "local": "Riêng tại {province}:",
    "plan": "Theo kế hoạch của ngành (không phải văn bản quy phạm pháp luật):",
    "guessed": "Em đoán anh/chị hỏi về “{title}”; nếu không phải, anh/chị nói rõ hơn giúp em ạ.",
    "known": "Thông tin này em chưa đối chiếu được văn bản gốc, anh/chị nên hỏi lại {authority} cho chắc ạ.",
    "authority": "cơ quan giải quyết thủ tục hoặc nhà trường",
    "sources": "Nguồn:",
    "since": "hiệu lực từ {date}",
    "empty": "Dạ, anh/chị nhắn câu hỏi giúp em nhé.",
}
_EN = {
    "abstain": "I do not have reliable information to answer this. Please name the procedure, the grade or the place, "
    "or write to the school office.",
    "own_school": "This differs from school to school, and the school has not entered it yet, so I will not guess. "
    "Please ask the school office or your child's class teacher.",
    "unsure": "My sources do not agree on this, so I will not guess. Please ask {authority}.",
    "personal_data": "This is a pupil's private information, which I only give to a verified guardian. "
    "Please use “Xác minh phụ huynh” (verify guardian) first; it takes a minute.",
    "handover": "A member of the school staff needs to answer this. Please tell us your child's class and a phone "
    "number that suits you; if it cannot wait, call the school office.",
    "urgent": "This is urgent. Please call 113 (police), 115 (ambulance), 114 (fire, rescue) or 111 (child protection "
    "line, free, 24/7) right away, and tell the school at once. If it is you who is afraid or wants to hurt "
    "yourself: it is not your fault and you are not alone; call 111 or find an adult you trust now.",
    "unsafe": "I cannot do that. I explain school procedures, and I give a pupil's information "
    "only to that pupil's verified guardian. If I misunderstood, say it another way or write “talk to a person”.",
    "greeting": "Hello, I am the school's automatic assistant. Ask me about procedures, citizen cards, fees, "
    "school transfer or admission.",
    "thanks": "You are welcome. Just write again whenever you need anything.",
    "closing": "All right. Just write again whenever you need anything.",
    "superseded": "What you mention, under {old}, no longer applies (không còn áp dụng). Today (quoted in Vietnamese):",
    "future": "Not in force yet; it applies from {date} (quoted in Vietnamese):",
    "local": "Only in {province} (quoted in Vietnamese):",
    "plan": "According to the sector's plan, which is not a legal text (quoted in Vietnamese):",
    "guessed": "I take this to be about “{title}”; if it is not, please tell me more.",
    "known": "I could not check this against the original text; please confirm with {authority}.",
    "authority": "the authority in charge or the school",
    "sources": "Sources:",
    "since": "in force since {date}",
    "empty": "Please write your question.",
    "frame": "The official information is in Vietnamese; this passage answers your question:",
}


def say(key: str, locale: str, **params: str) -> str:
    """Give one sentence in the language of `locale`; what English lacks is said in Vietnamese."""
    table = _EN if locale.startswith("en") and key in _EN else _VI
    return table[key].format(**params)


def refusal(behaviour: Behaviour, locale: str, *, urgent: bool = False) -> str:
    """Give the kind sentence of a behaviour that does not answer."""
    return say("urgent" if urgent else behaviour.value, locale)
