import json
from threading import current_thread

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.corpus import read_squad
from rag.errors import KnowledgeFormError
from rag.evaluation import run
from rag.evaluation.progress import told
from rag.evaluation.ranking import auroc, ranking_figures
from rag.evaluation.run import evaluate_file
from rag.evaluation.squad import english, exact_and_f1, vietnamese
from rag.settings import ROOT


class Cautious:
    """A reader that always gives the same word."""

    def answer(self, question, text, near):
        return "biển"


XQUAD = ROOT.parent / "shared" / "data" / "xquad-vi" / "xquad.vi.json"


@given(st.lists(st.one_of(st.none(), st.integers(1, 30)), min_size=1, max_size=30))
def test_ranking_figures_are_those_of_ir_measures(ranks):
    right = [ir_measures.Qrel(str(n), "gold", 1) for n in range(len(ranks))]
    run = [
        ir_measures.ScoredDoc(str(n), "gold" if place == rank else f"d{place}", 100.0 - place)
        for n, rank in enumerate(ranks)
        for place in range(1, 31)
    ]
    ours = ranking_figures(ranks)
    measures = {"r@1": "R@1", "r@5": "R@5", "mrr@10": "RR@10", "ndcg@10": "nDCG@10"}
    for name, theirs in measures.items():
        measure = ir_measures.parse_measure(theirs)
        assert ours[name] == pytest.approx(ir_measures.calc_aggregate([measure], right, run)[measure])


def test_each_normaliser_has_its_own_blind_spot():
    assert english("Đi an toàn") == ["đi", "toàn"]
    assert vietnamese("Sổ của những em") == ["sổ", "em"]
    assert exact_and_f1("07 ngày", ["07 ngày."], vietnamese) == (1.0, 1.0)
    assert exact_and_f1("", [], english) == (1.0, 1.0)


def test_the_vietnamese_normaliser_drops_signs_that_unicode_does_not_call_punctuation():
    assert vietnamese("~$5 + 3 triệu") == ["5", "3", "triệu"]


def test_rows_with_one_question_each_are_read_as_articles_are(tmp_path):
    row = {"id": "a", "title": "Thử", "context": "Cá heo sống ở biển.", "question": "Cá heo sống ở đâu?"}
    rows = [
        row | {"answers": {"text": ["biển", "ở biển"], "answer_start": [16, 13]}},
        row | {"id": "b", "question": "Cá heo ăn gì?", "answers": {"text": [], "answer_start": []}},
    ]
    for content in (rows, {"version": "x", "data": rows}):
        (tmp_path / "rows.json").write_text(json.dumps(content), encoding="utf-8")
        asked = [passage.questions[0] for passage in read_squad(tmp_path / "rows.json")]
        assert [one.answers for one in asked] == [("biển", "ở biển"), ()]
        assert [one.is_impossible for one in asked] == [False, True]


@pytest.mark.parametrize(
    "answers", [["biển"], [{"text": "biển"}], {"text": ["biển"]}, {"text": "biển"}, "biển"], ids=str
)
def test_rows_a_line_are_read_however_their_answers_are_written(tmp_path, answers):
    row = {"context": "Cá heo\u2028sống ở biển.", "question": "Ở đâu?", "answers": answers}
    lines = [json.dumps(row, ensure_ascii=False), json.dumps(row | {"answers": None}), ""]
    (tmp_path / "rows.jsonl").write_text("\n".join(lines), encoding="utf-8")
    first, second = (passage.questions[0] for passage in read_squad(tmp_path / "rows.jsonl"))
    assert (first.answers, first.is_impossible) == (("biển",), False)
    assert (second.answers, second.is_impossible) == ((), True)


def test_a_long_evaluation_tells_how_far_it_is():
    heard = []
    assert list(told("abc", "letters", heard.append, every=0)) == ["a", "b", "c"]
    assert heard == ["0 of 3 letters", "1 of 3 letters", "2 of 3 letters"]


def test_vectors_of_an_evaluated_file_stay_out_of_the_deployments_cache(tmp_path, settings):
    own = settings.model_copy(update={"cache_dir": tmp_path / "cache"})
    qas = [{"question": "Cá heo sống ở đâu?", "answers": [{"text": "biển"}]}]
    data = [{"paragraphs": [{"context": "Cá heo là loài thú sống ở biển.", "qas": qas}]}]
    (tmp_path / "x.json").write_text(json.dumps({"data": data}), encoding="utf-8")
    assert evaluate_file(tmp_path / "x.json", own)["r@1"] == 1.0
    assert not list((tmp_path / "cache").glob("*.bin"))
    assert list((tmp_path / "cache" / "evaluated").glob("*.bin"))


def test_all_threads_of_an_evaluation_share_one_reader(tmp_path, settings, monkeypatch):
    threads = []
    monkeypatch.setattr(run, "load_reader", lambda: threads.append(current_thread()) or Cautious())
    qas = [{"question": f"Cá heo sống ở đâu {n}?", "answers": [{"text": "biển"}]} for n in range(8)]
    data = [{"paragraphs": [{"context": "Cá heo là loài thú sống ở biển.", "qas": qas}]}]
    (tmp_path / "x.json").write_text(json.dumps({"data": data}), encoding="utf-8")
    assert evaluate_file(tmp_path / "x.json", settings)["em"] == 1.0
    assert threads == [current_thread()]


def test_auroc_counts_ties_as_half():
    assert auroc([1, 1], [1, 0]) == 0.75
    assert auroc([], [1]) is None


def test_any_squad_file_is_evaluated_over_its_own_contexts(tmp_path, settings):
    contexts = [
        "Hà Nội là thủ đô của nước Việt Nam.",
        "Cá heo là loài thú sống ở biển.",
        "Lúa nước trồng ở đồng bằng.",
    ]
    questions = ["Thủ đô của Việt Nam là thành phố nào?", "Cá heo sống ở đâu?", "Cây gì trồng ở đồng bằng?"]
    data = [
        {
            "paragraphs": [
                {
                    "context": context,
                    "qas": [
                        {
                            "id": str(n),
                            "question": question,
                            "answers": [{"text": context[:6], "answer_start": 0}],
                        }
                    ],
                }
                for n, (context, question) in enumerate(zip(contexts, questions, strict=True))
            ]
        }
    ]
    data[0]["paragraphs"][0]["qas"].append(
        {"id": "x", "question": "Ai phát minh ra máy bay?", "is_impossible": True, "answers": []}
    )
    path = tmp_path / "any.json"
    path.write_text(json.dumps({"version": "v2.0", "data": data}), encoding="utf-8")
    for queries in ("clean", "folded"):
        figures = evaluate_file(path, settings, queries=queries)
        assert figures["r@1"] == 1.0
        assert figures["abstention_auroc"] == 1.0


def test_a_file_that_is_not_squad_says_so(tmp_path):
    path = tmp_path / "broken.json"
    path.write_text('{"data": [{"paragraphs": [{"text": "x"}]}]}', encoding="utf-8")
    with pytest.raises(KnowledgeFormError, match=r"broken.json: data\[0\].paragraphs\[0\]"):
        read_squad(path)


@pytest.mark.slow
@pytest.mark.skipif(not XQUAD.exists(), reason="the public XQuAD-vi file is not beside this checkout")
def test_a_part_of_xquad_is_found_first_nearly_always(tmp_path, settings):
    raw = json.loads(XQUAD.read_text(encoding="utf-8"))
    raw["data"] = raw["data"][:3]
    path = tmp_path / "part.json"
    path.write_text(json.dumps(raw), encoding="utf-8")
    assert evaluate_file(path, settings)["r@1"] >= 0.95
