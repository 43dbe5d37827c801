"""One person's name in many spellings is one name; another person's is not. Figures on labelled pairs, half held out."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.guardians.likeness import Likeness, likeness
from core.guardians.syllables import is_syllable, untelexed
from tests.core.guardians.make_names import FILE, VIETNAMESE, pairs

PRECISION, RECALL = 0.995, 0.95


def _rows() -> list[dict[str, str]]:
    with Path(FILE).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def measured(rows: list[dict[str, str]]) -> tuple[float, float]:
    """Precision and recall of "may be the same person"."""
    counted = Counter(
        (row["same"] == "1", likeness(row["one"], row["other"]) is not Likeness.DIFFERENT) for row in rows
    )
    right, wrong, missed = counted[True, True], counted[False, True], counted[True, False]
    return right / (right + wrong), right / (right + missed)


def test_the_file_is_what_its_maker_makes() -> None:
    made = [(one, other, str(same), how, half) for one, other, same, how, half in pairs()]
    assert [tuple(row.values()) for row in _rows()] == made


def test_there_are_enough_pairs_of_both_kinds_and_no_name_stands_in_both_halves() -> None:
    rows = _rows()
    counted = Counter((row["half"], row["same"]) for row in rows)
    assert len(rows) >= 300
    assert min(counted.values()) >= 150
    assert all(row["how"] for row in rows)
    vietnamese = set(VIETNAMESE)
    halves = {half: {row["one"] for row in rows if row["half"] == half} for half in ("tuning", "held_out")}
    assert not halves["tuning"] & halves["held_out"] & vietnamese


@pytest.mark.parametrize("half", ["tuning", "held_out"])
def test_the_matcher_is_precise_and_finds_nearly_everybody(half: str) -> None:
    precision, recall = measured([row for row in _rows() if row["half"] == half])
    assert precision >= PRECISION, (precision, recall)
    assert recall >= RECALL, (precision, recall)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Nguyễn Thị Hoà", "nguyen thi hoa", Likeness.SAME),
        ("Nguyễn Thị Hoa", "Nguyễn Thị Hòa", Likeness.DIFFERENT),
        ("H'Hen Niê", "H’HEN NIÊ", Likeness.SAME),
        ("Trần Quốc Hưng", "Trần Hưng", Likeness.SHORTENED),
        ("Hoa", "Hoa", Likeness.DIFFERENT),
        ("", "", Likeness.DIFFERENT),
    ],
)
def test_some_names_by_hand(one: str, other: str, expected: Likeness) -> None:
    assert likeness(one, other) is expected


@given(st.text(max_size=80), st.text(max_size=80))
def test_anything_can_be_compared_in_either_order(one: str, other: str) -> None:
    assert likeness(one, other) is likeness(other, one)


@given(st.sampled_from(VIETNAMESE), st.sampled_from(VIETNAMESE))
def test_two_base_names_are_never_one_person(one: str, other: str) -> None:
    assert (likeness(one, other) is Likeness.SAME) is (one == other)


@given(st.text(max_size=30))
def test_telex_is_read_or_left_alone(word: str) -> None:
    assert isinstance(untelexed(word), str)
    assert untelexed(untelexed(word)) == untelexed(word)


@pytest.mark.parametrize("word", "nguyen thuy huynh quoc khuyen giang ngoc oanh uyen yen trang".split())
def test_syllables_are_known(word: str) -> None:
    assert is_syllable(word)
