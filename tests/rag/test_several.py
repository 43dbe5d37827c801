"""A message is cut into its questions; what only stands beside a question stays with it."""

import pytest

from rag.understanding.several import questions_in


@pytest.mark.parametrize(
    "beside",
    [
        "Tôi lưu sẵn trong máy cho yên tâm.",
        "Tôi ở hội cha mẹ lớp 4A.",
        "Hồi trước cháu học trường khác.",
        "Nhà tôi gần chùa Bà.",
    ],
)
def test_a_sentence_that_asks_nothing_is_no_question_of_its_own(beside):
    asked = "Số tổng đài là mấy, gọi có tốn tiền không?"
    assert questions_in(f"{asked} {beside}") == (f"{asked} {beside}",)
    assert questions_in(f"{beside} {asked}") == (f"{beside} {asked}",)


@pytest.mark.parametrize(
    "second", ["Lớp mấy thì được làm thẻ?", "lop may thi duoc lam the", "Cho tôi hỏi thêm về phí."]
)
def test_a_second_question_is_one_with_marks_and_without(second):
    assert len(questions_in(f"Mất thẻ làm lại ở đâu? {second}")) == 2
