"""The page in a real Chromium: what happens on it, and what must never be seen."""

from __future__ import annotations

import re
from contextlib import AsyncExitStack
from pathlib import Path

from core.contracts.checkin import CheckInMode, Punctuality
from kiosk.screen.view import view_of
from kiosk.session.events import CodeSeen, JobSet, LockSet
from kiosk.session.places import (
    Session,
    Verdict,
)
from kiosk.session.values import Job, VerdictKind
from tests.conftest import Photograph
from tests.kiosk.screen.pages import BROWSER, expect, opened, tap, text_of, until
from tests.kiosk.session.visits import AN
from tests.kiosk.support.machine import running_kiosk
from tests.kiosk.support.peer import core_peer
from tests.kiosk.support.waiting import eventually

pytestmark = BROWSER


async def test_a_tap_greets_the_pupil_and_the_name_goes_within_two_seconds(tmp_path: Path) -> None:
    async with core_peer() as peer, running_kiosk(tmp_path, peer) as (_, url), opened(url) as page:
        assert "MÔ PHỎNG" in await page.inner_text("#badge")
        await page.evaluate(
            """() => { window.seen = []; new MutationObserver(() => {
                const has = document.getElementById("stage").innerText.includes("Bình An");
                const last = window.seen.at(-1);
                if (!last || last[0] !== has) window.seen.push([has, performance.now()]);
            }).observe(document.getElementById("stage"), {subtree: true, childList: true, characterData: true}); }"""
        )
        await tap(page, 0)
        await until(page, "verdict_accepted")
        assert "Chào Bình An!" in await text_of(page)
        await until(page, "idle")
        seen = await page.evaluate("window.seen")
        shown = [at for has, at in seen if has]
        gone = [at for has, at in seen if not has and shown and at > shown[0]]
        assert len(shown) == 1
        assert gone[0] - shown[0] <= 2000
        assert peer.reports[0]["chip"] in {"genuine", "integrity_ok_issuer_unknown"}


async def test_two_quick_taps_never_show_one_pupils_verdict_to_the_other(tmp_path: Path) -> None:
    async with core_peer() as peer, running_kiosk(tmp_path, peer) as (_, url), opened(url) as page:
        peer.delay = 0.3
        greeted: list[tuple[int, str]] = []
        await page.expose_function("greeted", lambda visit, title: greeted.append((int(visit), title)))
        await page.evaluate(
            """() => new MutationObserver(() => {
                const title = document.getElementById("title").innerText;
                if (/Bình An|Khôi/.test(title)) window.greeted(document.body.dataset.visit, title);
            }).observe(document.getElementById("title"), {childList: true})"""
        )
        await tap(page, 0)
        await page.wait_for_timeout(150)
        await tap(page, 1)
        await eventually(lambda: len(peer.reports) == 2)
        await until(page, "verdict_accepted")
        await page.wait_for_timeout(600)
        by_visit: dict[int, set[str]] = {}
        for visit, title in greeted:
            by_visit.setdefault(visit, set()).add(title)
        assert len(by_visit) == 2
        assert sorted(title for titles in by_visit.values() for title in titles) == [
            "Chào Bình An!",
            "Chào Khôi!",
        ]


MISBEHAVIOUR = (
    (0, "stranger", "verdict_needs_staff", "Máy chưa nhận ra em"),
    (0, "photo", "verdict_needs_staff", "Máy chưa nhận ra em"),
    (0, "cloned", "verdict_refused", "Máy chưa đọc đúng được thẻ này"),
    (0, "removed", "trouble", "Thẻ bị nhấc ra hơi sớm"),
    (-1, "none", "verdict_needs_staff", "Máy chưa biết thẻ này"),
)


async def test_misbehaviour_ends_in_kind_words_and_no_name(tmp_path: Path) -> None:
    async with core_peer() as peer, running_kiosk(tmp_path, peer) as (_, url), opened(url) as page:
        for index, trick, screen, words in MISBEHAVIOUR:
            await tap(page, index, trick)
            await until(page, screen)
            said = await text_of(page)
            assert words in said, trick
            assert "Bình An" not in said
            await page.click('[data-button="cancel"]')
            await until(page, "idle")


