"""The reader finds the few words that answer, in the passage and nowhere else."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.evaluation.squad import exact_and_f1, vietnamese
from rag.reading.network import LONGEST
from rag.reading.reader import likeliest, load_reader
from rag.reading.words import SIGNS, signs_of, words_of
from rag.vietnamese.forms import canonical

BRIDGE = (
    "Cầu Thạch Lam được khởi công ngày 12 tháng 3 năm 1987 và hoàn thành sau bốn năm. "
    "Kỹ sư Trần Văn Mẫu chỉ huy công trường với 350 công nhân. "
    "Cây cầu bắc qua sông Vân ở thị trấn An Hạ. "
    "Vì nước lũ dâng cao, mặt cầu được nâng thêm hai mét."
)


@pytest.fixture(scope="module")
def reader():
    return load_reader()


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Cầu Thạch Lam được khởi công khi nào?", "ngày 12 tháng 3 năm 1987"),
        ("Ai chỉ huy công trường?", "Kỹ sư Trần Văn Mẫu"),
        ("Có bao nhiêu công nhân làm ở công trường?", "350"),
        ("Cây cầu bắc qua sông nào?", "sông Vân"),
        ("Mặt cầu được nâng thêm bao nhiêu?", "hai mét"),
    ],
)
def test_the_kind_of_thing_that_is_asked_is_told(reader, question, answer):
    assert exact_and_f1(reader.answer(question, BRIDGE), [answer], vietnamese)[1] >= 0.5


@settings(max_examples=25, deadline=None)
@given(text=st.text(max_size=120), question=st.text(max_size=40), near=st.text(max_size=5))
def test_whatever_is_asked_of_whatever_text_only_its_own_words_are_told(text, question, near):
    text = canonical(text)
    assert load_reader().answer(canonical(question), text, near) in text


def test_of_a_long_passage_what_stands_around_the_nearest_sentence_is_read(reader):
    filler = "Trời hôm ấy nhiều mây và gió thổi nhẹ qua cánh đồng lúa đang chín vàng. " * 200
    near = "Cây cầu bắc qua sông Vân ở thị trấn An Hạ."
    words = words_of(filler + near + filler)
    window = reader.window(words, len(filler), len(filler) + len(near))
    assert window[0].start < len(filler) < len(filler) + len(near) < window[-1].end
    assert sum(len(reader._cut(word)) for word in window) <= 400
    assert reader.answer("Cây cầu bắc qua sông nào?", filler + near + filler, near) in near


def test_a_word_shows_whether_it_is_asked_and_what_it_is():
    words = words_of("Năm 1987, Mẫu đến. Anh ở lại.")
    signs = dict(zip([word.text for word in words], signs_of("mẫu đến năm nào", words), strict=True))
    assert all(len(row) == SIGNS for row in signs.values())
    asked, plain, figure, capital, mark, share, best = (slice(at, at + 1) for at in range(7))
    assert [signs[name][asked][0] for name in ("Năm", "1987", "Mẫu", "Anh")] == [1, 0, 1, 0]
    assert (signs["1987"][figure], signs["Mẫu"][capital], signs[","][mark], signs["đến"][plain]) == (
        1,
        1,
        1,
        1,
    )
    assert signs["1987"][share] > signs["lại"][share] == 0
    assert (signs["1987"][best], signs["lại"][best]) == (1, 0)


def test_of_likely_answers_the_one_that_shares_most_with_the_others_is_told():
    scores = np.full((6, LONGEST), -np.inf, np.float32)
    scores[2, 0], scores[2, 1], scores[1, 2] = 0.1, 0.0, 0.0
    assert likeliest(scores) == (2, 1)
    scores[2, 0] = 2.0
    assert likeliest(scores) == (2, 0)
