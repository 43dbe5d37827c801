"""The order of the candidates: who leads, and who stands behind."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rag.fit.learning import fit_behind
from rag.fit.samples import CANDIDATES, RankingSample
from rag.rerank.logistic import load_ranker
from rag.retrieval.features import FEATURES, asked_of
from rag.retrieval.fusion import stretch
from rag.retrieval.index import PassageIndex
from rag.retrieval.question import prepare
from rag.retrieval.terms import folded
from rag.values import Passage

TEXTS = (
    "Thẻ căn cước có sau bảy ngày làm việc.",
    "Thẻ bảo hiểm y tế của học sinh mua theo năm học.",
    "Làm thẻ căn cước ở công an xã nào cũng được.",
    "Thẻ thư viện do lớp trưởng phát.",
    "Sân trường mở cửa lúc sáu giờ.",
)
POSITIVE = arrays(np.float64, len(FEATURES), elements=st.floats(0, 5))


@pytest.fixture(scope="module")
def ranked():
    index = PassageIndex([Passage(id=str(at), title="", text=text) for at, text in enumerate(TEXTS)], None)
    query = prepare("làm thẻ căn cước mất mấy ngày", None, None, index.near)
    stretched = stretch(index.legs(query).scores)
    asked = asked_of(folded(query.repaired), index)
    return lambda ranker: ranker.rank(asked, range(len(TEXTS)), stretched, index)


@given(weights=POSITIVE, behind=POSITIVE)
def test_the_first_has_the_highest_score_whatever_orders_the_others(ranked, weights, behind):
    order = ranked(replace(load_ranker(), weights=tuple(weights), behind=tuple(behind)))

    assert sorted(place for place, _ in order) == list(range(len(TEXTS)))
    assert order[0][1] == max(score for _, score in order)


@given(weights=POSITIVE)
def test_with_equal_weights_for_all_places_the_scores_fall(ranked, weights):
    scores = [
        score for _, score in ranked(replace(load_ranker(), weights=tuple(weights), behind=tuple(weights)))
    ]

    assert scores == sorted(scores, reverse=True)


def test_who_stands_behind_is_ordered_by_other_weights(ranked):
    shipped = load_ranker()
    turned = ranked(replace(shipped, behind=tuple(-weight for weight in shipped.weights)))

    assert turned[0] == ranked(shipped)[0]
    assert [score for _, score in turned[1:]] == sorted(score for _, score in turned[1:])


def test_nothing_is_ranked_where_nothing_was_found(ranked):
    assert load_ranker().rank(None, (), None, None) == ()


def test_in_words_alone_the_vectors_order_nobody_behind_either():
    lexical = load_ranker().in_mode("lexical")
    dense = [FEATURES.index(name) for name in ("dense", "sentence_dense", "question_dense")]

    assert [lexical.behind[at] for at in dense] == [0, 0, 0]
    assert any(lexical.behind)


def test_what_finds_right_passages_behind_wrong_first_ones_is_learned():
    # The first feature makes one candidate lead wrongly; the right one is told from its rivals by the second alone.
    chance = np.random.default_rng(1)

    def sample():
        rows = chance.random((CANDIDATES, 3)) * [0.5, 0.4, 1.0]
        rows[0] = [1.0, 0.0, 0.0]
        rows[1] = [0.1, 0.6, 0.0]
        return RankingSample(rows, right=1)

    samples = [sample() for _ in range(60)]
    start = np.asarray([1.0, 0.1, 0.3])

    def among_five(weights):
        places = [int((s.features @ weights > s.features[1] @ weights).sum()) for s in samples]
        return sum(place < 5 for place in places)

    learned = fit_behind([samples], start)

    assert learned[1] > learned[2]
    assert (learned >= 0).all()
    assert among_five(start) == 0
    assert among_five(learned) == len(samples)
