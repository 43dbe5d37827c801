"""Signing on at npm oidc-provider over real HTTP, and everything that an attacker or a bad day may change."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy import text

from core.contracts.citizen_id import CitizenId
from core.signon.domain import (
    CODE_LIFE,
    LINK_LIFE,
    MOST_TRIES,
    Person,
    Secrets,
    SignOnDeniedError,
    SignOnTokenError,
    SignOnUnavailableError,
)
from core.signon.provider import Provider
from core.staff.domain import NewStaff, Role
from core.values.clock import FixedClock
from tests.core.signon.conftest import (
    ACCOUNTS,
    NUMBER,
    REDIRECT,
    Door,
    Phone,
    a_code,
    query_of,
    settings_for,
    with_query,
)
from tests.core.web.support import capturing_logs
from tests.support import oidc
from tests.support.postgres import ROOT

pytestmark = pytest.mark.node


def six_digits(html: str) -> str:
    return LexborHTMLParser(html).css_first(".code").text()


async def confirmed(door: Door, typed: str) -> Person | None:
    async with door.core.database.transaction(door.school_id) as tx:
        return await door.core.sign_ons.confirm(tx, door.account_id, typed)


async def test_a_guardian_signs_on_and_types_the_digits_into_the_chat(door: Door, phone: Phone) -> None:
    link = await door.link()
    await phone.open(link)
    assert (phone.status, "Sang trang VNeID" in phone.html) == (200, True)
    await phone.open(f"{link}/go")
    person = await confirmed(door, f" {six_digits(phone.html)} ")
    assert person is not None
    assert (person.citizen_id.value, person.full_name) == (NUMBER, "Trần Thị Mai")
    assert person.born_on is not None
    assert person.born_on.isoformat() == "1988-06-09"
    assert await confirmed(door, six_digits(phone.html)) is None


@pytest.mark.parametrize("face", ["first", "plain"])
async def test_claims_are_taken_from_the_token_or_from_the_user_info(
    rp: Provider, phone: Phone, op: oidc.TestProvider, face: str
) -> None:
    op.tell(f"face {face}")
    secrets = Secrets.fresh()
    person = await rp.person(await a_code(rp, phone, secrets), secrets)
    assert person.citizen_id.value == NUMBER
    assert NUMBER not in repr(person)
    assert "Mai" not in repr(person)


async def test_whoever_got_the_link_from_somebody_else_proves_nothing_for_that_chat(
    door: Door, phone: Phone
) -> None:
    """The victim signs on over the attacker's link; without the digits on the victim's screen it is worth nothing."""
    await phone.open(f"{await door.link()}/go")
    right = six_digits(phone.html)
    for number in range(MOST_TRIES):
        wrong = f"{(int(right) + number + 1) % 1_000_000:06}"
        assert await confirmed(door, wrong) is None
    assert await confirmed(door, right) is None


async def test_the_digits_of_one_chat_prove_nothing_in_another(door: Door, phone: Phone) -> None:
    await phone.open(f"{await door.link()}/go")
    async with door.core.database.transaction(door.school_id) as tx:
        other = await door.core.conversations.open_turn(tx, "webchat", "chat-2", "m1", "chào")
        assert await door.core.sign_ons.confirm(tx, other.account_id, six_digits(phone.html)) is None


async def test_a_wrong_state_is_refused(door: Door, phone: Phone) -> None:
    back = await phone.open(f"{await door.link()}/go", stop_at=REDIRECT, state="x" * 43)
    await phone.open(back)
    assert (phone.status, "bắt đầu lại" in phone.html) == (410, True)


async def test_a_state_in_another_browser_is_refused(door: Door, phone: Phone) -> None:
    back = await phone.open(f"{await door.link()}/go", stop_at=REDIRECT)
    phone.http.cookie_jar.clear_domain("127.0.0.1")
    await phone.open(back)
    assert phone.status == 410


async def test_an_answer_is_good_once(door: Door, phone: Phone) -> None:
    back = await phone.open(f"{await door.link()}/go", stop_at=REDIRECT)
    await phone.open(back)
    assert phone.status == 200
    await phone.open(back)
    assert phone.status == 410


async def test_a_used_link_and_an_old_link_lead_nowhere(door: Door, phone: Phone, now: FixedClock) -> None:
    link = await door.link()
    await phone.open(f"{link}/go")
    await phone.open(link)
    assert phone.status == 410
    late = await door.link()
    now.advance(LINK_LIFE)
    await phone.open(late)
    assert phone.status == 410


async def test_the_digits_are_good_for_as_long_as_their_page_says(door: Door, now: FixedClock) -> None:
    """Fifteen minutes from the page, however long the way through the provider took."""
    sign_ons, person = door.core.sign_ons, Person(CitizenId(NUMBER), "Trần Thị Mai")
    async with door.core.database.transaction(door.school_id) as tx:
        token = await sign_ons.invite(tx, door.account_id)
        now.advance(LINK_LIFE - timedelta(seconds=1))
        asked = await sign_ons.start_guardian(tx, token)
        attempt, _ = await sign_ons.claim(tx, asked.state, asked.browser)
        right = await sign_ons.prove(tx, attempt, person)
    page = (ROOT / "core/console/templates/sign_on_code.html").read_text("utf-8")
    assert f"có hạn {CODE_LIFE.total_seconds() / 60:.0f} phút" in page
    now.advance(CODE_LIFE - timedelta(seconds=1))
    assert await confirmed(door, right) == person


async def test_an_answer_in_the_name_of_another_issuer_is_refused(door: Door, phone: Phone) -> None:
    back = await phone.open(f"{await door.link()}/go", stop_at=REDIRECT, iss="https://elsewhere.example")
    await phone.open(back)
    assert (phone.status, "chưa tin được" in phone.html) == (502, True)


async def test_who_says_no_is_told_kindly(door: Door, phone: Phone, op: oidc.TestProvider) -> None:
    op.tell("deny")
    await phone.open(f"{await door.link()}/go")
    assert (phone.status, "chưa gửi gì cho nhà trường" in phone.html) == (403, True)


async def test_an_account_without_a_number_is_told_what_to_do(
    door: Door, phone: Phone, op: oidc.TestProvider
) -> None:
    op.tell("account nobody")
    await phone.open(f"{await door.link()}/go")
    assert (phone.status, "văn phòng xác minh trực tiếp" in phone.html) == (422, True)


async def test_a_code_is_redeemed_once(rp: Provider, phone: Phone) -> None:
    secrets = Secrets.fresh()
    code = await a_code(rp, phone, secrets)
    await rp.person(code, secrets)
    with pytest.raises(SignOnDeniedError):
        await rp.person(code, secrets)


async def test_a_stolen_code_is_worthless_without_the_verifier(rp: Provider, phone: Phone) -> None:
    secrets = Secrets.fresh()
    code = await a_code(rp, phone, secrets)
    thief = Secrets(secrets.state, secrets.nonce, Secrets.fresh().verifier, secrets.browser)
    with pytest.raises(SignOnDeniedError):
        await rp.person(code, thief)


async def test_a_nonce_of_another_attempt_is_refused(rp: Provider, phone: Phone) -> None:
    secrets = Secrets.fresh()
    code = await a_code(rp, phone, secrets, nonce="of another attempt")
    with pytest.raises(SignOnTokenError) as refused:
        await rp.person(code, secrets)
    assert refused.value.params["reason"] == "nonce"


async def test_a_wrong_redirect_uri_never_leaves_the_provider(rp: Provider, phone: Phone) -> None:
    asked = with_query(await rp.authorization_url(Secrets.fresh()), redirect_uri=REDIRECT + "/else")
    assert not (await phone.open(asked, stop_at=REDIRECT)).startswith(REDIRECT)
    assert phone.status == 400


async def test_a_slow_provider_and_one_that_is_away_are_said_kindly(
    door: Door, phone: Phone, op: oidc.TestProvider, now: FixedClock
) -> None:
    back = await phone.open(f"{await door.link()}/go", stop_at=REDIRECT)
    op.tell("slow 3000")
    await phone.open(back)
    assert (phone.status, "đang không trả lời" in phone.html) == (503, True)
    op.tell("slow 0")
    away = Provider(settings_for("http://127.0.0.1:9"), now, REDIRECT)
    with pytest.raises(SignOnUnavailableError):
        await away.authorization_url(Secrets.fresh())


async def test_staff_sign_in_with_vneid(door: Door, phone: Phone) -> None:
    new = NewStaff("co.mai", "Cô Mai", Role.HEAD, "mot mat khau dai", citizen_id=CitizenId(NUMBER))
    async with door.core.database.transaction(door.school_id) as tx:
        await door.core.staff.add(tx, new, "no password fits this")
    await phone.open(f"{door.url}/console/sign-in/vneid")
    assert (phone.status, "Đã đăng nhập" in phone.html) == (200, True)
    await phone.open(f"{door.url}/console/account")
    assert (phone.status, "Cô Mai" in phone.html, "VNeID" in phone.html) == (200, True, True)


async def test_a_stranger_with_vneid_does_not_get_into_the_console(door: Door, phone: Phone) -> None:
    await phone.open(f"{door.url}/console/sign-in/vneid")
    assert (phone.status, "Chưa có tài khoản" in phone.html) == (401, True)
    await phone.open(f"{door.url}/console/account")
    assert phone.seen[-1] == f"{door.url}/console/sign-in?to=/console/account"


async def test_nothing_of_a_sign_on_stands_in_the_log_or_the_database(door: Door, phone: Phone) -> None:
    with capturing_logs() as log:
        link = await door.link()
        await phone.open(f"{link}/go")
    back = query_of(next(one for one in phone.seen if one.startswith(REDIRECT)))
    dumped = await _dump(door)
    for secret in (NUMBER, "Mai", back["code"], back["state"], link.rpartition("/")[2]):
        assert secret not in log.text
        assert secret not in dumped
    assert not re.search(r"\b\d{12}\b", log.text)


async def _dump(door: Door) -> str:
    async with door.core.database.platform() as tx:
        rows = (await tx.session.execute(text("SELECT sign_ons::text FROM sign_ons"))).scalars().all()
    shown = "\n".join(rows)
    return shown + "".join(
        bytes.fromhex(found).decode("latin-1") for found in re.findall(r"\\x([0-9a-f]+)", shown)
    )


def test_the_accounts_of_these_tests_are_nobodys() -> None:
    assert all(one.get("SoDinhDanh", "099").startswith("099") for one in ACCOUNTS.values())
