"""The QR text of a citizen card. Every card here is made up."""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.contracts.citizen_card import CardProblem, CitizenCard, CitizenCardError, parse_qr
from core.contracts.citizen_id import CitizenId, Sex

OLD = "001315012345||Nguyễn Thị An|03022015|Nữ|Thôn Hoa Phượng, Hà Nội|01052022"
NEW = "001315012345||Nguyễn Thị An|03022015|Nữ|Hà Nội|01072024||Nguyễn Văn Bình|Lê Thị Hoa|"

words = st.text("ABĐÊHNOƯYabđêhnoưy'-", min_size=1, max_size=8)
names = st.lists(words, min_size=1, max_size=4).map(" ".join).map(lambda s: "A" + s)
dates = st.dates(date(1900, 1, 1), date(2099, 12, 31))
sexes: st.SearchStrategy[Sex] = st.sampled_from(["male", "female"])


@st.composite
def cards(draw: st.DrawFn) -> CitizenCard:
    new = draw(st.booleans())
    optional = names if new else st.just("")
    return CitizenCard(
        number=CitizenId(draw(st.from_regex("[0-9]{12}", fullmatch=True))),
        full_name=draw(names),
        born_on=draw(dates),
        sex=draw(sexes),
        residence=draw(names),
        issued_on=draw(dates),
        old_number=draw(st.sampled_from(["", "012345678", "012345678901"])),
        father=draw(optional),
        mother=draw(optional),
        layout_2024=new,
    )


@given(cards(), st.sampled_from(["NFC", "NFD"]))
def test_a_card_survives_its_own_text_composed_or_not(card: CitizenCard, form: str) -> None:
    text = unicodedata.normalize("NFD", card.to_qr()) if form == "NFD" else card.to_qr()
    assert parse_qr(text) == card


@given(st.text() | st.lists(st.text(max_size=12), min_size=7, max_size=11).map("|".join))
def test_any_other_text_is_a_typed_error(text: str) -> None:
    with suppress(CitizenCardError):
        parse_qr(text)


def test_a_childs_card_of_2024_names_father_and_mother() -> None:
    card = parse_qr(NEW)
    assert (card.father, card.mother) == ("Nguyễn Văn Bình", "Lê Thị Hoa")
    assert card.layout_2024


def test_a_card_of_2021_names_no_parents() -> None:
    card = parse_qr(f"\ufeff{OLD}\r\n")
    assert (card.full_name, card.sex, card.father, card.layout_2024) == ("Nguyễn Thị An", "female", "", False)
    assert card.issued_on == date(2022, 5, 1)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", CardProblem.FIELD_COUNT),
        (OLD + "|", CardProblem.FIELD_COUNT),
        (OLD.replace("001315012345", "00131501234"), CardProblem.NUMBER),
        (OLD.replace("||", "|12345|"), CardProblem.OLD_NUMBER),
        (OLD.replace("Nguyễn Thị An", " "), CardProblem.NAME),
        (OLD.replace("Nguyễn Thị An", "Nguyễn 2"), CardProblem.NAME),
        (OLD.replace("03022015", "30022015"), CardProblem.BORN_ON),
        (OLD.replace("03022015", "3022015"), CardProblem.BORN_ON),
        (OLD.replace("Nữ", "X"), CardProblem.SEX),
        (OLD.replace("01052022", ""), CardProblem.ISSUED_ON),
        (OLD.replace("Hà", "H\x00à"), CardProblem.CONTROL_CHARACTER),
        ("|" * 3000, CardProblem.TOO_LONG),
    ],
)
def test_the_problem_is_named_and_the_text_is_not_repeated(text: str, problem: CardProblem) -> None:
    with pytest.raises(CitizenCardError) as caught:
        parse_qr(text)
    assert caught.value.problem is problem
    assert "001315" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_repr_shows_nothing_of_the_card() -> None:
    shown = repr(parse_qr(NEW))
    for secret in ("001315012", "Nguyễn", "Hoa", "2015", "Hà Nội"):
        assert secret not in shown
