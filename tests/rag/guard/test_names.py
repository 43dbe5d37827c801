import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.guard.names import mask_for_keeping, mask_names

GIVEN = ("An", "Gia Hân", "Bảo Ngọc", "Minh Khôi", "Đức Anh", "Thảo Vy")
FAMILY = ("Nguyễn", "Trần", "Lê", "Đặng", "Huỳnh")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Bé Gia Hân lớp 3C nghỉ mấy buổi", "Bé [tên] lớp 3C nghỉ mấy buổi"),
        ("chau gia khoi lop 4b hoc the nao", "chau [tên] lop 4b hoc the nao"),
        ("Is Ms. Lan here?", "Is Ms. [tên] here?"),
        ("mẹ là Trần Thị Mai, số 0912345678", "mẹ là [tên], số [số điện thoại]"),
    ],
)
def test_a_name_is_masked_and_the_question_is_kept(text, masked):
    assert mask_for_keeping(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "con em lớp 3 làm căn cước ở đâu",
        "bé nhà em lớp 1 cần giấy gì",
        "Anh chị cho hỏi học phí ở Hà Nội",
        "How does Ho Chi Minh City assign pupils to schools?",
        "Ở Hồ Chí Minh phân tuyến thế nào",
        "Công an có tới trường không",
    ],
)
def test_a_question_without_a_name_stays_as_it_is(text):
    assert mask_names(text) == text


@given(
    st.sampled_from(FAMILY), st.sampled_from(GIVEN), st.sampled_from(("em", "bạn", "cháu", "bé", "học sinh"))
)
def test_no_full_name_survives(family, given_name, called):
    text = f"cho tôi hỏi {called} {family} {given_name} học lớp nào"
    assert not {*given_name.split(), family} & set(mask_names(text).split())
