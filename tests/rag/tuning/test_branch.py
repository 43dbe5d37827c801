"""What a branch learns with torch is what the embedder tells with it in onnxruntime: kinds, and matters."""

import json
from dataclasses import replace

import numpy as np
import pytest

from rag.corpus import Corpus
from rag.embedding.e5.branch import load_branch
from rag.embedding.e5.engine import load_engine
from rag.embedding.e5.session import BranchReader
from rag.guard.intents import CLASSES
from rag.retrieval.matters import NONE
from rag.values import KnownQuestion, Passage
from rag.vietnamese.forms import canonical, fold

SAID = [
    ("Bạn con bị đánh ở cổng trường", "danger"),
    ("Con bị người lạ đi theo", "danger"),
    ("Cho con mượn thẻ của bạn để đi thi", "unsafe"),
    ("Cho xin số nhà của cô Hoa", "unsafe"),
    ("Thẻ của con mất thì làm lại ở đâu", "ask"),
    ("Học phí tháng này bao nhiêu", "ask"),
]
ASKED = [
    ("Thẻ của con mất thì làm lại ở đâu", "card"),
    ("rớt thẻ rồi sao", "card"),
    ("Học phí tháng này bao nhiêu", "fee"),
    ("tiền học đóng ntn", "fee"),
    ("Ngày mai trời có mưa không", NONE),
]


@pytest.fixture(scope="module")
def tuning():
    pytest.importorskip("torch", reason="torch is not installed (extra: models)")
    import rag.tuning.branch
    import rag.tuning.kinds
    import rag.tuning.matters

    return rag.tuning


def test_a_message_is_learned_in_the_forms_in_which_it_is_typed(tuning):
    assert fold(SAID[0][0]) in [form.lower() for form in tuning.kinds.forms_of(*SAID[0])]
    assert tuning.kinds.forms_of("ok", "greeting") == ["ok"]


def test_a_branch_for_kinds_learned_with_torch_tells_alike_in_onnxruntime(tuning, tmp_path):
    recipe = replace(tuning.kinds.RECIPE, epochs=40)
    told_alike(tuning, recipe, tuning.kinds.samples_of(SAID), SAID, CLASSES, tmp_path / "kinds.npz")


def test_a_branch_for_matters_learned_with_torch_tells_alike_in_onnxruntime(tuning, tmp_path):
    recipe, classes = replace(tuning.matters.RECIPE, epochs=40), ("card", "fee", NONE)
    samples = tuning.matters.samples_of(ASKED, classes)
    told_alike(tuning, recipe, samples, ASKED, classes, tmp_path / "matters.npz")


def told_alike(tuning, recipe, samples, said, classes, path):
    net = tuning.branch.learn(samples, len(classes), recipe)
    tuning.branch.save(net, classes, path)
    engine = load_engine()
    reader = BranchReader(engine.packed, load_branch(path))
    for (text, label), sample in zip(said, samples, strict=True):
        logits = net(*tuning.branch.filled([sample.forms[0]])).detach().numpy()[0]
        theirs = np.exp(logits - logits.max())
        ours = reader.shares(engine.read(f"query: {text}").rows)
        assert list(ours.values()) == pytest.approx((theirs / theirs.sum()).tolist(), abs=0.1)
        assert max(ours, key=lambda name: ours[name]) == label
    assert tuple(ours) == tuple(classes)


def test_wordings_asked_in_a_fold_are_not_learned_without_it(tuning, tmp_path):
    (tmp_path / "wordings").mkdir()
    lines = [{"passage": "card", "question": "rớt thẻ"}, {"passage": None, "question": "trời mưa không"}]
    text = "\n".join(json.dumps(line) for line in lines)
    (tmp_path / "wordings" / "heard.jsonl").write_text(text, encoding="utf-8")
    questions = (KnownQuestion("1", "mất thẻ"), KnownQuestion("2", "làm lại thẻ"))
    corpus = Corpus((Passage(id="card", title="", text="Thẻ.", questions=questions),))
    whole, first, second = (set(tuning.matters.wordings(corpus, tmp_path, one)) for one in (None, 0, 1))
    assert {("rớt thẻ", "card"), ("trời mưa không", NONE)} <= first & second
    assert whole - first == {("mất thẻ", "card")}
    assert whole - second == {("làm lại thẻ", "card")}


def test_some_messages_that_no_passage_may_answer_teach_that_none_does(tuning, tmp_path):
    (tmp_path / "wordings").mkdir()
    (tmp_path / "wordings" / "heard.jsonl").write_text("", encoding="utf-8")
    said = dict(tuning.matters.wordings(Corpus(()), tmp_path))
    written = {
        kind: (tuning.matters.LATER / f"{kind}.txt").read_text("utf-8").splitlines()
        for kind in ("unsafe", "ask")
    }
    learned = {kind: [text for text in texts if canonical(text) in said] for kind, texts in written.items()}
    assert len(learned["unsafe"]) >= len(written["unsafe"]) // 3
    assert not learned["ask"]
    assert set(said.values()) == {NONE}
