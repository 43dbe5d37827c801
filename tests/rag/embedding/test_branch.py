"""Each branch in onnxruntime is what plain arithmetic makes of its weights."""

import math

import numpy as np
import pytest

from rag.embedding.e5.branch import KINDS, MATTERS, load_branch
from rag.embedding.e5.engine import load_engine
from rag.guard.intents import CLASSES

ASKED = "query: Con em bị bạn giật mất thẻ, giờ làm lại ở đâu ạ?"
OTHERS = (
    "query: hoc phi lop 1 bao nhieu",
    "query: cho tôi xem điểm của con tôi",
    "query: How do I link my VNeID account?",
    "query: bao giờ có bằng tốt nghiệp",
    "query: nhà trường giữ thẻ của con em có đúng luật không",
)


def test_every_class_has_its_share():
    kinds = load_engine().read(ASKED).kinds
    assert tuple(kinds) == CLASSES
    assert sum(kinds.values()) == pytest.approx(1)


def test_every_passage_that_was_learned_and_none_of_them_have_their_share():
    read = load_engine().read(ASKED)
    assert tuple(read.matters) == load_branch(MATTERS).classes
    assert sum(read.matters.values()) == pytest.approx(1)


def test_a_text_longer_than_is_read_at_once_has_its_shares_too():
    kinds = load_engine().read("query: " + "miễn học phí cho trẻ em " * 86).kinds
    assert sum(kinds.values()) == pytest.approx(1)


@pytest.mark.parametrize(("path", "told"), [(KINDS, "kinds"), (MATTERS, "matters")])
def test_a_branch_reads_as_plain_arithmetic_does(path, told):
    engine, branch = load_engine(), load_branch(path)
    off = []
    for asked in (ASKED, *OTHERS):
        rows = engine.read(asked).rows
        for number in branch.layers:
            rows = _layer(rows, engine.packed, branch.weights, f"l{number}")
        said, meant = getattr(engine.read(asked), told), branch.shares(rows)
        off.append(max(abs(said[name] - meant[name]) for name in meant))
    assert np.mean(off) < 0.02  # the engine rounds weights, and what goes into a product, to eight bits


@pytest.mark.parametrize("path", [KINDS, MATTERS])
def test_a_correction_is_heard(path):
    engine, branch = load_engine(), load_branch(path)
    rows = plain = engine.read(ASKED).rows
    silent = {name: value * (0 if name.endswith(".up") else 1) for name, value in branch.weights.items()}
    for number in branch.layers:
        rows = _layer(rows, engine.packed, branch.weights, f"l{number}")
        plain = _layer(plain, engine.packed, silent, f"l{number}")
    assert np.abs(rows - plain).max() > 0.1


def _layer(rows, packed, learned, name):
    def product(part, given):
        columns = given.shape[1]
        held = packed.matrix(f"{name}.{part}.w", columns)
        held = held + learned[f"{name}.{part}.up"] @ learned[f"{name}.{part}.down"]
        return given @ held.T + packed.floats(f"{name}.{part}.b")

    def level(part, given):
        given = given - given.mean(axis=1, keepdims=True)
        given = given / np.sqrt((given**2).mean(axis=1, keepdims=True) + packed.sizes.epsilon)
        return given * learned[f"{name}.{part}.w"] + learned[f"{name}.{part}.b"]

    def headed(part):
        return product(part, rows).reshape(len(rows), packed.sizes.heads, -1).transpose(1, 0, 2)

    near = headed("q") @ headed("k").transpose(0, 2, 1)
    near = np.exp(near / math.sqrt(packed.sizes.width // packed.sizes.heads))
    heard = (near / near.sum(axis=-1, keepdims=True)) @ headed("v")
    middle = level("aln", rows + product("ao", heard.transpose(1, 0, 2).reshape(rows.shape)))
    inner = product("fi", middle)
    bent = inner * 0.5 * (1 + np.vectorize(math.erf)(inner / math.sqrt(2)))
    return level("oln", middle + product("fo", bent))
