import json
from pathlib import Path

import pytest

from rag.guard import abstention
from rag.guard.evidence import FEATURES, evidence
from rag.rerank.logistic import load_ranker
from rag.retrieval.index import PassageIndex
from rag.retrieval.search import Searcher
from rag.settings import RagSettings
from rag.values import KnownQuestion, Passage

SHIPPED = json.loads(Path(abstention.__file__).with_name("abstention.json").read_text(encoding="utf-8"))


def test_a_question_is_answered_from_the_threshold_that_the_fit_chose():
    # Set higher by hand after a look at the development set; lower would tell more wrong answers than the fit weighed.
    assert SHIPPED["threshold"] <= RagSettings.model_fields["answer_threshold"].default <= 0.4


def test_a_deleted_passage_is_missed_as_often_as_promised():
    assert SHIPPED["cross_validated_auroc"]["deleted"] >= 0.88


def test_a_question_near_the_domain_that_nothing_answers_is_told_apart_as_often_as_promised():
    assert SHIPPED["cross_validated_auroc"]["impossible"] >= 0.97


@pytest.fixture
def evidence_of():
    known = KnownQuestion("q", "Làm thẻ căn cước mất bao lâu?")
    passage = Passage(id="a", title="", text="Thẻ có sau bảy ngày.", questions=(known,))
    other = Passage(id="b", title="", text="Sân trường mở cửa lúc sáu giờ.")
    searcher = Searcher(PassageIndex([passage, other], None), None, None, load_ranker())
    return lambda text: dict(zip(FEATURES, evidence(searcher.search(text), searcher.index), strict=True))


def test_a_known_question_counts_by_how_much_of_it_is_asked(evidence_of):
    assert evidence_of("thẻ căn cước làm mất bao lâu")["known_asked"] == 1
    assert evidence_of("mất thẻ")["known_asked"] == pytest.approx(2 / 7)


def test_a_word_with_other_marks_is_another_word(evidence_of):
    assert evidence_of("thẻ bảy ngày")["accented_coverage"] == pytest.approx(1)
    assert evidence_of("thế bây ngáy")["accented_coverage"] == 0


def test_without_vectors_no_passage_stands_out_by_them(evidence_of):
    assert evidence_of("thẻ căn cước")["dense_deviations"] == 0
