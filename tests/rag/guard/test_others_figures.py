"""A figure that holds for others (another province, younger children) is not told to who it does not hold for."""

import pytest

from rag.understanding.places import places_meant
from rag.values import Question

ELSEWHERE = "Cần Thơ"


async def test_a_local_rule_is_told_to_nobody_elsewhere_who_names_no_place(whole):
    told = []
    for passage in whole.searcher.index.passages:
        if not passage.province or passage.province == ELSEWHERE:
            continue
        known = [q.text for q in passage.questions if not q.is_impossible]
        for asked in [text for text in known if not places_meant(text, "")][:2]:
            answer = await whole.answer(Question(asked, province=ELSEWHERE))
            told += [(asked, cited.id) for cited in answer.citations if cited.id == passage.id]
    assert not told


@pytest.mark.parametrize(
    "asked", ["16 tuổi mất căn cước làm lại bao nhiêu tiền", "em 17t mat the can cuoc lam lai may tien"]
)
async def test_who_is_sixteen_is_not_told_that_children_pay_nothing(whole, asked):
    answer = await whole.answer(Question(asked))
    assert answer.citations
    assert "cc-tre-duoi-16-mien-phi" not in {cited.id for cited in answer.citations}
    assert "35.000" in answer.text