async def test_without_a_network_the_pupil_is_told_and_the_report_comes_later(tmp_path: Path) -> None:
    async with core_peer() as peer, running_kiosk(tmp_path, peer) as (_, url), opened(url) as page:
        await page.click("#wire")
        await tap(page, 0)
        await until(page, "verdict_recorded")
        assert "Đã ghi, sẽ gửi sau" in await text_of(page)
        await expect(page.locator("#queue")).to_contain_text("1")
        assert peer.reports == []
        await page.click("#wire")
        await eventually(lambda: bool(peer.reports))
        assert peer.reports[0]["provisional"] is True


async def test_buttons_help_and_back_and_language_work(tmp_path: Path) -> None:
    async with core_peer() as peer, running_kiosk(tmp_path, peer) as (_, url), opened(url) as page:
        await page.click('[data-button="no_card"]')
        await until(page, "help")
        assert "Quên thẻ cũng không sao" in await text_of(page)
        await page.click("#language")
        assert "Forgot the card?" in await text_of(page)
        await page.click('[data-button="cancel"]')
        await until(page, "idle")
        assert "Chào em!" in await text_of(page)


async def test_when_the_kiosk_dies_the_page_drops_the_name_by_itself_and_veils_itself(tmp_path: Path) -> None:
    async with core_peer() as peer, AsyncExitStack() as stack:
        kiosk, url = await stack.enter_async_context(running_kiosk(tmp_path, peer))
        async with opened(url) as page:
            place = Verdict(9, 0, VerdictKind.ACCEPTED, "ok", Punctuality.ON_TIME, "Bình An", 1.5)
            kiosk.board.show(view_of(Session(place=place, visit=7), 0.0))
            await until(page, "verdict_accepted")
            assert "Bình An" in await text_of(page)
            await stack.aclose()
            await page.wait_for_timeout(1700)
            assert "Bình An" not in await text_of(page)
            await page.wait_for_selector("#veil:not([hidden])", timeout=12000)
            assert "Máy đang khởi động lại" in await page.inner_text("#veil")


async def test_in_an_exam_the_words_are_the_exams(tmp_path: Path, photograph: Photograph) -> None:
    async with core_peer() as peer, running_kiosk(tmp_path, peer) as (kiosk, url), opened(url) as page:
        assert kiosk.runner is not None
        kiosk.runner.post(JobSet(Job(CheckInMode.EXAM)))
        await expect(page.locator("#mode")).to_have_text("Vào phòng thi")
        await photograph(page, "idle_exam_with_panel")
        kiosk.runner.post(CodeSeen(AN))
        await until(page, "need_card")
        kiosk.runner.post(LockSet("staff"))
        await until(page, "locked")


async def test_a_guardian_types_the_code_of_the_chat_and_nobody_after_sees_it(tmp_path: Path) -> None:
    async with core_peer() as peer, running_kiosk(tmp_path, peer) as (kiosk, url), opened(url) as page:
        assert kiosk.runner is not None
        kiosk.runner.post(JobSet(Job(CheckInMode.GUARDIAN)))
        await expect(page.locator("#title")).to_have_text("Kính chào phụ huynh")
        await tap(page, 0)
        await until(page, "need_chat_code")
        for key in ("2", "0", "4", "erase", "4", "6", "1", "7"):
            await page.click(f'[data-key="{key}"]')
        await until(page, "verdict_accepted")
        assert "Đã xác minh xong" in await text_of(page)
        assert [one["code"] for one in peer.guardians] == ["204617"]
        assert "204617" not in (await text_of(page)).replace(" ", "")
        await until(page, "idle")
        await tap(page, 0)
        await until(page, "need_chat_code")
        assert "2" not in await page.inner_text("#keypad output")


async def test_who_forgot_the_card_is_offered_the_face_only_where_it_is_allowed(tmp_path: Path) -> None:
    async with core_peer() as peer, running_kiosk(tmp_path, peer) as (kiosk, url), opened(url) as page:
        await page.wait_for_selector('[data-button="no_card"]')
        kiosk._apply(kiosk.staff.model_copy(update={"face_alone": True}))
        await page.click('[data-button="face"]')
        await expect(page.locator("body")).to_have_attribute(
            "data-screen", re.compile("^verdict"), timeout=15000
        )
        assert "Máy chưa chắc em là bạn nào" in await text_of(page)
        assert peer.reports == []
