"""The adapters of bank feeds: what proves a notice, and what it says. OpenSSL's HMAC is the peer that we did not write."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from core.fees.banks.feed import NotFromTheBankError, UnreadableNoticeError
from core.fees.banks.feeds import Feeds, NoSuchFeedError
from core.values.ids import SchoolId, new_id

SECRET = "khoa-bi-mat-cua-truong-mau"
NOW = datetime(2026, 11, 20, 1, 15, tzinfo=UTC)
SCHOOL = SchoolId(new_id())
FEEDS = Feeds({"sepay": SecretStr(SECRET), "casso": SecretStr(SECRET)})
SEPAY: dict[str, Any] = {
    "id": 92704, "gateway": "NganHangMau", "transactionDate": "2026-11-20 08:14:37", "accountNumber": "0123499999",
    "code": None, "content": "CTABCDEFGH23 nop tien an", "transferType": "in", "transferAmount": 500000,
    "accumulated": 19077000, "subAccount": None, "referenceCode": "MBVCB.1234", "description": "",
}  # fmt: skip
CASSO: dict[str, Any] = {
    "error": 0,
    "data": {
        "id": 0, "reference": "BANK_REF", "description": "Nộp tiền ăn CTABCDEFGH23", "amount": 500000,
        "runningBalance": 25000000, "transactionDateTime": "2026-11-20 08:14:37", "accountNumber": "88888888",
        "bankName": "NganHangMau", "counterAccountName": None,
    },
}  # fmt: skip
PAYLOADS = {"sepay": SEPAY, "casso": CASSO}


def openssl_hmac(digest: str, message: bytes) -> str:
    command = ["openssl", "dgst", f"-{digest}", "-hmac", SECRET]
    return subprocess.run(command, input=message, capture_output=True, check=True).stdout.split()[-1].decode()


def signed(name: str, body: bytes, at: datetime = NOW) -> dict[str, str]:
    """The headers that a feed sends with this body."""
    if name == "sepay":
        stamp = str(int(at.timestamp()))
        code = openssl_hmac("sha256", f"{stamp}.".encode() + body)
        return {"X-SePay-Signature": f"sha256={code}", "X-SePay-Timestamp": stamp}
    stamp = str(int(at.timestamp() * 1000))
    in_order = json.dumps(json.loads(body), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return {"X-Casso-Signature": f"t={stamp},v1={openssl_hmac('sha512', f'{stamp}.{in_order}'.encode())}"}


def body_of(name: str) -> bytes:
    return json.dumps(PAYLOADS[name], ensure_ascii=False).encode()


every_feed = pytest.mark.parametrize("name", sorted(PAYLOADS))


@every_feed
def test_what_the_feed_signed_is_taken(name: str) -> None:
    FEEDS.get(SCHOOL, name).verify(signed(name, body_of(name)), body_of(name), NOW)


@every_feed
def test_a_changed_amount_is_not_from_the_bank(name: str) -> None:
    headers, body = signed(name, body_of(name)), body_of(name).replace(b"500000", b"900000")
    with pytest.raises(NotFromTheBankError):
        FEEDS.get(SCHOOL, name).verify(headers, body, NOW)


@every_feed
def test_every_changed_character_of_the_signature_is_noticed(name: str) -> None:
    headers = signed(name, body_of(name))
    (field, value), *others = headers.items()
    start = value.index("=", value.find("v1") if "v1" in value else 0) + 1
    for place in range(start, len(value)):
        wrong = value[:place] + ("0" if value[place] != "0" else "1") + value[place + 1 :]
        with pytest.raises(NotFromTheBankError):
            FEEDS.get(SCHOOL, name).verify({field: wrong, **dict(others)}, body_of(name), NOW)


@every_feed
@pytest.mark.parametrize("age", [timedelta(minutes=6), -timedelta(minutes=6)])
def test_a_notice_signed_at_another_time_is_refused(name: str, age: timedelta) -> None:
    headers = signed(name, body_of(name), NOW - age)
    with pytest.raises(NotFromTheBankError):
        FEEDS.get(SCHOOL, name).verify(headers, body_of(name), NOW)


@every_feed
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-SePay-Signature": "", "X-Casso-Signature": ""},
        {"X-SePay-Signature": "sha256=é", "X-SePay-Timestamp": "x", "X-Casso-Signature": "t=1,v1=é"},
        {"Authorization": "Apikey wrong"},
    ],
)
def test_without_a_proof_nothing_is_taken(name: str, headers: Mapping[str, str]) -> None:
    with pytest.raises(NotFromTheBankError):
        FEEDS.get(SCHOOL, name).verify(headers, body_of(name), NOW)


def test_sepay_may_prove_itself_by_its_key_instead() -> None:
    FEEDS.get(SCHOOL, "sepay").verify({"Authorization": f"Apikey {SECRET}"}, b"{}", NOW)


@every_feed
def test_a_notice_tells_amount_time_and_text(name: str) -> None:
    (money,) = FEEDS.get(SCHOOL, name).received(PAYLOADS[name])
    assert (money.source, money.amount) == (f"bank.{name}", 500_000)
    assert money.external_id in {"92704", "0"}
    assert money.received_at == datetime(2026, 11, 20, 1, 14, 37, tzinfo=UTC)
    assert "CTABCDEFGH23" in money.text
    assert "CTABCDEFGH23" not in repr(money)


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("sepay", SEPAY | {"transferType": "out"}),
        ("sepay", SEPAY | {"transferAmount": 0}),
        ("casso", {"data": CASSO["data"] | {"amount": -20000}}),
        ("casso", {"data": {"id": 0, "amount": 0}}),
    ],
)
def test_money_that_went_out_is_no_money_received(name: str, payload: Mapping[str, Any]) -> None:
    assert FEEDS.get(SCHOOL, name).received(payload) == ()


@pytest.mark.parametrize(
    ("name", "payload", "field"),
    [
        ("sepay", SEPAY | {"transferAmount": "nhiều"}, "transferAmount"),
        ("sepay", SEPAY | {"transferAmount": 1.5}, "transferAmount"),
        ("sepay", SEPAY | {"transferAmount": True}, "transferAmount"),
        ("sepay", SEPAY | {"transferAmount": 10**15}, "transferAmount"),
        ("sepay", SEPAY | {"transferAmount": "9" * 5000}, "transferAmount"),
        ("sepay", SEPAY | {"transferAmount": "--5"}, "transferAmount"),
        ("sepay", SEPAY | {"id": None}, "id"),
        ("sepay", SEPAY | {"id": "9\0"}, "id"),
        ("sepay", SEPAY | {"id": "9" * 200}, "id"),
        ("sepay", SEPAY | {"transactionDate": "hôm qua"}, "transactionDate"),
        ("sepay", SEPAY | {"transactionDate": "0001-01-01 00:00:00"}, "transactionDate"),
        ("sepay", SEPAY | {"content": ["x"]}, "content"),
        ("casso", {}, "data"),
        ("casso", {"data": []}, "data"),
        ("casso", {"data": {"amount": 5}}, "transactionDateTime"),
    ],
)
def test_what_makes_no_sense_is_named(name: str, payload: Mapping[str, Any], field: str) -> None:
    with pytest.raises(UnreadableNoticeError) as caught:
        FEEDS.get(SCHOOL, name).received(payload)
    assert caught.value.params == {"field": field}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
)
KEYS = st.sampled_from(["data", *SEPAY, *CASSO["data"]])


@every_feed
@given(payload=st.dictionaries(KEYS, JSON | st.sampled_from(list(SEPAY.values())), max_size=12))
def test_whatever_comes_is_money_or_a_typed_error(name: str, payload: dict[str, Any]) -> None:
    try:
        found = FEEDS.get(SCHOOL, name).received(payload)
    except UnreadableNoticeError:
        return
    assert all(one.amount > 0 and one.external_id for one in found)


def test_a_school_has_the_feeds_whose_secret_is_set_and_its_own_comes_first() -> None:
    other = SchoolId(new_id())
    feeds = Feeds(
        {"casso": SecretStr("a"), f"casso:{SCHOOL}": SecretStr("b"), "bank-of-nowhere": SecretStr("c")}
    )
    assert feeds.names(SCHOOL) == feeds.names(other) == ("casso",)
    assert feeds.get(SCHOOL, "casso") != feeds.get(other, "casso")
    for name in ("sepay", "bank-of-nowhere", ""):
        with pytest.raises(NoSuchFeedError):
            feeds.get(SCHOOL, name)
    assert repr(feeds) == "Feeds()"
