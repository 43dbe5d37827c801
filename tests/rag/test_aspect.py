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


def test_the_sentence_that_tells_the_asked_side_follows_an_answer_that_leaves_it_out() -> None:
    passage = Passage(
        id="p",
        title="Thẻ",
        text="Thẻ do công an xã làm cho mọi người. Thời hạn giải quyết là 07 ngày làm việc kể từ khi nhận đủ hồ sơ.",
        answer="Anh chị đưa con đến công an xã.",
    )
    asked = aspects_asked("mất mấy ngày")
    assert extract(passage, "") == passage.answer
    assert extract(passage, "", asked).startswith(passage.answer)
    assert "07 ngày làm việc" in extract(passage, "", asked)
    assert extract(passage, "", frozenset({Aspect.PLACE})) == passage.answer
