"""The page in a real Chromium: every state as a pupil sees it, and what must never be seen."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from core.contracts.checkin import CheckInMode, Punctuality
from kiosk.screen.view import WAYS, View, view_of
from kiosk.session.events import CodeSeen, JobSet, LockSet, ReaderNoticed
from kiosk.session.places import (
    Help,
    Idle,
    Locked,
    Looking,
    NeedCard,
    NeedChatCode,
    NeedCode,
    Place,
    Reading,
    Sending,
    Session,
    Trouble,
    Verdict,
)
from kiosk.session.values import FACE_NOT_DONE, Job, VerdictKind
from tests.kiosk.session.visits import AN, subject
from tests.kiosk.support.machine import running_kiosk
from tests.kiosk.support.peer import core_peer
from tests.kiosk.support.waiting import eventually

playwright = pytest.importorskip("playwright.async_api")
expect = playwright.expect
CHROMIUM = Path("/usr/bin/chromium")
ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required",
]  # fmt: skip
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium (.ci/run installs it)"),
    pytest.mark.filterwarnings("default::ResourceWarning"),
]
SHOTS = Path(__file__).parents[3] / "build" / "screenshots" / "kiosk"


@asynccontextmanager
async def opened(
    url: str, width: int = 1280, height: int = 800, panel: bool = True, still: bool = False
) -> AsyncIterator:
    async with playwright.async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=str(CHROMIUM), args=ARGS)
        try:
            motion = "reduce" if still else "no-preference"
            page = await browser.new_page(viewport={"width": width, "height": height}, reduced_motion=motion)
            errors: list[str] = []
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.on("console", lambda said: errors.append(said.text) if _is_ours(said) else None)
            if not panel:
                await page.route(
                    "**/demo/people", lambda route: route.fulfill(json={"people": [], "tricks": []})
                )
            await page.goto(url)
            await page.wait_for_selector("body[data-screen]")
            if not panel:
                await page.evaluate(
                    "new Promise(r=>setTimeout(()=>{document.getElementById('demo').hidden=true;"
                    "document.body.classList.remove('with-demo');r()},300))"
                )
            yield page
            assert errors == []
        finally:
            await browser.close()


def _is_ours(said) -> bool:
    """A console error that is the page's fault, not that of a kiosk which the test stopped."""
    return said.type == "error" and "net::ERR_" not in said.text


async def until(page, screen: str) -> None:
    await page.wait_for_selector(f'body[data-screen="{screen}"]', timeout=8000)


DRAWN = "[view.visit, view.screen, view.mode, view.title, view.text, view.hint, view.way, view.name]"


async def show(kiosk, page, session: Session) -> View:
    """Show a state; returns when the page has drawn it."""
    view = view_of(session, 0.0)
    kiosk.board.show(view)
    wanted = [view.visit, view.screen, view.mode, view.title, view.text, view.hint, view.way, view.name]
    while await page.evaluate(DRAWN) != wanted:  # noqa: ASYNC110 - the page tells nobody
        await asyncio.sleep(0.01)
    return view


async def text_of(page) -> str:
    return await page.inner_text("#stage")


async def tap(page, index: int, trick: str = "none") -> None:
    await page.select_option("#trick", trick)
    await page.click(f'[data-tap="{index}"]')


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


@pytest.mark.parametrize(
    ("index", "trick", "screen", "words"),
    [
        (0, "stranger", "verdict_needs_staff", "Máy chưa nhận ra em"),
        (0, "photo", "verdict_needs_staff", "Máy chưa nhận ra em"),
        (0, "cloned", "verdict_refused", "Máy chưa đọc đúng được thẻ này"),
        (0, "removed", "trouble", "Thẻ bị nhấc ra hơi sớm"),
        (-1, "none", "verdict_needs_staff", "Máy chưa biết thẻ này"),
    ],
)
async def test_misbehaviour_ends_in_kind_words_and_no_name(
    tmp_path: Path, index: int, trick: str, screen: str, words: str
) -> None:
    async with core_peer() as peer, running_kiosk(tmp_path, peer) as (_, url), opened(url) as page:
        await tap(page, index, trick)
        await until(page, screen)
        said = await text_of(page)
        assert words in said
        assert "Bình An" not in said


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


