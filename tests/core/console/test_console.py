"""The staff's rooms over real HTTP: who gets in, what they see, what a form may do."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import aiohttp
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from yarl import URL

from core.checkins.domain import Reason
from core.console import texts
from core.console.alerts import ConsoleChannel
from core.console.routes import STATIC
from core.contracts.checkin import CheckInMode, Decision, Punctuality
from core.notifications.domain import NotificationStatus, Outgoing
from core.staff.domain import BY_ACCOUNT, BY_ADDRESS, Role
from tests.core.checkins.conftest import STRANGER
from tests.core.console.conftest import PASSWORD, Browser
from tests.core.web.support import capturing_logs

ROOMS = ("/console/", "/console/classes", "/console/import", "/console/devices", "/console/deliveries")


async def test_who_is_not_signed_in_meets_the_door(browser: Browser) -> None:
    for room in ROOMS:
        page = await browser.open(room)
        assert URL(browser.headers["url"]).path == "/console/sign-in"
        assert page.css_first("input[name=password]")
    async with browser.http.get("/console/today") as response:
        assert response.status == 401
        assert response.content_type == "application/problem+json"


async def test_who_signs_in_comes_to_the_page_that_was_asked_for_and_nowhere_else(browser: Browser) -> None:
    wanted = "/console/audit?kind=&first=1/11/2026"
    page = await browser.open(wanted)
    to = page.css_first("input[name=to]").attributes["value"]
    assert to == wanted
    door, right = "/console/sign-in", {"username": "admin", "password": PASSWORD}
    page = await browser.send(door, {"username": "admin", "password": "wrong", "to": wanted})
    assert page.css_first("input[name=to]").attributes["value"] == wanted
    await browser.send(door, right | {"to": wanted})
    assert URL(browser.headers["url"]).path_qs == wanted
    for elsewhere in (
        "https://a.example/",
        "//a.example",
        "/console/../x\r\ny: z",
        "/console/sign-out",
        "/chat",
    ):
        browser.http.cookie_jar.clear()
        await browser.send(door, right | {"to": elsewhere})
        assert URL(browser.headers["url"]).path == "/console/"


async def test_signing_in_opens_every_room_of_the_role(browser: Browser) -> None:
    await browser.sign_in()
    assert "Điểm danh hôm nay" in browser.text
    for room in ROOMS:
        await browser.open(room)
        assert browser.status == 200
    cookie = next(iter(browser.http.cookie_jar))
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"


async def test_a_session_that_ends_while_somebody_writes_gives_the_words_back_and_no_password(
    browser: Browser,
) -> None:
    written = {
        "title": "Họp",
        "text": "Kính mời phụ huynh đến họp lúc 8 giờ.",
        "password": "mot mat khau rat dai",
    }
    page = await browser.send("/console/broadcasts", written)
    assert (browser.status, [one.text() for one in page.css("textarea")]) == (401, [written["text"]])
    assert written["password"] not in browser.html
    page = await browser.send("/console/broadcasts", written, Origin="https://elsewhere.example")
    assert page.css("textarea") == []
    await browser.sign_in()
    page = await browser.send("/console/broadcasts", written | {"csrf": "of an earlier session"})
    assert (browser.status, [one.text() for one in page.css("textarea")]) == (403, [written["text"]])


async def test_pages_and_their_files_are_light_on_a_slow_line(browser: Browser) -> None:
    await browser.sign_in()
    async with browser.http.get("/console/", headers={"Accept-Encoding": "gzip"}) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert answer.headers["Cache-Control"] == "no-store"
    async with browser.http.get("/console/static/console.css") as first:
        known = {"If-None-Match": first.headers["ETag"]}
        assert first.headers["Cache-Control"] == "no-cache"
    async with browser.http.get("/console/static/console.css", headers=known) as again:
        assert again.status == 304


async def test_a_teacher_sees_no_devices_and_no_deliveries(browser: Browser) -> None:
    page = await browser.sign_in("teacher")
    rooms = [one.text().strip() for one in page.css("nav a")]
    assert "Lớp" in rooms
    assert not {"Thiết bị", "Tin nhắn", "Nhân viên"} & set(rooms)
    for room in ("/console/devices", "/console/deliveries"):
        await browser.open(room)
        assert browser.status == 403
        assert "không được làm việc đó" in browser.text


@pytest.mark.parametrize(("username", "password"), [("admin", "wrong"), ("nobody", PASSWORD), ("", "")])
async def test_a_wrong_sign_in_says_the_same_whatever_was_wrong(
    browser: Browser, username: str, password: str
) -> None:
    await browser.sign_in(username, password)
    assert browser.status == 401
    assert texts.SIGN_IN_REFUSED in browser.text
    assert not list(browser.http.cookie_jar)


async def test_many_wrong_passwords_lock_the_account_for_a_while(browser: Browser) -> None:
    for _ in range(5):
        await browser.sign_in(password="wrong")
    await browser.sign_in()
    assert browser.status == 429
    assert "thử lại sau 1 phút" in browser.text
    browser.gate.clock.advance(timedelta(seconds=61))
    await browser.sign_in()
    assert browser.status == 200


async def test_passwords_tried_all_at_once_are_no_more_than_tried_one_after_the_other(
    browser: Browser,
) -> None:
    url, fields = f"{browser.gate.url}/console/sign-in", {"username": "admin", "password": "wrong"}

    async def guess() -> int:
        async with browser.http.post(url, data=fields) as answer:
            return answer.status

    async with asyncio.TaskGroup() as group:
        tries = [group.create_task(guess()) for _ in range(24)]
    refused = [one.result() for one in tries].count(401)
    assert refused <= BY_ACCOUNT.free + 1, "those that were compared before the account was locked"
    assert refused + [one.result() for one in tries].count(429) == 24


async def test_one_caller_cannot_try_many_usernames(browser: Browser) -> None:
    for number in range(BY_ADDRESS.free):
        await browser.sign_in(f"guess{number}", "wrong")
    await browser.sign_in()
    assert browser.status == 429


async def test_a_session_ends_after_two_idle_hours_and_on_signing_out(browser: Browser) -> None:
    await browser.sign_in()
    browser.gate.clock.advance(timedelta(hours=2, minutes=1))
    await browser.send("/console/devices", {"csrf": "old", "name": "Cổng sau"})
    assert (browser.status, texts.ERRORS["core.unauthenticated"] in browser.text) == (401, True)
    assert 'href="/console/sign-in"' in browser.html
    assert (await browser.open("/console/")).css_first("input[name=password]")
    assert texts.SESSION_ENDED in browser.text
    await browser.sign_in()
    token = await browser.csrf()
    kept = {one.key: one.value for one in browser.http.cookie_jar}
    await browser.send("/console/sign-out", {"csrf": token})
    cookie = "; ".join(f"{name}={value}" for name, value in kept.items())
    url = f"{browser.gate.url}/console/today"
    async with aiohttp.ClientSession() as stolen, stolen.get(url, headers={"Cookie": cookie}) as response:
        assert response.status == 401


async def test_a_form_without_the_sessions_token_does_nothing(browser: Browser) -> None:
    await browser.sign_in()
    token = await browser.csrf()
    for fields, headers in (
        ({"name": "Cổng sau"}, {}),
        ({"name": "Cổng sau", "csrf": "x"}, {}),
        ({"name": "Cổng sau", "csrf": token}, {"Origin": "https://elsewhere.example"}),
    ):
        await browser.send("/console/devices", fields, **headers)
        assert browser.status == 403
        assert "Trang đã mở quá lâu" in browser.text
        assert '<a href="/console/devices">← Thiết bị</a>' in browser.html


async def test_a_foreign_page_cannot_sign_somebody_in(browser: Browser) -> None:
    fields = {"username": "admin", "password": PASSWORD}
    await browser.send("/console/sign-in", fields, Origin="https://elsewhere.example")
    assert browser.status == 403


async def test_the_day_shows_who_came_and_who_waits(browser: Browser) -> None:
    await browser.gate.send()
    await browser.gate.send(citizen_id=STRANGER)
    await browser.sign_in()
    assert "Nguyễn Minh An" in browser.text
    assert "Chưa có trong danh sách học sinh" in browser.text
    assert "•••••••••999" in browser.text
    assert STRANGER not in browser.html


async def test_staff_let_somebody_in_with_one_button(browser: Browser) -> None:
    await browser.gate.send(face="mismatch")
    page = await browser.sign_in("teacher")
    assert "Khuôn mặt không giống ảnh trong thẻ" in browser.text
    form = page.css_first("form[action^='/console/check-ins/']")
    path, token = form.attributes["action"], form.css_first("input[name=csrf]").attributes["value"]
    assert path
    assert token
    await browser.send(path, {"csrf": token, "answer": "approve"})
    assert "Không có ai đang chờ" in browser.text
    assert [one.key for one in await browser.gate.messages()][-1] == "checkin.arrived"
    await browser.send(path, {"csrf": token, "answer": "refuse"})
    assert (browser.status, "thầy cô khác xử lý" in browser.text) == (409, True)


async def test_a_check_in_reaches_an_open_page_at_once(browser: Browser) -> None:
    await browser.sign_in()
    async with browser.http.get("/console/events") as events:
        assert await events.content.readuntil(b"\n\n") == b"event: ready\ndata: \n\n"
        await browser.gate.send()
        assert await events.content.readuntil(b"\n\n") == b"event: changed\ndata: \n\n"
    async with browser.http.get("/console/today") as response:
        assert "Nguyễn Minh An" in await response.text()


async def test_an_alert_rings_on_open_pages(browser: Browser) -> None:
    await browser.gate.send(citizen_id=STRANGER)
    (alert,) = await browser.gate.messages()
    core, outgoing = (
        browser.gate.core,
        Outgoing(
            id=alert.id,
            school_id=browser.gate.school_id,
            recipient=alert.recipient,
            key=alert.key,
            params=alert.params,
            dedupe_key=alert.dedupe_key,
            urgency=alert.urgency,
            attempt=1,
            created_at=alert.created_at,
        ),
    )
    await browser.sign_in()
    async with browser.http.get("/console/events") as events:
        await events.content.readuntil(b"\n\n")
        await ConsoleChannel(core.database).deliver(outgoing)
        assert await events.content.readuntil(b"\n\n") == b"event: changed\ndata: \n\n"


async def test_a_code_is_shown_once_and_enrols_a_kiosk(browser: Browser) -> None:
    await browser.sign_in()
    page = await browser.send("/console/devices", {"csrf": await browser.csrf(), "name": " Cổng  sau "})
    code = page.css_first(".code").text()
    browser.gate.kiosk.key = Ed25519PrivateKey.generate()
    assert (await browser.gate.kiosk.enrol(code)).status == 201
    await browser.open("/console/devices")
    assert "Cổng sau" in browser.text
    assert code not in browser.html


async def test_a_device_is_revoked(browser: Browser) -> None:
    page = await browser.sign_in()
    page = await browser.open("/console/devices")
    path = page.css_first("form[action$='/revoke']").attributes["action"]
    assert path
    await browser.send(path, {"csrf": await browser.csrf()})
    assert "Đã thu hồi" in browser.text
    answer = await browser.gate.kiosk.post("/api/v1/check-ins", browser.gate.report())
    assert answer.body["code"] == "devices.revoked"


async def test_a_nameless_device_is_explained(browser: Browser) -> None:
    await browser.sign_in()
    await browser.send("/console/devices", {"csrf": await browser.csrf(), "name": " "})
    assert (browser.status, texts.ERRORS["devices.bad_name"] in browser.text) == (422, True)


async def test_a_class_lists_its_pupils_with_their_arrival(browser: Browser) -> None:
    await browser.gate.send()
    await browser.sign_in()
    page = await browser.open("/console/classes")
    path = page.css_first("tbody a").attributes["href"]
    assert path
    await browser.open(path)
    assert "Nguyễn Minh An" in browser.text
    assert "06:50 · Đúng giờ" in browser.text


@pytest.mark.parametrize(
    "path", ["/console/classes/x", "/console/classes/01935f3e-7a10-7000-8000-000000000001", "/console/none"]
)
async def test_what_does_not_exist_is_said_kindly(browser: Browser, path: str) -> None:
    await browser.sign_in()
    await browser.open(path)
    assert (browser.status, "Chưa được rồi" in browser.text) == (404, True)


async def test_a_name_that_looks_like_markup_stays_text(browser: Browser) -> None:
    await browser.sign_in()
    name = "<script>alert(1)</script>"
    await browser.send("/console/devices", {"csrf": await browser.csrf(), "name": name})
    assert name not in browser.html
    assert name in browser.text


async def test_no_password_token_or_name_stands_in_the_log(browser: Browser) -> None:
    with capturing_logs() as log:
        await browser.sign_in(password="wrong secret")
        await browser.sign_in()
        await browser.gate.send()
        await browser.open("/console/")
    token = next(iter(browser.http.cookie_jar)).value
    assert log.events
    for secret in (PASSWORD, "wrong secret", token, "Cô Lan", "Minh An"):
        assert secret not in log.text


def test_the_pages_are_light() -> None:
    assert sum(one.stat().st_size for one in STATIC.iterdir()) < 30_000


def test_every_code_has_its_words() -> None:
    for codes, words in (
        (Reason, texts.REASONS),
        (Decision, texts.DECISIONS),
        (Punctuality, texts.PUNCTUALITY),
        (CheckInMode, texts.MODES),
        (Role, texts.ROLES),
        (NotificationStatus, texts.STATUSES),
    ):
        assert set(codes) == set(words)
