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


@pytest.mark.parametrize(
    ("before", "asked", "told"),
    [
        ("trường tư có được hỗ trợ không", "số định danh là gì", {"cc-so-dinh-danh-la-gi"}),
        ("đăng ký tạm trú ở đâu", "thi tốt nghiệp mấy môn", {"tn-bon-mon-thi"}),
        ("ly hôn rồi thì ba có được xem điểm con không", "làm sao để chặn", {"gh-cha-me-ly-hon"}),
        # The procedure of that age says how; the passage on that age says who and what.
        (
            "bé 5 tuổi làm thẻ căn cước thế nào",
            "bé 12 tuổi thì sao",
            {"cc-tu-6-den-duoi-14", "tt-p02-can-cuoc-6-14"},
        ),
    ],
)
async def test_few_words_go_on_with_what_was_asked_unless_they_are_plain_alone(whole, before, asked, told):
    answer = await whole.answer(Question(asked, (Turn("user", before), Turn("bot", "Dạ."))))
    assert answer.citations[0].id in told


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("cháu 12 tuổi làm gãy thẻ căn cước thì làm lại ở đâu", {"cc-mat-hong-the", "tt-p05-cap-lai-the"}),
        ("bé 7 tuổi bị mất thẻ có phải dẫn đi chụp lại không", {"cc-mat-hong-the", "tt-p05-cap-lai-the"}),
    ],
)
async def test_the_age_of_who_lost_a_card_does_not_turn_it_into_a_first_one(whole, asked, told):
    assert (await whole.answer(Question(asked))).citations[0].id in told
