import json
from pathlib import Path

import numpy as np
import pytest

from rag.fit.intents import fingerprint, written
from rag.fit.likeness import solved
from rag.guard.intents import CLASSES, EXAMPLES
from rag.guard.likeness import (
    LATER,
    SHIPPED,
    joined,
    lengths_of,
    load_likeness,
    nearness,
    points_of,
    shared_grams,
    unit,
)
from rag.ports import PlainReading
from rag.retrieval.question import reading_of
from rag.vietnamese.forms import canonical

EVEN = dict.fromkeys(CLASSES, 1 / len(CLASSES))
EVAL = Path(__file__).parents[3] / "knowledge/eval"


def look(searcher, text):
    said = canonical(text)
    read = reading_of(said, searcher.embedder)
    return load_likeness().second_look(EVEN, said, read, searcher.index.model_id)


def test_the_shipped_points_were_learned_from_the_examples_that_stand_here():
    with np.load(SHIPPED, allow_pickle=False) as kept:
        learned = kept["learned_from"].tolist()
    assert learned == [fingerprint(EXAMPLES), fingerprint(LATER)], "run python -m rag.fit likeness"


def test_a_later_example_stands_nowhere_else():
    later = [text.lower() for group in written(LATER).values() for text in group]
    first = {text.lower() for group in written(EXAMPLES).values() for text in group}
    here = Path(__file__).parent
    held = {t for p in (here / "heldout").glob("*.txt") for t in p.read_text("utf-8").lower().splitlines()}
    held |= {
        t.lower() for group in json.loads((here / "heldout.json").read_text("utf-8")).values() for t in group
    }
    held |= {
        item["question"].lower()
        for name in ("guard", "dev", "parents")
        for item in json.loads((EVAL / f"{name}.json").read_text("utf-8"))["items"]
    }
    assert len(set(later)) == len(later) >= 400
    assert not set(later) & (first | held)


@pytest.mark.parametrize("label", CLASSES)
def test_an_example_is_most_like_its_own_class(whole, label):
    shares = look(whole.searcher, written(EXAMPLES)[label][3])
    assert max(shares, key=lambda name: shares[name]) == label
    assert sum(shares.values()) == pytest.approx(1)


ONES = np.ones(384, np.float32)


@pytest.mark.parametrize("read", [None, PlainReading(ONES)], ids=["no vector", "no inner layer"])
def test_an_embedder_that_tells_too_little_gets_no_second_look(read):
    assert load_likeness().second_look(EVEN, "xin chào", read, load_likeness().model_id) == EVEN


def test_another_embedder_gets_no_second_look():
    assert load_likeness().second_look(EVEN, "xin chào", PlainReading(ONES, ONES), "another") == EVEN


def test_both_layers_are_heard():
    model = load_likeness()
    ways = np.eye(384, dtype=np.float32)
    pairs = (ONES, ways[0]), (ONES, ways[1]), (ways[2], ways[0])
    said = [model.second_look(EVEN, "", PlainReading(*pair), model.model_id) for pair in pairs]
    assert len({tuple(shares.values()) for shares in said}) == len(said)


def test_what_stands_together_decides_where_no_word_alone_does():
    corners = np.asarray([[1.0, 1.0], [-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0]])
    points, labels = unit(corners), np.asarray([0, 0, 1, 1])
    lengths = lengths_of(points)
    near = nearness(lengths, lengths, points @ points.T)
    spoken = near @ solved(near, labels)
    assert spoken[:, :2].argmax(axis=1).tolist() == labels.tolist()


def test_the_second_look_is_that_of_the_points_as_they_were_learned(whole):
    model, said = load_likeness(), canonical("xin điểm của con nhà bên cho em so với ạ")
    read = reading_of(said, whole.searcher.embedder)
    points, row = points_of(model.points), joined(read.vector, read.inner, model.mean) @ model.axes
    assert np.abs(model._times(row) - points @ row).max() < 0.01
    near = nearness(lengths_of(row[None]), lengths_of(points), points @ row)[0]
    speaks = near @ model.weights + shared_grams(said) @ model.grams

    told = model.second_look(EVEN, said, read, model.model_id)

    meant = np.exp(6 * speaks)  # the linear look says the same of all
    assert list(told.values()) == pytest.approx((meant / meant.sum()).tolist(), abs=0.01)
