"""The own account and the staff room over real HTTP: two steps, first passwords, sessions, roles."""

from __future__ import annotations

import asyncio
import dataclasses

import pyotp
import pytest
from aiohttp import FormData

from core.staff.domain import BY_ACCOUNT, Role
from core.values.clock import FixedClock
from core.web_app import make_web_app
from tests.core.console.conftest import PASSWORD, Browser


async def _post(browser: Browser, path: str, **fields: str) -> None:
    await browser.send(path, FormData({"csrf": await browser_csrf(browser), **fields}))


async def browser_csrf(browser: Browser) -> str:
    page = await browser.open("/console/account")
    token = page.css_first("input[name=csrf]").attributes["value"]
    assert token
    return token


async def _turn_on(browser: Browser, clock: FixedClock) -> tuple[str, list[str]]:
    await _post(browser, "/console/account/two-step")
    page = _page(browser)
    assert (page.css_first("img").attributes["src"] or "").startswith("data:image/png")
    secret = page.css_first(".letters").text().replace(" ", "")
    await _post(browser, "/console/account/two-step/confirm", code=pyotp.TOTP(secret).at(clock.now()))
    return secret, [one.text() for one in _page(browser).css(".codes li")]


def _page(browser: Browser):  # type: ignore[no-untyped-def]
    from selectolax.lexbor import LexborHTMLParser

    return LexborHTMLParser(browser.html)


async def test_after_the_password_comes_the_code_and_nothing_opens_before_it(
    browser: Browser, clock: FixedClock
) -> None:
    await browser.sign_in()
    secret, recovery = await _turn_on(browser, clock)
    assert len(recovery) == 8
    await _post(browser, "/console/sign-out")
    wanted = {"username": "admin", "password": PASSWORD, "to": "/console/classes"}
    page = await browser.send("/console/sign-in", wanted)
    assert page.css_first("input[name=to]").attributes["value"] == "/console/classes"
    await browser.sign_in()
    assert browser.headers["url"].endswith("/console/sign-in/code")
    await browser.open("/console/")
    assert browser.headers["url"].endswith("/console/sign-in")
    await browser.send("/console/sign-in/code", {"code": "000000"})
    assert (browser.status, "Mã chưa đúng" in browser.text) == (401, True)
    await browser.send("/console/sign-in/code", {"code": recovery[0], "to": "/console/classes"})
    assert browser.status == 200
    assert browser.headers["url"].endswith("/console/classes")
    await browser.open("/console/account")
    assert "Mật khẩu và mã 6 số" in browser.text
    assert secret not in browser.html


async def test_guessing_codes_locks_the_account(browser: Browser, clock: FixedClock) -> None:
    await browser.sign_in()
    await _turn_on(browser, clock)
    await _post(browser, "/console/sign-out")
    await browser.sign_in()
    for number in range(5):
        await browser.send("/console/sign-in/code", {"code": f"00000{number}"})
    await browser.send("/console/sign-in/code", {"code": "111111"})
    assert (browser.status, "thử lại sau" in browser.text) == (429, True)


async def test_codes_guessed_all_at_once_are_no_more_than_guessed_one_after_the_other(
    browser: Browser, clock: FixedClock
) -> None:
    await browser.sign_in()
    await _turn_on(browser, clock)
    await _post(browser, "/console/sign-out")
    await browser.sign_in()

    async def guess(number: int) -> int:
        fields = {"code": f"{number:06}"}
        async with browser.http.post("/console/sign-in/code", data=fields) as answer:
            return answer.status

    async with asyncio.TaskGroup() as group:
        tries = [group.create_task(guess(number)) for number in range(40)]
    compared = sum(one.result() != 429 for one in tries)
    assert compared <= BY_ACCOUNT.free + 1


async def test_the_code_page_without_a_password_leads_back_to_the_door(browser: Browser) -> None:
    await browser.open("/console/sign-in/code")
    assert browser.headers["url"].endswith("/console/sign-in")


async def test_a_new_member_of_staff_gets_a_first_password_and_must_change_it(browser: Browser) -> None:
    await browser.sign_in()
    fields = {"username": "bao.ve", "display_name": "Bác Thắng", "role": "gate", "citizen_id": "099201500004"}
    await _post(browser, "/console/staff", **fields)
    first = _page(browser).css_first(".code").text()
    assert "099201500004" not in browser.html
    await _post(browser, "/console/sign-out")
    await browser.sign_in("bao.ve", first)
    await browser.open("/console/")
    assert browser.headers["url"].endswith("/console/account")
    assert "Đặt mật khẩu mới" in browser.text
    await _post(browser, "/console/account/password", old="wrong", new="mat khau moi cua toi")
    assert "Mật khẩu hiện tại chưa đúng" in browser.text
    await _post(browser, "/console/account/password", old=first, new="mat khau moi cua toi")
    assert browser.headers["url"].endswith("/console/sign-in")
    await browser.sign_in("bao.ve", "mat khau moi cua toi")
    assert "Điểm danh hôm nay" in browser.text
    await browser.open("/console/staff")
    assert browser.status == 403


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"username": "x"}, "Tên đăng nhập dài"),
        ({"username": "teacher"}, "đã có người dùng"),
        ({"display_name": " "}, "Họ tên"),
        ({"citizen_id": "12345"}, "12 chữ số"),
        ({"role": "homeroom"}, "cần có lớp"),
        ({"role": "king"}, "cần có lớp"),
    ],
)
async def test_what_is_wrong_with_a_new_account_is_said(
    browser: Browser, changed: dict[str, str], said: str
) -> None:
    await browser.sign_in()
    fields = {"username": "co.moi", "display_name": "Cô Mới", "role": "gate"} | changed
    await _post(browser, "/console/staff", **fields)
    assert (browser.status, said in browser.text) == (422, True)
    assert f'value="{fields["username"]}"' in browser.html  # what was typed stays


async def test_the_head_changes_roles_resets_and_closes_but_stays(browser: Browser) -> None:
    await browser.sign_in()
    async with browser.gate.core.database.transaction(browser.gate.school_id) as tx:
        accounts = {one.staff.username: one.staff for one in await browser.gate.core.staff.list_accounts(tx)}
    teacher, head = accounts["teacher"], accounts["admin"]
    await _post(browser, f"/console/staff/{teacher.id}", role=Role.TECHNICIAN.value)
    await _post(browser, f"/console/staff/{teacher.id}/reset")
    first = _page(browser).css_first(".code").text()
    assert first != PASSWORD
    await _post(browser, f"/console/staff/{head.id}/close")
    assert (browser.status, "cuối cùng" in browser.text) == (409, True)
    await _post(browser, f"/console/staff/{teacher.id}/close")
    assert "Đã đóng" in browser.text
    async with browser.gate.core.database.platform() as tx:
        assert await browser.gate.core.staff.find_account(tx, "teacher") is None


async def test_where_two_steps_are_asked_for_a_password_alone_reaches_only_the_own_account(
    browser: Browser,
) -> None:
    core = browser.gate.core
    strict = dataclasses.replace(core, settings=core.settings.model_copy(update={"require_two_step": True}))
    from aiohttp import ClientSession, CookieJar

    from core.web.server import serving

    async with (
        serving(make_web_app(strict)) as url,
        ClientSession(url, cookie_jar=CookieJar(unsafe=True)) as http,
    ):
        careful = Browser(browser.gate, http)
        await careful.sign_in()
        assert careful.headers["url"].endswith("/console/account")
        assert "Trường yêu cầu đăng nhập hai bước" in careful.text
        async with http.get("/console/today") as answer:
            assert answer.status == 403
