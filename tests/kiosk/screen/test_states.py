"""Every state of the page in a real Chromium, as a pupil or a visitor sees it."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

from core.contracts.checkin import CheckInMode, Punctuality
from kiosk.screen.view import WAYS, view_of
from kiosk.session.events import ReaderNoticed
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
from tests.conftest import Photograph
from tests.kiosk.screen.pages import BROWSER, expect, opened, show, text_of, until
from tests.kiosk.session.visits import AN, subject
from tests.kiosk.support.machine import running_kiosk
from tests.kiosk.support.peer import core_peer

pytestmark = BROWSER
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
  const title = parseFloat(getComputedStyle(document.getElementById("title")).fontSize);
  if (title < 0.075 * Math.min(innerWidth, innerHeight)) bad.push("title cannot be read from two metres");
  for (const button of document.querySelectorAll("#buttons button")) {
    const box = button.getBoundingClientRect();
    if (box.height && (box.height < 56 || box.top < 0.6 * innerHeight)) bad.push("button out of a child's reach");
  }
  return bad;
}"""


SCREENS = (
    (1280, 800, "vi"),
    (1280, 800, "en"),
    (1080, 1920, "vi"),
    (1024, 600, "vi"),
    (768, 1024, "vi"),
)
GESTURES = "[...new Set([...document.querySelectorAll('body, body > :not(#demo), body > :not(#demo) *')].map(one => getComputedStyle(one).touchAction))]"
"""What two fingers may do anywhere on the page: nothing, or the next pupil finds it enlarged."""
OF_GUARDIANS = {"need_chat_code", "verdict_guardian_bound", "verdict_guardian_wrong_code"}
MODES = {CheckInMode.GUARDIAN: "Xác minh phụ huynh", CheckInMode.VISITOR: "Khách"}
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


async def test_without_a_reader_nobody_is_invited_to_lay_a_card_down(
    tmp_path: Path, photograph: Photograph
) -> None:
    async with core_peer() as peer, running_kiosk(tmp_path, peer) as (kiosk, url):  # noqa: SIM117 - in this order
        async with opened(url, panel=False) as page:
            await until(page, "idle")
            assert kiosk.runner is not None
            await kiosk.runner.ask(ReaderNoticed(there=False))
            await page.wait_for_selector("body[data-tone=wait]")
            assert "Đầu đọc thẻ đang nghỉ" in await text_of(page)
            assert "đặt thẻ" not in await page.inner_text("#text")
            await photograph(page, "idle_reader_away")


async def test_every_state_fits_every_screen_and_can_be_read_and_reached(
    tmp_path: Path, photograph: Photograph
) -> None:
    async with core_peer() as peer, running_kiosk(tmp_path, peer) as (kiosk, url):  # noqa: SIM117 - in this order
        async with opened(url, panel=False, still=True) as page:
            for width, height, language in SCREENS:
                await page.set_viewport_size({"width": width, "height": height})
                for name, place in STATES.items():
                    shown = f"{name}_{width}x{height}_{language}"
                    view = await show(kiosk, page, Session(place=place, visit=7))
                    await set_language(page, language)
                    assert await page.evaluate(FITS) == [], shown
                    if view.screen == "looking" and view.hint:
                        assert await page.evaluate(HINT_SHARE) > 0.05, shown
                    title = await page.inner_text("#title")
                    assert title
                    assert "undefined" not in title
                    await photograph(page, shown)
            assert await page.evaluate(GESTURES) == ["none"]


def test_whoever_sees_no_colours_tells_the_verdicts_apart_by_their_signs() -> None:
    shown = [view_of(Session(place=Verdict(9, 0, kind, "x")), 0.0) for kind in VerdictKind]
    assert len({one.sign for one in shown}) == len(VerdictKind)


async def test_a_grown_up_is_not_spoken_to_as_a_pupil(tmp_path: Path, photograph: Photograph) -> None:
    child = re.compile(r"(?<!\w)em(?!\w)", re.IGNORECASE)
    async with core_peer() as peer, running_kiosk(tmp_path, peer) as (kiosk, url):  # noqa: SIM117 - in this order
        async with opened(url, panel=False) as page:
            for mode, (name, place) in product(MODES, {**STATES, "help": Help(9, "no_card")}.items()):
                await show(kiosk, page, Session(place=place, visit=7, job=Job(mode), next_job=Job(mode)))
                await expect(page.locator("#mode")).to_have_text(MODES[mode])
                said = await page.inner_text("#stage") + await page.inner_text("#buttons")
                assert not child.search(said), (mode, name, said)
                if mode is CheckInMode.VISITOR and name not in OF_GUARDIANS:
                    assert "anh/chị" not in said.lower(), (name, said)
                if name in {"looking", "verdict_needs_staff", "help"}:
                    await photograph(page, f"{name}_{mode}")
