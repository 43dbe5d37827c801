"""Which passages are told beside the first one."""

from datetime import date

from rag.beside import first_told, told_beside
from rag.deciding import Framing, decide
from rag.retrieval.search import Hit
from rag.understanding.aspect import Aspect
from rag.values import Confidence, Passage

TODAY = date(2026, 11, 21)


def hit(
    id_: str, score: float, text: str, *, topic: str = "CC", confidence: Confidence = Confidence.V1
) -> Hit:
    return Hit(Passage(id=id_, title="", text=text, topic=topic, confidence=confidence), 0, score, text)


FIRST = hit("first", 10.0, "Đưa con đi cùng cha mẹ.")
DECIDED = decide(FIRST, TODAY, {})


def beside(*others: Hit, asked: frozenset[Aspect] = frozenset()) -> str:
    found = told_beside((FIRST, *others), DECIDED, TODAY, {}, asked)
    return " ".join(other.hit.passage.id for other in found)


def test_one_close_passage_is_told_and_a_far_one_is_not():
    assert beside(hit("close", 9.0, "Việc gần giống."), hit("near", 8.5, "Việc khác.")) == "close"
    assert beside(hit("far", 7.5, "Việc gần giống.")) == ""


def test_a_passage_of_another_matter_is_told_only_when_all_but_equal():
    assert beside(hit("other", 8.5, "Việc khác.", topic="HP")) == ""
    assert beside(hit("equal", 9.5, "Việc khác.", topic="HP")) == "equal"


def test_a_passage_of_another_matter_that_a_known_wording_overtook_is_not_told_beside():
    assert beside(hit("overtaken", 12.0, "Việc khác.", topic="HP")) == ""


def test_one_that_tells_the_missing_side_comes_first_and_may_be_farther():
    other, fills = hit("other", 9.0, "Việc gần giống."), hit("fills", 7.5, "Có thẻ sau 07 ngày làm việc.")
    assert beside(other, fills, asked=frozenset({Aspect.DURATION})) == "fills"
    assert beside(other, fills, asked=frozenset({Aspect.AGE})) == "other"


def test_where_our_sources_disagree_a_near_passage_that_can_be_told_is_told_instead():
    unsure = hit("unsure", 10.0, "Chưa rõ.", confidence=Confidence.U)
    near, far = hit("near", 9.0, "Việc chắc chắn."), hit("far", 7.0, "Việc khác.")
    assert first_told((unsure, near), TODAY, {}).hit.passage.id == "near"
    assert first_told((unsure, far), TODAY, {}).framing is Framing.UNSURE


def test_an_unsure_second_is_never_told():
    assert beside(hit("unsure", 9.0, "Việc gần giống.", confidence=Confidence.U)) == ""
