"""Which passages are told beside the first one."""

from datetime import date

from rag.beside import told_beside
from rag.deciding import decide
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


def test_close_ones_are_told_and_far_ones_are_not():
    assert beside(hit("close", 9.0, "Việc gần giống."), hit("near", 7.5, "Việc khác.")) == "close near"
    assert beside(hit("far", 6.5, "Việc gần giống.")) == ""


def test_no_more_than_two_are_told():
    assert beside(*(hit(f"h{n}", 9.0, "Việc gần giống.") for n in range(3))) == "h0 h1"


def test_one_that_tells_the_missing_side_comes_first():
    other, fills = hit("other", 9.0, "Việc gần giống."), hit("fills", 7.5, "Có thẻ sau 07 ngày làm việc.")
    assert beside(other, fills, asked=frozenset({Aspect.DURATION})) == "fills other"
    assert beside(other, fills, asked=frozenset({Aspect.AGE})) == "other fills"


def test_an_unsure_second_is_never_told():
    assert beside(hit("unsure", 9.0, "Việc gần giống.", confidence=Confidence.U)) == ""
