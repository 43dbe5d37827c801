"""What an answer says first, what it does not say twice, and how it says that nobody is sure."""

from datetime import date

from rag.composing import compose
from rag.deciding import decide
from rag.generation.extractive import extract
from rag.retrieval.search import Hit
from rag.understanding.ages import in_age_bands
from rag.understanding.aspect import Aspect
from rag.understanding.language import in_vietnamese_words
from rag.values import Behaviour, Confidence, Passage

TODAY = date(2026, 11, 21)


def told(passage, locale="vi"):
    return compose((decide(Hit(passage, 0, 1.0, passage.text), TODAY, {}),), 0.9, locale)


def test_what_our_sources_leave_open_is_said_in_its_approved_words_and_its_text_is_not_asserted():
    open_ = Passage(
        id="p",
        title="",
        text="Mức cũ là 45 ngày.",
        answer="Mình chưa chắc hạn nộp. Anh chị hỏi trường nhé.",
        confidence=Confidence.U,
    )
    answer = told(open_)
    assert answer.behaviour is Behaviour.ANSWER
    assert answer.text == open_.answer
    assert [cited.confidence for cited in answer.citations] == [Confidence.U]


def test_without_approved_words_nothing_is_said_of_what_is_left_open():
    assert (
        told(Passage(id="p", title="", text="Mức là 45 ngày.", confidence=Confidence.U)).behaviour
        is Behaviour.ABSTAIN
    )


def test_an_answer_that_names_whom_to_ask_is_not_followed_by_the_same_advice():
    advising = Passage(
        id="p",
        title="",
        text="Phí là 0 đồng.",
        answer="Phí là 0 đồng. Nơi khác thì nên hỏi lại trường.",
        confidence=Confidence.K,
    )
    silent = Passage(
        id="p", title="", text="Phí là 0 đồng.", answer="Phí là 0 đồng.", confidence=Confidence.K
    )
    assert told(advising).text.count("nên hỏi lại") == 1
    assert told(silent).text.count("nên hỏi lại") == 1


def test_the_source_line_is_not_said_again_and_neither_is_what_once_was():
    passage = Passage(
        id="p",
        title="",
        text="Quy định này có hiệu lực từ ngày 15/4/2026. Trước đó phí là 9.000 đồng. Con khuyết tật nộp thêm kế hoạch.",
        answer="Phí là 5.000 đồng.",
        source="Thông tư 10/2026/TT-BGDĐT",
        effective_from=date(2026, 4, 15),
    )
    assert extract(passage, "") == "Phí là 5.000 đồng. Con khuyết tật nộp thêm kế hoạch."


def test_half_a_sentence_and_closing_advice_are_never_put_first():
    answer = "Cha mẹ làm đơn. Cả nước không có hạn 05 ngày; báo sớm thì tốt hơn cho con. Lệ phí 5.000 đồng thì nên hỏi lại trường."
    passage = Passage(id="p", title="", text="Cha mẹ làm đơn.", answer=answer)
    assert extract(passage, "", frozenset({Aspect.DURATION, Aspect.AMOUNT})).startswith("Cha mẹ làm đơn.")


def both_told(first, second):
    told = [decide(Hit(passage, 0, 1.0, passage.text), TODAY, {}) for passage in (first, second)]
    return compose(told, 0.9, "vi")


LEAVE = Passage(id="a", title="", text="", answer="Báo giáo viên chủ nhiệm sớm, kèm giấy khám nếu con ốm.")


def test_a_second_passage_says_only_what_the_first_left_out():
    more = "Giữ giấy khám nếu con ốm. Nghỉ quá 45 buổi một năm thì không lên lớp."
    answer = both_told(LEAVE, Passage(id="b", title="", text="", answer=more))
    assert answer.text == f"{LEAVE.answer}\nNghỉ quá 45 buổi một năm thì không lên lớp."
    assert [cited.id for cited in answer.citations] == ["a", "b"]


def test_a_passage_that_says_nothing_new_is_neither_told_nor_cited():
    answer = both_told(LEAVE, Passage(id="b", title="", text="", answer="Kèm giấy khám nếu con ốm."))
    assert answer.text == LEAVE.answer
    assert [cited.id for cited in answer.citations] == ["a"]


def test_a_figure_that_was_told_is_not_told_again_in_other_words():
    passage = Passage(
        id="p",
        title="",
        text="Thời gian giải quyết là 03 ngày làm việc.",
        answer="Đăng ký ở xã, phường; 03 ngày làm việc.",
    )
    assert extract(passage, "") == passage.answer


def test_whether_a_child_must_have_a_card_is_a_question_about_fourteen():
    assert (
        in_age_bands("bé 9 tuổi có phải làm căn cước không") == "bé dưới 14 tuổi có phải làm căn cước không"
    )
    assert in_age_bands("con 12 tuổi bao giờ phải đổi thẻ") == "con 12 tuổi bao giờ phải đổi thẻ"


def test_an_english_question_keeps_the_age_of_the_child():
    assert "10 tuổi" in in_vietnamese_words("How do I get an ID card for my 10 year old?")


def test_a_clause_told_without_the_one_before_begins_and_ends_as_a_sentence():
    text = "Đây là mức gốc cho cả năm; có giai đoạn được giảm một nửa. Trẻ dưới 16 tuổi được miễn phí;"
    passage = Passage(id="p", title="", text=text, answer="Đây là mức gốc cho cả năm.")
    assert extract(passage, "") == (
        "Đây là mức gốc cho cả năm. Có giai đoạn được giảm một nửa. Trẻ dưới 16 tuổi được miễn phí."
    )