LATE = Verdict(9, 0, VerdictKind.ACCEPTED, "ok", Punctuality.LATE)
STATES: dict[str, Place] = {
    "idle": Idle(),
    "need_code": NeedCode(9, 1),
    "need_card": NeedCard(9, AN),
    "reading": Reading(9, 1, AN, "portrait"),
    "looking": Looking(9, subject(), 1, "look"),
    "reading_and_seen": Reading(9, 1, AN, "portrait", "look"),
    "reading_turn_right": Reading(9, 1, AN, "portrait", "turn_right"),
    **{f"looking_{way}": Looking(9, subject(), 1, way) for way in sorted(WAYS)},
    "looking_seen": Looking(9, subject(), 1, "seen"),
    "looking_again": Looking(9, subject(), 2, "again"),
    "looking_mask": Looking(9, subject(), 1, "take_off_mask"),
    "looking_two_people": Looking(9, subject(), 1, "one_person"),
    "looking_small_child": Looking(9, subject(), 1, "stand_taller"),
    "need_chat_code": NeedChatCode(9, subject(), FACE_NOT_DONE),
    "sending": Sending(9),
    "verdict_accepted": Verdict(9, 0, VerdictKind.ACCEPTED, "ok", Punctuality.ON_TIME, "Bình An", 1.8),
    "verdict_accepted_long_name": Verdict(
        9, 0, VerdictKind.ACCEPTED, "ok", Punctuality.ON_TIME, "Nguyễn Phúc Bảo Nghiêng", 1.8
    ),
    "verdict_accepted_late": LATE,
    "verdict_recorded": Verdict(9, 0, VerdictKind.RECORDED, "offline"),
    "verdict_recorded_known": Verdict(
        9, 0, VerdictKind.RECORDED, "offline", Punctuality.NOT_APPLICABLE, "Bình An", 1.8
    ),
    "verdict_offline_not_on_list": Verdict(9, 0, VerdictKind.NEEDS_STAFF, "offline_not_on_list"),
    "verdict_face_unknown": Verdict(9, 0, VerdictKind.NEEDS_STAFF, "face_unknown"),
    "verdict_guardian_bound": Verdict(9, 0, VerdictKind.ACCEPTED, "guardian_bound"),
    "verdict_guardian_wrong_code": Verdict(9, 0, VerdictKind.NEEDS_STAFF, "guardian_wrong_code"),
    "verdict_enrolled": Verdict(9, 0, VerdictKind.ACCEPTED, "enrolment_enrolled"),
    "verdict_enrolment_no_consent": Verdict(9, 0, VerdictKind.NEEDS_STAFF, "enrolment_no_consent"),
    "verdict_visitor": Verdict(9, 0, VerdictKind.NEEDS_STAFF, "visitor"),
    "verdict_needs_staff": Verdict(9, 0, VerdictKind.NEEDS_STAFF, "face_mismatch"),
    "verdict_staff_coming": Verdict(9, 0, VerdictKind.NEEDS_STAFF, "staff_coming"),
    "verdict_refused": Verdict(9, 0, VerdictKind.REFUSED, "card_altered"),
    "trouble": Trouble(9, "card.removed"),
    "trouble_no_retry": Trouble(9, "kiosk.spool", retry=False),
    "trouble_needs_network": Trouble(9, "kiosk.needs_network", retry=False),
    "locked": Locked("staff"),
    "locked_closed": Locked("closed"),
    "locked_not_enrolled": Locked("not_enrolled"),
}

FITS = """() => {
  const bad = [];
  const stage = document.getElementById("stage");
  for (const id of ["sign", "mirror", "title", "text", "hint", "keypad", "bar", "buttons"]) {
    const element = document.getElementById(id);
    if (element.hidden || !element.offsetParent) continue;
    const box = element.getBoundingClientRect(), room = stage.getBoundingClientRect();
    if (box.left < -1 || box.right > innerWidth + 1 || box.bottom > innerHeight + 1 || box.top < -1) bad.push(id);
    if (id !== "buttons" && (box.top < room.top - 1 || box.bottom > room.bottom + 1)) bad.push(id + " leaves the stage");
  }
  return bad;
}"""


OF_GUARDIANS = {"need_chat_code", "verdict_guardian_bound", "verdict_guardian_wrong_code"}
HINT_SHARE = "parseFloat(getComputedStyle(document.getElementById('hint')).fontSize) / Math.min(innerWidth, innerHeight)"


async def set_language(page, language: str) -> None:
    if await page.evaluate("language") != language:
        await page.click("#language")


ARROW = """() => {
  const way = document.getElementById("way").getBoundingClientRect(), box = document.getElementById("mirror").getBoundingClientRect();
  return [(way.left + way.right - box.left - box.right) / box.width, (way.top + way.bottom - box.top - box.bottom) / box.height];
}"""


