"""A message is cut into its questions; what only stands beside a question stays with it."""

import pytest

from rag.understanding.several import halves_of, questions_in


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


def test_four_questions_are_four():
    asked = "Làm căn cước ở đâu? Mất bao nhiêu tiền? Mấy ngày có thẻ? Có phải mang khai sinh không?"
    assert len(questions_in(asked)) == 4


@pytest.mark.parametrize(
    ("asked", "halves"),
    [
        (
            "mã định danh xem ở đâu rồi sai ngày sinh trên dữ liệu dân cư thì sửa thế nào",
            ("mã định danh xem ở đâu", "sai ngày sinh trên dữ liệu dân cư thì sửa thế nào"),
        ),
        (
            "số tổng đài dịch vụ công và số báo bạo lực trẻ em là số nào",
            ("số tổng đài dịch vụ công là số nào", "số báo bạo lực trẻ em là số nào"),
        ),
        (
            "chuyen truong mat tien khong, so ho khau con dung khong a",
            ("chuyen truong mat tien khong", "so ho khau con dung khong a"),
        ),
    ],
)
def test_two_matters_side_by_side_may_be_two_questions(asked, halves):
    assert halves in halves_of(asked)


@pytest.mark.parametrize(
    "asked",
    [
        "hồ sơ cần học bạ gốc, giấy giới thiệu không?",  # a list
        "con mất thẻ rồi, giờ làm lại ở đâu",  # a story
        "chuyển trường cần giấy tờ gì và mất bao lâu",  # two sides of one matter
        "xin bản sao học bạ, sổ hộ khẩu thì nộp ở xã",  # a copy asks nothing
        "đăng ký tạm trú ở đâu, mấy hôm có giấy",  # as little a matter of its own as "bao lâu"
    ],
)
def test_a_list_a_story_or_a_further_side_is_no_second_matter(asked):
    assert halves_of(asked) == ()
