import json
from datetime import date

from rag.generation.export import sft_lines
from rag.generation.prompting import load_prompt
from rag.values import KnownQuestion, Passage, Status

ASKED = (
    KnownQuestion("q1", "Hết bao nhiêu tiền?"),
    KnownQuestion("q2", "Ai là tổng thống?", is_impossible=True),
)
PASSAGE = Passage("p", "Lệ phí", "Cấp lại thẻ thu 70.000 đồng.", answer="Dạ, 70.000 đồng ạ.", questions=ASKED)


def lines(*passages):
    return [json.loads(x) for x in sft_lines(passages, load_prompt("v1"), today=date(2026, 11, 21))]


def test_each_question_is_taught_in_the_form_of_service():
    first, second = lines(PASSAGE)
    assert [m["role"] for m in first["messages"]] == ["system", "user", "assistant"]
    assert json.loads(first["messages"][2]["content"])["answer"] == "Dạ, 70.000 đồng ạ."
    assert json.loads(second["messages"][2]["content"])["can_answer"] is False


def test_what_no_longer_holds_is_not_taught():
    assert lines(Passage("p", "t", "Cũ.", answer="Cũ.", questions=ASKED, status=Status.SUPERSEDED)) == []
