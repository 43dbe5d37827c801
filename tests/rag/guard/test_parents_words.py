"""Words that parents use for what the law names otherwise are searched for by both."""

import pytest

from rag.understanding.parents_words import in_words_of_the_law
from rag.values import Question, Turn


@pytest.mark.parametrize(
    ("said", "law"),
    [
        ("bé có phải lăn tay không", "lấy vân tay"),
        ("app định danh mở ở đâu", "VNeID"),
        ("ra đồn nào làm thẻ cũng được hả", "công an xã, phường"),
        ("Trường tư có được hỗ trợ không", "tư thục"),
        ("nghỉ nhiều có bị lưu ban không", "không được lên lớp"),
    ],
)
def test_a_word_of_parents_is_read_as_that_of_the_law(said, law):
    assert law in in_words_of_the_law(said)[0]


def test_a_word_of_one_region_is_read_apart_from_that():
    assert in_words_of_the_law("coi lăn tay mấy bữa xong")[1] == "xem lấy vân tay mấy ngày xong"


@pytest.mark.parametrize("said", ["nhập học cho con", "số định danh cá nhân", "học thêm ở trường tư thục"])
def test_a_word_that_may_mean_another_thing_stays(said):
    assert set(in_words_of_the_law(said)) == {said}


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("bé 4 tuổi đi làm thẻ có phải lăn tay không", "cc-duoi-6-tuoi"),
        ("sau này bằng cấp của con có tự hiện trong vê nê ai đi không", "vb-ho-so-len-vneid"),
        ("sau này học dân lập thì có khỏi đóng học phí không", "hp-ho-tro-tu-thuc"),
    ],
)
async def test_who_asks_in_such_words_is_answered(whole, asked, told):
    assert (await whole.answer(Question(asked))).citations[0].id == told


async def test_where_a_parent_lives_and_what_the_child_attends_is_kept_from_what_was_told_before(whole):
    before = (Turn("user", "nhà em ở TP.HCM, con học lớp 3 trường tư"), Turn("bot", "Dạ, anh/chị hỏi gì ạ?"))
    answer = await whole.answer(Question("một tháng được hỗ trợ bao nhiêu", before))
    assert answer.citations[0].id == "hp-tu-thuc-tphcm"
