import json
from copy import deepcopy

import pytest

from rag.evaluation.topics import Asked
from rag.lint import lint
from rag.report import page
from tests.rag.conftest import PARAGRAPHS


def rules(tmp_path, paragraphs):
    (tmp_path / "topics").mkdir()
    content = {"data": [{"title": "Thử", "topic": "TT", "paragraphs": paragraphs}]}
    (tmp_path / "topics" / "a.json").write_text(json.dumps(content), encoding="utf-8")
    return {finding.rule for finding in lint(tmp_path) if finding.level == "error"}


def test_the_sample_knowledge_has_no_error(tmp_path):
    assert rules(tmp_path, PARAGRAPHS) == set()


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"id": "the-noi-lam"}, "id"),
        ({"source": ""}, "missing"),
        ({"effective_to": "2025-01-01"}, "date"),
        ({"status": "loc"}, "province"),
        ({"status": "sup", "corrected_by": ["ai-do"]}, "corrected_by"),
        ({"effective_from": "hôm qua"}, "form"),
    ],
)
def test_each_mistake_is_named(tmp_path, change, rule):
    paragraphs = deepcopy(PARAGRAPHS)
    paragraphs[1].update(change)
    assert rule in rules(tmp_path, paragraphs)


def test_an_answer_that_stands_elsewhere_is_an_error(tmp_path):
    paragraphs = deepcopy(PARAGRAPHS)
    paragraphs[0]["qas"][0]["answers"][0]["answer_start"] = 3
    assert "answer_start" in rules(tmp_path, paragraphs)


def test_one_question_may_not_lead_to_two_passages(tmp_path):
    paragraphs = deepcopy(PARAGRAPHS)
    paragraphs[0]["qas"][0]["question"] = paragraphs[1]["qas"][0]["question"]
    assert "dead" in rules(tmp_path, paragraphs)


def test_two_amounts_for_one_thing_are_a_warning(tmp_path):
    paragraphs = deepcopy(PARAGRAPHS[:1])
    twin = deepcopy(PARAGRAPHS[0])
    paragraphs[0]["context"] = "Phụ huynh nhận thẻ của con trong thời hạn 7 ngày làm việc."
    twin.update(id="khac", context="Phụ huynh nhận thẻ của con trong thời hạn 10 ngày làm việc.")
    twin["qas"][0].update(id="khac-q", question="Khi nào nhận được thẻ?")
    rules(tmp_path, [*paragraphs, twin])
    assert "contradiction" in {finding.rule for finding in lint(tmp_path)}


def test_the_report_draws_every_topic_and_escapes_names():
    asked = [
        Asked("<A>", "p", "<A>", "p", 0.9, among_five=True, answers=True),
        Asked("B", "q", "", "", 0.2, among_five=False, answers=False),
    ]
    html = page(asked, {"answer": {"answer": 3, "abstain": 1}, "unsafe": {"unsafe": 2}})
    assert "&lt;A&gt;" in html
    assert html.count("<rect") == 2
    assert "83.3%" in html
    assert '<td class="wrong">1' in html
    assert "http" not in html
