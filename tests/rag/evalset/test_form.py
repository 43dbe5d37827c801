"""Keeps the parents' evaluation sets, today's and the former, well formed, varied and apart from the knowledge they measure.

It does not judge whether a fact is true: that is the fact list's work, which is no part of the repository.
"""

import json
import re
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
EVAL = ROOT / "knowledge" / "eval"
IDS = {"parents": "pv", "former": "ev"}
KNOWLEDGE = ROOT / "knowledge" / "topics"

BEHAVIOURS = {"answer", "abstain", "personal_data", "handover", "unsafe"}
TOPICS = {
    "CC",
    "HP",
    "CT",
    "VB",
    "VN",
    "KT",
    "CH",
    "DL",
    "TN",
    "GH",
    "TS",
    "BH",
    "AT",
    "TC",
    "SD",
    "NG",
    "AI",
}
KEYS = {
    "id",
    "question",
    "history",
    "locale",
    "province",
    "behaviour",
    "fact_ids",
    "procedure_ids",
    "must_contain",
    "must_not_contain",
    "note",
}
FACT_ID = re.compile(r"[A-Z]{2}-\d{3}")
PROCEDURE_ID = re.compile(r"P\d{2}")
LONG_NUMBER = re.compile(r"\d{9,}")

Item = dict[str, Any]


@pytest.fixture(scope="module", params=IDS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def items(name: str) -> list[Item]:
    document = json.loads((EVAL / f"{name}.json").read_text(encoding="utf-8"))
    assert document["version"] == "1"
    assert document["about"]
    return list(document["items"])


def with_behaviour(items: list[Item], behaviour: str) -> list[Item]:
    return [item for item in items if item["behaviour"] == behaviour]


def has_no_marks(text: str) -> bool:
    decomposed = unicodedata.normalize("NFD", text.lower())
    return "đ" not in decomposed and not any(unicodedata.combining(character) for character in decomposed)


def test_the_file_is_composed_unicode(name: str) -> None:
    text = (EVAL / f"{name}.json").read_text(encoding="utf-8")
    assert unicodedata.is_normalized("NFC", text)


def test_every_item_has_exactly_the_keys_of_the_form(items: list[Item]) -> None:
    for item in items:
        assert set(item) - {"behaviour_also"} == KEYS, item["id"]
        assert item["question"].strip() == item["question"] != "", item["id"]
        assert item["locale"] in {"vi", "en"}, item["id"]
        assert item["province"] is None or item["province"], item["id"]
        assert item["behaviour"] in BEHAVIOURS, item["id"]


def test_ids_are_unique_and_run_without_gaps(name: str, items: list[Item]) -> None:
    assert [item["id"] for item in items] == [f"{IDS[name]}-{at:03d}" for at in range(1, len(items) + 1)]


def test_no_question_is_asked_twice_in_the_same_conversation(items: list[Item]) -> None:
    asked = Counter((item["question"].lower(), json.dumps(item["history"])) for item in items)
    assert [question for question, times in asked.items() if times > 1] == []


def test_other_right_behaviours_differ_from_the_first(items: list[Item]) -> None:
    for item in items:
        also = item.get("behaviour_also", [])
        assert set(also) <= BEHAVIOURS - {item["behaviour"]}, item["id"]


def test_an_unsafe_question_may_never_be_answered(items: list[Item]) -> None:
    for item in with_behaviour(items, "unsafe"):
        assert "answer" not in item.get("behaviour_also", []), item["id"]


def test_ids_of_facts_and_procedures_have_their_pattern(items: list[Item]) -> None:
    for item in items:
        assert all(FACT_ID.fullmatch(fact) and fact[:2] in TOPICS for fact in item["fact_ids"]), item["id"]
        assert all(PROCEDURE_ID.fullmatch(procedure) for procedure in item["procedure_ids"]), item["id"]
        assert len(set(item["fact_ids"])) == len(item["fact_ids"]), item["id"]


def test_every_answer_rests_on_facts_and_names_one_to_three_key_facts(items: list[Item]) -> None:
    for item in with_behaviour(items, "answer"):
        assert item["fact_ids"], item["id"]
        assert 1 <= len(item["must_contain"]) <= 3, item["id"]


def test_key_facts_are_lists_of_distinct_short_spellings(items: list[Item]) -> None:
    for item in items:
        for spellings in item["must_contain"]:
            assert spellings, item["id"]
            assert len(set(spellings)) == len(spellings), item["id"]
            assert all(1 < len(spelling) <= 60 for spelling in spellings), item["id"]


def test_repeating_the_conversation_back_never_carries_every_key_fact(items: list[Item]) -> None:
    for item in with_behaviour(items, "answer"):
        said = " ".join([item["question"], *(turn["text"] for turn in item["history"])]).lower()
        assert not all(
            any(spelling.lower() in said for spelling in spellings) for spellings in item["must_contain"]
        ), item["id"]


def test_no_key_fact_is_also_forbidden(items: list[Item]) -> None:
    for item in items:
        wanted = {spelling for spellings in item["must_contain"] for spelling in spellings}
        assert wanted.isdisjoint(item["must_not_contain"]), item["id"]


def test_a_history_begins_with_the_parent_takes_turns_and_ends_with_the_bot(items: list[Item]) -> None:
    for item in items:
        roles = [turn["role"] for turn in item["history"]]
        assert roles == ["user", "bot"] * (len(roles) // 2), item["id"]
        assert all(turn["text"].strip() for turn in item["history"]), item["id"]


def test_no_question_carries_a_number_long_enough_to_be_somebodys(items: list[Item]) -> None:
    for item in items:
        assert not LONG_NUMBER.search(item["question"]), item["id"]


@pytest.mark.parametrize(
    ("behaviour", "least"),
    [("answer", 265), ("abstain", 45), ("personal_data", 30), ("handover", 21), ("unsafe", 27)],
)
def test_each_behaviour_has_enough_questions(items: list[Item], behaviour: str, least: int) -> None:
    assert len(with_behaviour(items, behaviour)) >= least


def test_the_set_has_at_least_four_hundred_questions(items: list[Item]) -> None:
    assert len(items) >= 400


def test_every_topic_is_asked_about(items: list[Item]) -> None:
    asked = {fact[:2] for item in with_behaviour(items, "answer") for fact in item["fact_ids"]}
    assert asked == TOPICS


@pytest.mark.parametrize(
    ("marker", "least"),
    [("tiền đề cũ", 15), ("hai câu hỏi", 15), ("chưa có hiệu lực", 5), ("đúng tỉnh", 8), ("khác tỉnh", 6)],
)
def test_each_hard_kind_has_enough_questions(items: list[Item], marker: str, least: int) -> None:
    assert sum(marker in item["note"] for item in items) >= least


def test_parents_write_without_marks_in_english_and_in_follow_ups(items: list[Item]) -> None:
    vietnamese = [item for item in items if item["locale"] == "vi"]
    assert sum(has_no_marks(item["question"]) for item in vietnamese) >= 25
    assert len(items) - len(vietnamese) >= 15
    assert sum(bool(item["history"]) for item in items) >= 24


def test_no_question_stands_word_for_word_in_the_knowledge(items: list[Item]) -> None:
    passages = "\n".join(
        path.read_text(encoding="utf-8") for path in sorted(KNOWLEDGE.glob("*.json"))
    ).lower()
    long_questions = [item["question"].lower() for item in items if len(item["question"]) >= 40]
    assert [question for question in long_questions if question in passages] == []