async def test_each_movement_has_an_arrow_at_the_side_where_the_person_sees_it_in_the_mirror(
    tmp_path: Path,
) -> None:
    sides = {"turn_left": (-1, 0), "turn_right": (1, 0), "look_up": (0, -1), "look_down": (0, 1)}
    async with core_peer() as peer, running_kiosk(tmp_path, peer) as (kiosk, url):  # noqa: SIM117 - in this order
        async with opened(url, panel=False) as page:
            for way, (across, down) in sides.items():
                kiosk.board.show(view_of(Session(place=Looking(9, subject(), 1, way), visit=7), 0.0))
                await page.wait_for_selector(f"body[data-way={way}] #way:not([hidden]) svg")
                x, y = await page.evaluate(ARROW)
                assert ((x > 0.3) - (x < -0.3), (y > 0.3) - (y < -0.3)) == (across, down)
            kiosk.board.show(view_of(Session(place=Looking(9, subject(), 1, "look"), visit=7), 0.0))
            await page.wait_for_selector("#way", state="hidden")


async def test_without_a_reader_nobody_is_invited_to_lay_a_card_down(tmp_path: Path) -> None:
    async with core_peer() as peer, running_kiosk(tmp_path, peer) as (kiosk, url):  # noqa: SIM117 - in this order
        async with opened(url, panel=False) as page:
            await until(page, "idle")
            assert kiosk.runner is not None
            await kiosk.runner.ask(ReaderNoticed(there=False))
            await page.wait_for_selector("body[data-tone=wait]")
            assert "Đầu đọc thẻ đang nghỉ" in await text_of(page)
            assert "đặt thẻ" not in await page.inner_text("#text")
            SHOTS.mkdir(parents=True, exist_ok=True)
            await page.screenshot(path=SHOTS / "idle_reader_away_1280x800_vi.png")


@pytest.mark.parametrize(
    ("width", "height", "language"),
    [(1280, 800, "vi"), (1080, 1920, "vi"), (1024, 600, "vi"), (1280, 800, "en")],
)
async def test_every_state_fits_the_screen_and_is_photographed(
    tmp_path: Path, width: int, height: int, language: str
) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    async with core_peer() as peer, running_kiosk(tmp_path, peer) as (kiosk, url):  # noqa: SIM117 - in this order
        async with opened(url, width, height, panel=False, still=True) as page:
            mirrored = False
            for name, place in STATES.items():
                view = await show(kiosk, page, Session(place=place, visit=7))
                await set_language(page, language)
                if view.camera and not mirrored:
                    await page.wait_for_timeout(450)  # the mirror's first picture
                mirrored = view.camera
                await page.screenshot(path=SHOTS / f"{name}_{width}x{height}_{language}.png")
                assert await page.evaluate(FITS) == [], name
                if view.screen == "looking" and view.hint:
                    assert await page.evaluate(HINT_SHARE) > 0.05, name
                title = await page.inner_text("#title")
                assert title
                assert "undefined" not in title


@pytest.mark.parametrize("mode", [CheckInMode.GUARDIAN, CheckInMode.VISITOR])
async def test_a_grown_up_is_not_spoken_to_as_a_pupil(tmp_path: Path, mode: CheckInMode) -> None:
    child = re.compile(r"(?<!\w)em(?!\w)", re.IGNORECASE)
    async with core_peer() as peer, running_kiosk(tmp_path, peer) as (kiosk, url):  # noqa: SIM117 - in this order
        async with opened(url, panel=False) as page:
            for name, place in {**STATES, "help": Help(9, "no_card")}.items():
                await show(kiosk, page, Session(place=place, visit=7, job=Job(mode), next_job=Job(mode)))
                await expect(page.locator("#mode")).to_have_text(
                    "Khách" if mode is CheckInMode.VISITOR else "Xác minh phụ huynh"
                )
                said = await page.inner_text("#stage") + await page.inner_text("#buttons")
                assert not child.search(said), (name, said)
                if mode is CheckInMode.VISITOR and name not in OF_GUARDIANS:
                    assert "anh/chị" not in said.lower(), (name, said)
                if name in {"looking", "verdict_needs_staff", "help"}:
                    await page.screenshot(path=SHOTS / f"{name}_{mode}_1280x800_vi.png")


async def test_in_an_exam_the_words_are_the_exams(tmp_path: Path) -> None:
    async with core_peer() as peer, running_kiosk(tmp_path, peer) as (kiosk, url), opened(url) as page:
        assert kiosk.runner is not None
        kiosk.runner.post(JobSet(Job(CheckInMode.EXAM)))
        await expect(page.locator("#mode")).to_have_text("Vào phòng thi")
        await page.screenshot(path=SHOTS / "idle_exam_with_panel.png")
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
