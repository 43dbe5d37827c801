"""Payment codes, allocation and VietQR, by their properties and against an independent peer."""

from __future__ import annotations

import string
from datetime import timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from qr_pay import QRPay

from core.fees import vietqr
from core.fees.domain import Outcome, allocate
from core.fees.reference import (
    ALPHABET,
    LENGTH,
    PREFIX,
    Reference,
    find_reference,
    parse_reference,
    reference_for,
    references_in,
)
from core.values.ids import InvoiceId, SchoolId
from core.values.money import Vnd, vnd
from tests.core.fees.invoices import invoice

codes = st.builds(reference_for, st.uuids().map(SchoolId), st.uuids().map(InvoiceId))
places = st.integers(len(PREFIX), LENGTH - 1)
AMBIGUOUS = {"O": "0", "I": "1", "L": "1"}


@given(codes, places, st.sampled_from(string.ascii_uppercase + string.digits))
def test_every_wrong_character_is_noticed(code: Reference, place: int, wrong: str) -> None:
    assume(AMBIGUOUS.get(wrong, wrong) != code[place])
    with pytest.raises(ValueError, match="not a payment code"):
        parse_reference(code[:place] + wrong + code[place + 1 :])


@given(codes, places, places, st.sampled_from(ALPHABET), st.sampled_from(ALPHABET))
def test_every_pair_of_wrong_characters_is_noticed(
    code: Reference, first: int, second: int, one: str, two: str
) -> None:
    signs = list(code)
    signs[first], signs[second] = one, two
    changed = "".join(signs)
    assume(changed != code)
    with pytest.raises(ValueError, match="not a payment code"):
        parse_reference(changed)


@given(codes, st.integers(0, LENGTH - 2))
def test_every_swap_of_neighbours_is_noticed(code: Reference, place: int) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assume(swapped != code)
    with pytest.raises(ValueError, match="not a payment code"):
        parse_reference(swapped)


@given(codes, st.data())
def test_a_code_is_found_however_a_bank_mangles_it(code: Reference, data: st.DataObject) -> None:
    between = data.draw(st.lists(st.sampled_from(["", " ", "-", "."]), min_size=LENGTH, max_size=LENGTH))
    mangled = "".join(sign + gap for sign, gap in zip(code, between, strict=True))
    mangled = mangled.lower() if data.draw(st.booleans()) else mangled
    assert code in references_in(f"MBVCB.123 nộp tiền Đặng {mangled} từ 0011")


@given(codes, codes)
def test_two_codes_in_one_text_are_no_answer(one: Reference, two: Reference) -> None:
    assume(one != two)
    assert find_reference(f"{one} {two}") is None


@given(st.text())
def test_any_text_is_read_without_an_error(text: str) -> None:
    assert all(parse_reference(found) == found for found in references_in(text))


@given(codes)
def test_a_code_has_no_look_alikes_and_fits_a_transfer(code: Reference) -> None:
    assert len(code) == LENGTH <= 25
    assert not set(code[len(PREFIX) :]) & set("ILOU")


amounts = st.integers(1, 10**9)


@given(amounts, st.integers(0, 10**9), amounts)
def test_allocation_loses_no_dong_and_never_takes_more_than_is_owed(
    amount: int, paid: int, money: int
) -> None:
    owed = invoice(amount, min(paid, amount))
    result = allocate(vnd(money), owed)
    assert result.applied + result.left == money
    assert 0 <= result.applied <= owed.outstanding
    if result.left:
        assert result.outcome is Outcome.OVER
    else:
        assert (result.outcome is Outcome.PAID) == (result.applied == owed.outstanding)


def test_a_fee_is_overdue_from_the_day_after_its_last_day_and_only_while_something_is_owed() -> None:
    owed, settled = invoice(500_000, 499_999), invoice(500_000, 500_000)
    day = owed.due_on
    assert [owed.is_overdue(day + timedelta(days=late)) for late in (-1, 0, 1)] == [False, False, True]
    assert not settled.is_overdue(day + timedelta(days=1))


@given(
    st.from_regex("[0-9]{6}", fullmatch=True),
    st.from_regex("[0-9]{6,19}", fullmatch=True),
    st.none() | amounts,
    st.none() | codes,
)
def test_a_vietqr_text_equals_what_an_independent_encoder_writes_and_reads(
    bank: str, account: str, amount: int | None, purpose: str | None
) -> None:
    ours = vietqr.encode(bank, account, None if amount is None else Vnd(amount), purpose)
    peer = QRPay(
        bank,
        account,
        transaction_amount=amount,
        purpose_of_transaction=purpose,
        point_of_initiation_method="STATIC" if amount is None else "DYNAMIC",
    )
    assert ours == peer.code
    assert QRPay.decode(ours).consumer_id == account


def test_the_worked_example_of_the_standard_comes_out() -> None:
    assert vietqr.encode("970416", "257678859", Vnd(1000), "Chuyen tien") == (
        "00020101021238530010A0000007270123000697041601092576788590208QRIBFTTA"
        "5303704540410005802VN62150811Chuyen tien6304BBB8"
    )


@pytest.mark.parametrize(
    ("bank", "account", "amount", "purpose"),
    [
        ("97041", "1", None, None),
        ("970416", "", None, None),
        ("970416", "1" * 20, None, None),
        ("970416", "1", 0, None),
        ("970416", "1", 1, "nộp tiền"),
        ("970416", "1", 1, "x" * 26),
    ],
)
def test_what_does_not_fit_the_standard_is_refused(
    bank: str, account: str, amount: int | None, purpose: str | None
) -> None:
    with pytest.raises(ValueError, match=r"BIN|account|amount|purpose"):
        vietqr.encode(bank, account, None if amount is None else Vnd(amount), purpose)
