"""Which known questions stand beside a reply for a person to pick from."""

from rag.values import Behaviour, Question

OLD = "Học sinh cấp hai trường công phải đóng học phí theo mức của tỉnh phải không?"


async def test_a_question_about_another_matter_gets_no_questions_to_pick_from(answerer):
    answer = await answerer.answer(Question("Hôm nay nấu canh chua cá lóc cần những gia vị nào?"))
    assert answer.behaviour is Behaviour.ABSTAIN
    assert answer.suggestions == ()


async def test_an_answer_names_near_questions_but_not_its_own(answerer):
    answer = await answerer.answer(Question("Trẻ làm thẻ căn cước thì cha mẹ đưa con tới đâu?"))
    assert answer.citations[0].id == "the-noi-lam"
    assert "Làm thẻ căn cước cho con ở đâu?" not in answer.suggestions
    assert answer.suggestions


async def test_what_only_superseded_law_says_is_never_suggested(answerer):
    answer = await answerer.answer(Question("Chuyển trường cần giấy tờ gì cho học sinh trung học cơ sở?"))
    assert answer.citations[0].id == "chuyen-truong"
    assert OLD not in answer.suggestions
