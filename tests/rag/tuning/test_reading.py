"""What the reader learns with torch is what it reads with in numpy."""

import numpy as np
import pytest

from rag.reading.network import scores_of
from rag.reading.reader import load_reader
from rag.reading.words import words_of
from rag.values import KnownQuestion, Passage

TOWN = "Thị trấn An Hạ có 4.200 người. Chợ họp vào thứ bảy."


def passages():
    asked = (("An Hạ có bao nhiêu người?", "4.200 người"), ("Chợ họp khi nào?", "thứ bảy"), ("Ai?", "Mẫu"))
    known = [KnownQuestion(str(at), text, (answer,)) for at, (text, answer) in enumerate(asked)]
    return [Passage(id="a", title="", text=TOWN, questions=tuple(known))]


@pytest.fixture(scope="module")
def reading():
    pytest.importorskip("torch", reason="torch is not installed (extra: models)")
    import rag.tuning.reading

    return rag.tuning.reading


def test_an_answer_that_stands_nowhere_teaches_nothing_and_the_others_are_placed_by_words(reading):
    samples = list(reading.samples_of(load_reader(), passages()))
    words = words_of(TOWN)
    told = [words[first].text + "…" + words[first + more].text for s in samples for first, more in s.right]
    assert told == ["4.200…người", "thứ…bảy"]


def test_weights_learned_with_torch_score_alike_in_numpy_and_find_what_they_learned(reading, tmp_path):
    samples = list(reading.samples_of(load_reader(), passages()))
    weights = reading.learn(samples, epochs=60)
    layers = reading._layers()
    layers.load_state_dict({name: reading.torch.from_numpy(value) for name, value in weights.items()})
    both = reading._scores(layers.eval(), samples).detach().numpy()
    for theirs, sample in zip(both, samples, strict=True):
        ours = scores_of(sample.asked, sample.vectors.astype(np.float32), sample.signs, weights)
        possible = np.isfinite(ours)
        assert ours[possible] == pytest.approx(theirs[possible], abs=1e-3)
        assert tuple(divmod(int(np.argmax(ours)), ours.shape[1])) in sample.right
    reading.save(weights, tmp_path / "weights.npz")
    assert np.load(tmp_path / "weights.npz").files == list(weights)
