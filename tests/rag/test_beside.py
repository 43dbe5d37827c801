"""Which second passage is told beside the first one."""

from datetime import date

from rag.deciding import decide, runner_up
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
    found = runner_up((FIRST, *others), DECIDED, TODAY, {}, asked)
    return found.hit.passage.id if found else ""


def test_a_close_second_is_told_and_a_far_one_is_not():
    assert beside(hit("close", 9.0, "Việc gần giống.")) == "close"
    assert beside(hit("far", 7.5, "Việc gần giống.")) == ""


def test_a_farther_hit_of_the_topic_is_told_when_it_tells_the_side_that_is_missing():
    far = hit("far", 7.5, "Có thẻ sau 07 ngày làm việc.")
    assert beside(far, asked=frozenset({Aspect.DURATION})) == "far"
    assert beside(far, asked=frozenset({Aspect.AGE})) == ""
    elsewhere = hit("else", 7.5, "Có thẻ sau 07 ngày làm việc.", topic="BH")
    assert beside(elsewhere, asked=frozenset({Aspect.DURATION})) == ""


def test_an_unsure_second_is_never_told():
    assert beside(hit("unsure", 9.0, "Việc gần giống.", confidence=Confidence.U)) == ""
