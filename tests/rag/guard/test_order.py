import pytest

from rag.guard.intents import CLASSES
from rag.guard.order import third_look

EVEN = dict.fromkeys(CLASSES, 1 / len(CLASSES))


def test_an_embedder_that_tells_no_kinds_gets_no_third_look():
    assert third_look(EVEN, None) == EVEN


@pytest.mark.parametrize("label", CLASSES)
def test_what_the_order_of_words_tells_is_heard_and_all_shares_are_one(label):
    told = third_look(EVEN, {name: 0.7 if name == label else 0.05 for name in CLASSES})
    assert max(told, key=lambda name: told[name]) == label
    assert sum(told.values()) == pytest.approx(1)


def test_no_look_decides_alone():
    calm = {name: 0.94 if name == "ask" else 0.01 for name in CLASSES}
    told = third_look(calm, {name: float(name == "danger") for name in CLASSES})
    assert told["ask"] > told["danger"]
