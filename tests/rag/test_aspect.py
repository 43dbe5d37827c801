"""What side of a matter a question asks, what side a text tells, and how an answer uses it."""

import pytest

from rag.generation.extractive import extract
from rag.understanding.aspect import Aspect, agreement, aspects_asked, aspects_told
from rag.values import Passage


@pytest.mark.parametrize(
    ("question", "side"),
    [
        ("Làm thẻ căn cước cho con mất mấy ngày ạ?", Aspect.DURATION),
        ("lam the bao lau thi xong", Aspect.DURATION),
        ("Học phí lớp 10 bao nhiêu tiền một tháng?", Aspect.AMOUNT),
        ("Nộp đơn chuyển trường ở đâu?", Aspect.PLACE),
        ("xin nhap hoc can giay to gi", Aspect.PAPERS),
        ("Làm trên mạng được không em?", Aspect.ONLINE),
        ("Luật mới áp dụng từ ngày nào?", Aspect.WHEN),
        ("Nộp muộn có bị phạt không?", Aspect.LATE),
        ("Mấy tuổi thì được làm thẻ?", Aspect.AGE),
        ("Ai được đi nhận thẻ thay cháu?", Aspect.WHO),
    ],
)
def test_a_question_asks_a_side_with_or_without_marks(question: str, side: Aspect) -> None:
    assert side in aspects_asked(question)


def test_a_number_of_days_is_a_duration_and_no_price() -> None:
    assert aspects_asked("mất bao nhiêu ngày thì có thẻ") == {Aspect.DURATION}
    assert Aspect.AMOUNT not in aspects_told("Có thẻ sau 07 ngày làm việc.")


def test_a_plain_question_asks_no_side() -> None:
    assert aspects_asked("Cho con học thêm trong trường được không?") == frozenset()
    assert agreement(frozenset(), frozenset(Aspect)) == 0.0


def test_what_the_text_adds_follows_the_approved_answer_and_what_repeats_it_does_not() -> None:
    passage = Passage(
        id="p",
        title="Thẻ",
        text="Con được đưa đến công an xã làm thẻ. Thời hạn giải quyết là 07 ngày làm việc kể từ khi nhận đủ hồ sơ.",
        answer="Anh chị đưa con đến công an xã làm thẻ.",
    )
    assert extract(passage, "") == (
        "Anh chị đưa con đến công an xã làm thẻ. Thời hạn giải quyết là 07 ngày làm việc kể từ khi nhận đủ hồ sơ."
    )
    assert extract(passage, "", room=0) == passage.answer
