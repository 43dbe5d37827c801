from dataclasses import replace

import pytest

from rag.considered import Considered
from rag.drafting import write
from rag.errors import GenerationError
from rag.guard.screen import Screened
from rag.ports import Draft
from rag.values import Behaviour, KnownQuestion, Passage, Question, Turn
from tests.rag.conftest import TODAY


async def ask(answerer, text, **more):
    return await answerer.answer(Question(text, **more))


async def test_a_plain_question_gets_the_approved_answer_with_source_and_date(answerer):
    answer = await ask(answerer, "Làm thẻ căn cước cho con ở đâu?")
    assert answer.behaviour is Behaviour.ANSWER
    assert answer.citations[0].id == "the-noi-lam"
    assert "công an xã, phường nào cũng được" in answer.text
    assert "01/01/2026" in answer.text
    assert (
        answer.citations[0].quote
        in "Phụ huynh đưa con đến công an xã, phường bất kỳ để làm thẻ căn cước. Không phân biệt nơi cư trú."
    )


@pytest.mark.parametrize(
    "typed", ["lam the can cuoc cho con o dau", "lamf ther cawn cuowcs cho con owr ddaau"]
)
async def test_the_same_is_answered_however_it_was_typed(answerer, typed):
    assert (await ask(answerer, typed)).citations[0].id == "the-noi-lam"


async def test_a_follow_up_is_understood_from_what_was_asked_before(answerer):
    before = (Turn("user", "Làm thẻ căn cước cho con ở đâu?"), Turn("bot", "Ở công an xã, phường."))
    answer = await ask(answerer, "vậy có mất tiền không ạ", history=before)
    assert answer.citations[0].id == "the-le-phi"


async def test_a_follow_up_on_what_the_passage_told_before_does_not_speak_of_is_answered_by_one_that_does(
    answerer,
):
    known = (KnownQuestion("late:1", "đến trễ bao nhiêu phút thì không được vào"),)
    late = Passage(id="late", title="", text="Đến trễ quá 15 phút thì không được vào thi.", questions=known)
    before = (Turn("user", "Trường công có thu học phí không?"), Turn("bot", "Không ạ."))
    told = await ask(answerer.with_passages((late,)), "đến trễ thì sao", history=before)
    assert told.citations[0].id == "late"


async def test_two_questions_in_one_message_are_both_answered(answerer):
    answer = await ask(answerer, "Chuyển trường cần giấy tờ gì? Trường công có thu học phí không?")
    assert {citation.id for citation in answer.citations} == {"chuyen-truong", "hoc-phi-cong-lap"}


async def test_two_matters_side_by_side_are_both_answered_each_for_itself(answerer):
    answer = await ask(answerer, "làm thẻ căn cước cho con ở đâu, trường công có thu học phí không")
    assert [citation.id for citation in answer.citations] == ["the-noi-lam", "hoc-phi-cong-lap"]
    assert answer.text.startswith("1. ")
    assert "\n2. " in answer.text


async def test_what_lists_or_tells_before_it_asks_is_one_question(answerer):
    answer = await ask(answerer, "nhà em ở trọ, làm thẻ căn cước cho con ở đâu, công an nào")
    assert not answer.text.startswith("1. ")


async def test_an_outdated_premise_is_corrected_and_not_repeated(answerer):
    answer = await ask(
        answerer, "Học sinh cấp hai trường công phải đóng học phí theo mức của tỉnh phải không?"
    )
    assert [citation.id for citation in answer.citations] == ["hoc-phi-cong-lap"]
    assert "không còn áp dụng" in answer.text


async def test_a_rule_not_yet_in_force_says_from_when(answerer):
    answer = await ask(answerer, "Sách giáo khoa được miễn phí từ khi nào?")
    assert "chưa có hiệu lực, từ tháng 9/2029" in answer.text


async def test_a_local_rule_is_told_only_where_it_holds(answerer):
    text = "Trẻ mầm non hộ cận nghèo được hỗ trợ ăn trưa không?"
    here = await ask(answerer, text, province="Đà Nẵng")
    there = await ask(answerer, text, province="Hà Nội")
    assert "Riêng tại Đà Nẵng" in here.text
    assert "an-trua-da-nang" not in {citation.id for citation in there.citations}
    said = (Turn("user", "Nhà em ở Đà Nẵng ạ"), Turn("bot", "Dạ, em nghe đây ạ."))
    assert "an-trua-da-nang" in {c.id for c in (await ask(answerer, text, history=said)).citations}
    assert "an-trua-da-nang" not in {c.id for c in (await ask(answerer, text)).citations}


async def test_what_is_only_known_is_said_to_need_a_second_look(answerer):
    assert "nên hỏi lại" in (await ask(answerer, "Học sinh đi xe buýt được giảm giá vé tháng không?")).text


async def test_a_question_from_another_world_is_refused_without_citation(answerer):
    answer = await ask(answerer, "Cách nấu phở bò gia truyền Nam Định")
    assert answer.behaviour is Behaviour.ABSTAIN
    assert not answer.citations


@pytest.mark.parametrize("asked", ["Mấy giờ trường mở cửa?", "xe dua don dung o cong nao"])
async def test_what_only_the_school_knows_and_has_not_entered_is_said_to_be_so(asked):
    unknown = Considered(Screened(Behaviour.ABSTAIN), asked)
    answer = await write(unknown, Question(asked), "vi", None, TODAY)
    assert "nhà trường chưa nhập" in answer.text
    assert "văn phòng nhà trường" in answer.text
    other = Considered(Screened(Behaviour.ABSTAIN), "hộ chiếu làm ở đâu")
    assert "nhà trường chưa nhập" not in (await write(other, Question(other.text), "vi", None, TODAY)).text


async def test_an_english_question_gets_an_english_frame(answerer):
    answer = await ask(answerer, "Where can I get the citizen ID card for my child?")
    assert answer.behaviour is Behaviour.ANSWER
    assert answer.text.startswith("The official information is in Vietnamese")


@pytest.mark.parametrize("text", ["", "   ", "???", "\u200b", "\udc80", "😀"])
async def test_an_empty_message_is_met_kindly(answerer, text):
    assert (await ask(answerer, text)).behaviour is Behaviour.ABSTAIN


async def test_a_school_adds_its_own_passages(answerer):
    hours = Passage(
        id="gio", title="Giờ mở cửa văn phòng", text="Văn phòng nhà trường mở cửa từ 7 giờ 30 đến 16 giờ 30."
    )
    more = answerer.with_passages([hours])
    assert (await ask(more, "Văn phòng nhà trường mở cửa từ mấy giờ?")).citations[0].id == "gio"
    assert more.version != answerer.version


class Writer:
    """A stand-in for a language model (outside the machine)."""

    def __init__(self, draft):
        self.draft = draft

    async def generate(self, request):
        if self.draft is None:
            raise GenerationError("away")
        return self.draft


async def test_a_draft_that_cites_what_was_not_given_is_thrown_away(answerer):
    liar = replace(answerer, generator=Writer(Draft("Bịa đặt.", ("khong-co",))))
    assert "Bịa đặt" not in (await ask(liar, "Làm thẻ căn cước cho con ở đâu?")).text


async def test_a_generator_that_fails_leaves_the_extractive_answer(answerer):
    broken = replace(answerer, generator=Writer(None))
    assert "công an xã, phường nào cũng được" in (await ask(broken, "Làm thẻ căn cước cho con ở đâu?")).text
