import json
from pathlib import Path

import numpy as np

from rag.fit.intents import choose, fingerprint, written
from rag.guard.intents import CLASSES, EXAMPLES

SHIPPED = json.loads((Path(EXAMPLES).parent / "intents.json").read_text(encoding="utf-8"))


def test_the_shipped_weights_were_learned_from_the_examples_that_stand_here():
    assert SHIPPED["learned_from"] == fingerprint(EXAMPLES), "run python -m rag.fit intents"


def test_there_are_enough_written_examples_and_none_stands_in_two_classes():
    texts = [text.lower() for group in written(EXAMPLES).values() for text in group]
    assert len(texts) >= 1_500
    assert len(set(texts)) == len(texts)


def test_no_held_out_message_was_learned_from():
    here = Path(__file__).parent
    held = {
        t for path in (here / "heldout").glob("*.txt") for t in path.read_text("utf-8").lower().splitlines()
    }
    held |= {
        t.lower() for group in json.loads((here / "heldout.json").read_text("utf-8")).values() for t in group
    }
    assert not held & {text.lower() for group in written(EXAMPLES).values() for text in group}


def test_the_thresholds_are_those_that_cross_validation_chose():
    assert SHIPPED["thresholds"].keys() == {"danger", "unsafe"}
    assert SHIPPED["cross_validated"]["false"]["danger"] <= 0.01
    assert SHIPPED["cross_validated"]["false"]["unsafe"] <= 0.02


def test_the_lowest_threshold_with_few_false_alarms_is_chosen():
    ask, danger = CLASSES.index("ask"), CLASSES.index("danger")
    shares = np.zeros((1_000, len(CLASSES)))
    labels = np.full(1_000, ask)
    shares[:10, danger] = 0.31  # ten harmless messages in a thousand look a little like danger
    labels[500:] = danger
    assert choose(shares, labels)["danger"] == 0.32
