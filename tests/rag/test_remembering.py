"""Answers are remembered by meaning and index, and nothing personal is."""

import pytest

from rag.living import LivingAnswerer
from rag.remembering import RememberedAnswers
from rag.values import Answer, Passage, Question, Turn

FEE = "Làm thẻ căn cước có mất tiền không?"
HOURS = Passage(id="school:gio", title="Giờ mở cửa", text="Văn phòng mở cửa từ 7 giờ 30 đến 16 giờ 30.")


class Notebook:
    """A school's data, kept outside `rag`."""

    def __init__(self):
        self.held = []

    async def version(self):
        return repr(self.held)

    async def passages(self):
        return self.held


@pytest.fixture
def remembered(answerer):
    return RememberedAnswers(LivingAnswerer(answerer, [Notebook()]), most=2)


@pytest.mark.parametrize(
    "again", [FEE, "làm thẻ căn cước có mất tiền không ạ", "Dạ cho em hỏi làm thẻ căn cước có mất tiền không"]
)
async def test_a_question_of_the_same_meaning_is_answered_from_memory(remembered, again):
    first = await remembered.answer(Question(FEE))
    assert (await remembered.answer(Question(again))).text == first.text
    assert remembered.hits == 1


@pytest.mark.parametrize(
    "other",
    [
        Question("Làm thẻ căn cước có mất tiền không?", province="Đà Nẵng"),
        Question("Làm lại thẻ căn cước có mất tiền không?"),
        Question("Làm thẻ căn cước có mất 70 tiền không?"),
        Question(FEE, history=(Turn("user", "Xe buýt giảm giá không?"),)),
    ],
)
async def test_what_differs_is_thought_out_anew(remembered, other):
    await remembered.answer(Question(FEE))
    await remembered.answer(other)
    assert remembered.hits == 0


async def test_nothing_personal_and_no_refusal_is_kept(remembered):
    for text in ("Thẻ 001204012345 làm lại mất tiền không?", "Cách nấu phở bò gia truyền", "???"):
        await remembered.answer(Question(text))
    assert not remembered._kept


async def test_a_new_index_forgets_and_memory_is_bounded(remembered):
    await remembered.answer(Question(FEE))
    remembered.inner.sources[0].held.append(HOURS)
    await remembered.inner.refresh()
    await remembered.answer(Question(FEE))
    assert remembered.hits == 0
    for text in ("Chuyển trường cần giấy tờ gì?", "Trường công có thu học phí không?"):
        await remembered.answer(Question(text))
    assert len(remembered._kept) == 2


async def test_a_remembered_answer_is_streamed_in_pieces_too(remembered):
    *_, first = [piece async for piece in remembered.stream(Question(FEE))]
    *pieces, last = [piece async for piece in remembered.stream(Question(FEE))]
    assert remembered.hits == 1
    assert isinstance(last, Answer)
    assert "".join(pieces) == last.text == first.text
