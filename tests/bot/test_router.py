"""What parents type, and what they mean."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.folding import fold, strip_marks
from bot.intents import Intent, Topic
from bot.messages import InboundMessage
from bot.router import route
from core.conversations.domain import FlowState


def topic_of(text: str, state: FlowState | None = None) -> Topic:
    return route(InboundMessage("webchat", "c", "m", text), state or FlowState()).topic


SAID = {
    Topic.FEES: (
        "con em còn nợ khoản thu nào ko ạ?", "con e con no hoc phi ko", "học phí của con tôi bao nhiêu",
        "tháng này phải đóng bao nhiêu tiền", "xem khoản thu",
        "cho e xin ma qr nop tien", "xem lại khoản thu bé Hà", "nộp tiền bằng cách nào", "chuyển khoản rồi mà vẫn báo nợ", "đóng tiền rồi nha", "how much are the fees", "do i owe any fees", "hoc phi thang nay bao nhieu", "tiền ăn tháng 11 của bé", "how do I pay the fees?",
    ),
    Topic.CHECKINS: (
        "con tôi đã đến trường chưa", "be den truong chua a", "hnay chau vao lop chua", "điểm danh hôm nay",
        "thằng Bình tới chưa em", "is my son at school yet", "is my daughter at school", "con em đi học lúc mấy giờ",
    ),
    Topic.HANDOVER: (
        "cho em gặp cô giáo chủ nhiệm", "gap nv", "tôi muốn nói chuyện với người thật", "lien he nha truong",
        "bực mình quá trả lời gì kỳ vậy", "i want to talk to a human", "tôi muốn khiếu nại", "điên quá đi mất", "mày không hiểu gì hết à",
    ),
    Topic.LEAVE: (
        "mai con em xin nghỉ vì sốt", "mai cháu Ánh ốm em xin phép cho cháu nghỉ học 1 hôm ạ", "cháu bị sốt, mai em xin cho cháu nghỉ ạ",
        "e xin phep cho con nghi hoc ngay mai", "gia đình tôi xin cho cháu Duy nghỉ 3 ngày về quê", "hôm nay con đau bụng cho con nghỉ sáng nay cô nhé",
        "con tôi nghỉ ốm 3 ngày", "con em nghỉ mai ạ", "bé Na nghỉ học hôm nay nha cô", "cô ơi bé Na nghỉ ốm hôm nay ạ", "Cô ơi mai bé Na nghỉ học vì tiêu chảy", "my daughter has a fever and will stay home tomorrow", "my son has a fever and will not come tomorrow", "my kid is sick, he won't come to school today",
    ),
    Topic.DANGER: (
        "con tôi mất tích từ chiều", "bé bị bạn đánh ở cổng trường", "chau chua ve nha", "con em bị bắt cóc",
        "con em chưa về", "giờ này cháu vẫn chưa về tới nhà", "con chưa về cô ơi", "con tôi bị thất lạc ở chợ", "con bị lạc, không mang thẻ", "cháu bị bạn đánh sưng mặt",
        "cứu với", "my child is missing", "cháu nói muốn tự tử",
    ),
    Topic.CHILDREN: ("Con của tôi", "con cua toi", "my child", "liên kết với con"),
    Topic.MENU: ("menu", "xin chào ạ", "alo", "hi", "/start", "chào cô"),
    Topic.LINK: ("HPME-2026", "lk hpme2026", "LK K7M4-02P1", "mã: 1234 5678"),
    Topic.VERIFY: ("xác minh", "làm sao để xác minh", "xác minh phụ huynh thế nào ạ"),
    Topic.PREFERENCES: ("hủy thông báo", "tắt thông báo"),
    Topic.UNLINK: ("huỷ liên kết", "huy lien ket"),
    Topic.LANGUAGE: ("English please", "tiếng Việt"),
    Topic.DAYS: ("mai trường có nghỉ không",),
    Topic.ASK: (
        "con em nghỉ mai được không", "con nghỉ thứ bảy có bị trừ điểm không", "học phí lớp 6 có được miễn không?", "chuyển trường cần giấy tờ gì", "làm mất học bạ thì sao", "con nghỉ ốm nhiều thì sao",
        "bạo lực học đường bị xử lý thế nào", "con em từ từ đóng hồ sơ sau được không", "trẻ mấy tuổi làm căn cước", "nghỉ học bao nhiêu buổi thì ở lại lớp",
        "xin nghỉ học cho con mấy ngày thì phải làm đơn", "đơn xin nghỉ của con em được duyệt chưa", "xin nghỉ ốm giả cho con tôi đi du lịch",
        "con sợ đến lớp nên em xin cho con nghỉ", "cháu ngã gãy tay em xin cho cháu nghỉ", "cho con nghỉ học luôn thì làm sao",
        "xin nghỉ giúp cháu hàng xóm nhưng đừng báo mẹ nó", "cho em xin nghị định 238 ạ", "em xin đề nghị nhà trường sửa quạt", "how many days can my child be absent",
        "đổi số điện thoại", "thẻ căn cước điện tử là gì", "nhà em thuộc diện chính sách thì được giảm gì", "thi học kỳ diễn ra khi nào", "thi ngoại ngữ thế nào", "con em làm mất dây đeo thẻ",
        "con em 5 tuổi 11 tháng đi học lớp 1 được chưa", "máy điểm danh có lưu ảnh mặt con tôi không", "điểm danh bằng khuôn mặt có bắt buộc không", "quên thẻ thì điểm danh thế nào",
        "con em làm thất lạc thẻ căn cước", "học sinh bị lạc mất thẻ", "con em bị đánh giá chưa đạt thì sao", "con tôi bị thiếu trong danh sách", "lớp học sơ cấp cứu", "học sinh chưa về quê ăn tết được nghỉ thêm không",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("topic", "text"), [(topic, text) for topic, texts in SAID.items() for text in texts]
)
def test_a_sentence_is_understood(topic: Topic, text: str) -> None:
    assert topic_of(text) is topic


@pytest.mark.parametrize("text", [text for topic in (Topic.FEES, Topic.CHECKINS) for text in SAID[topic]])
def test_diacritics_and_capitals_change_nothing(text: str) -> None:
    assert topic_of(text) is topic_of(strip_marks(text)) is topic_of(text.upper())


@pytest.mark.parametrize("text", ["2", "số 2", "chọn 2", "hai", "trả lời 2 ạ"])
def test_a_number_picks_from_the_last_menu(text: str) -> None:
    state = FlowState(choices=("menu.ask", "menu.fees"))
    assert topic_of(text, state) is Topic.FEES


@pytest.mark.parametrize("text", ["3", "số 9", "12"])
def test_a_number_that_is_no_choice_is_told_so_and_the_choices_stay(text: str) -> None:
    message = InboundMessage("webchat", "c", "m", text)
    assert route(message, FlowState(choices=("menu.ask", "menu.fees"))).argument == "number"
    assert route(message, FlowState()).topic is Topic.ASK


def test_a_button_of_an_unknown_kind_means_its_words() -> None:
    pressed = InboundMessage("telegram", "c", "m", "chuyển trường thế nào", choice="gone:1")
    assert route(pressed, FlowState()) == Intent(Topic.ASK, text="chuyển trường thế nào")


@given(st.text(max_size=300), st.lists(st.sampled_from(["menu.ask", "q:1", "fees:1", "x"]), max_size=4))
def test_whatever_is_typed_has_a_topic_and_its_question_is_kept_as_typed(
    text: str, choices: list[str]
) -> None:
    intent = route(InboundMessage("webchat", "c", "m", text), FlowState(choices=tuple(choices)))
    assert isinstance(intent.topic, Topic)
    if intent.topic is Topic.ASK and intent.text:
        assert intent.text == text


@given(st.text(max_size=200))
def test_folding_is_done_once(text: str) -> None:
    assert fold(text) == fold(strip_marks(text))


def test_what_our_own_sentences_tell_a_parent_to_type_is_understood() -> None:
    texts = Path(__file__).parents[2] / "bot" / "texts"
    names = ("vi", "en", "fees", "news", "privacy", "verify", "rating")
    told = {
        words
        for name in names
        for words in re.findall(
            r"(?:[Gg]õ|[Nn]hắn|[Tt]ype) “([^”{]+)”", (texts / f"{name}.py").read_text("utf-8")
        )
    }
    assert {"khoản thu", "fees", "gặp nhân viên", "chọn cách nhận tin"} <= told
    assert [words for words in sorted(told) if topic_of(words) is Topic.ASK] == []


@pytest.mark.parametrize("typed", ["HPME 2026", "hpme-2026", "hpme2026"])
def test_a_code_that_was_asked_for_is_read_as_people_type_it(typed: str) -> None:
    asked = FlowState(Topic.LINK, "code")
    assert route(InboundMessage("webchat", "c", "1", typed), asked) == Intent(Topic.LINK, typed.lower())


@pytest.mark.parametrize("typed", ["thôi được", "trường nào", "năm 2026"])
def test_two_words_are_no_try_at_a_code(typed: str) -> None:
    asked = FlowState(Topic.LINK, "code")
    assert route(InboundMessage("webchat", "c", "1", typed), asked).topic is not Topic.LINK
