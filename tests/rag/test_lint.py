import json
from copy import deepcopy
from datetime import date

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
        ({"effective_from": 2026}, "form"),
        ({"answer": ["hai", "dòng"]}, "form"),
        ({"id": None}, "id"),
        ({"answer": "Lần đầu miễn phí (trước là 30.000 đồng)."}, "former"),
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


@pytest.mark.parametrize("start", [None, "0", -3])
def test_an_answer_without_a_place_is_an_error_and_no_crash(tmp_path, start):
    paragraphs = deepcopy(PARAGRAPHS)
    paragraphs[0]["qas"][0]["answers"][0]["answer_start"] = start
    del paragraphs[1]["qas"][0]["id"]
    assert rules(tmp_path, paragraphs) == {"answer_start", "id"}


def test_a_file_that_windows_marked_and_a_bare_list_are_read_like_any_other(tmp_path):
    (tmp_path / "topics").mkdir()
    raw = json.dumps([{"title": "Thử", "topic": "TT", "paragraphs": PARAGRAPHS}])
    (tmp_path / "topics" / "a.json").write_bytes(b"\xef\xbb\xbf" + raw.encode())
    assert not [finding for finding in lint(tmp_path) if finding.level == "error"]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "not JSON: Expecting value (line 1, column 1)"),
        (b"\xff\xfe{\x00}\x00", "not UTF-8 text: save the file as UTF-8"),
        (b'{"data": [{"paragraphs": [{}]}]}', "data[0].paragraphs[0]: the field 'context' is missing"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_a_sentence(tmp_path, raw, said):
    (tmp_path / "topics").mkdir()
    (tmp_path / "topics" / "a.json").write_bytes(raw)
    assert [(one.where, one.what) for one in lint(tmp_path)] == [("a.json", said)]


def test_a_folder_without_passages_is_not_called_clean(tmp_path):
    assert [one.level for one in lint(tmp_path)] == ["error"]


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
    html = page(asked, date(2026, 9, 5), {"answer": {"answer": 3, "abstain": 1}, "unsafe": {"unsafe": 2}})
    assert "&lt;A&gt;" in html
    assert html.count("<rect") == 2
    assert "Ngày 05/09/2026" in html
    assert "83,3%" in html
    assert "<td>1,000" in html
    assert '<td class="wrong">1' in html
    assert "http" not in html
