"""The rooms of exams: a secretary's list from the file to the door, and everything that can be wrong with it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import aiohttp
import pytest

from core.contracts.citizen_id import CitizenId
from core.staff.domain import NewStaff, Role
from core.staff.passwords import hash_password
from core.students.domain import NewStudent
from core.values.clock import SCHOOL_TIME
from core.values.ids import new_id
from tests.core.checkins.conftest import CITIZEN, STRANGER
from tests.core.console.conftest import PASSWORD, Browser
from tests.core.exams.lists import sheet, windows_1258

HOME = "/console/exams"
AN = ("1", "HP001", "Nguyễn Minh An", "6A", "Phòng 1")
BINH = ("2", "HP002", "Trần Đức Bình", "6A", "Phòng 1")
CHI = ("3", "HP003", "Lê Thị Khánh Chi", "6A", "Phòng 2")
BINHS_CARD, CHIS_CARD = "001215012301", "001315012302"


@pytest.fixture
async def secretary(browser: Browser) -> Browser:
    """Two more pupils, and somebody signed in."""
    core = browser.gate.core
    async with core.database.transaction(browser.gate.school_id) as tx:
        for name, number in ((BINH[2], BINHS_CARD), (CHI[2], CHIS_CARD)):
            await core.students.record(
                tx, NewStudent("6A", name, date(2015, 5, 4), "male", CitizenId(number))
            )
    await browser.sign_in()
    return browser


async def upload(browser: Browser, text: str | bytes, **changes: str) -> Any:
    """Choose a file for an exam that begins in a quarter of an hour."""
    begins = browser.gate.clock.now().astimezone(SCHOOL_TIME) + timedelta(minutes=15)
    page = await browser.open(f"{HOME}/new")
    fields = {
        "csrf": page.css_first("main input[name=csrf]").attributes["value"],
        "title": "Cuối học kỳ I: Toán 6",
        "on": f"{begins:%d/%m/%Y}",
        "starts": begins.strftime("%H:%M"),
        "ends": (begins + timedelta(hours=1)).strftime("%H:%M"),
    } | changes
    form = aiohttp.FormData(fields)
    data = text.encode() if isinstance(text, str) else text
    form.add_field("list", data, filename="thi.csv", content_type="text/csv")
    return await browser.send(f"{HOME}/new", form)


async def confirm(browser: Browser, page: Any, then: str = "import") -> Any:
    fields = {
        one.attributes["name"]: one.attributes.get("value") or ""
        for one in page.css("main input[type=hidden]")
    }
    return await browser.send(f"{HOME}/new", fields | {"then": then})


async def rooms(browser: Browser) -> dict[str, str]:
    """Name and address of the rooms in the list."""
    page = await browser.open(HOME)
    return {one.text(): one.attributes["href"] or "" for one in page.css("tbody th a")}


async def test_a_list_is_seen_first_and_then_stands_in_its_rooms(secretary: Browser) -> None:
    page = await upload(secretary, sheet(AN, BINH, CHI))
    assert "Ghi 3 thí sinh vào 2 phòng" in secretary.html
    assert "HP002 · Trần Đức Bình, 6A" in secretary.text
    assert await rooms(secretary) == {}
    await confirm(secretary, page)
    assert "3 thí sinh · 2 phòng" in secretary.text
    assert "exams.list_imported" in await secretary.gate.audited()
    again = await upload(secretary, sheet(AN, BINH, CHI))
    assert "không có gì phải ghi" in secretary.text
    assert again.css_first("button[value=import]") is None
    for data in (windows_1258(sheet(AN, CHI)), b"\xef\xbb\xbf" + sheet(AN, CHI, delimiter=",").encode()):
        await upload(secretary, data)
        assert "1 em đã có trong các ca thi này" in secretary.text
    lost = sheet(AN, CHI).replace("Lê Thị", "Lê Th?").encode()
    await upload(secretary, lost)
    assert (secretary.status, "Tên bị mất chữ" in secretary.text) == (422, True)


async def test_one_bad_line_and_nothing_is_written(secretary: Browser) -> None:
    stranger = ("4", "HP004", "Phạm Không Có", "6A", "Phòng 1")
    twice = ("5", "HP001", "Lê Thị Khánh Chi", "6A", "Phòng 2")
    await upload(secretary, sheet(AN, stranger, twice, ("6", "", "Trần Đức Bình", "6A", "Phòng 1")))
    assert secretary.status == 422
    assert "4 Họ và tên Không có học sinh này" in secretary.text
    assert "5 Số báo danh Số báo danh này đã có" in secretary.text
    assert "6 Số báo danh Ô bắt buộc đang trống" in secretary.text
    assert "Phạm Không Có" not in secretary.html
    await _wrong_files(secretary)
    assert await rooms(secretary) == {}


async def _wrong_files(secretary: Browser) -> None:
    """Each is said kindly, and the form stays filled."""
    for data, words in (
        (b"", "Thầy cô chọn tệp"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Excel đời cũ"),
        (
            sheet(AN, header=("STT", "A", "Họ và tên", "Lớp", "B")).encode(),
            "Còn thiếu: Phòng thi, Số báo danh",
        ),
        (sheet().encode(), "chưa có thí sinh nào"),
        (b"x" * 600_000, "Tệp quá lớn"),
    ):
        page = await upload(secretary, data)
        assert (secretary.status, words in secretary.text) == (422, True), (words, secretary.text)
        assert page.css_first("#title").attributes["value"] == "Cuối học kỳ I: Toán 6"
    for changes, words in (
        ({"starts": "sớm"}, "Giờ thi"),
        ({"on": "mai"}, "Ngày thi"),
        ({"on": "0001-01-01"}, "Ngày thi"),
        ({"title": "x" * 121}, "Tên"),
    ):
        await upload(secretary, sheet(AN), **changes)
        assert (secretary.status, words in secretary.text) == (422, True), (words, secretary.text)
    await upload(secretary, sheet(AN), ends="00:01")
    assert "Giờ kết thúc phải sau" in secretary.text


async def test_numbers_change_places_and_who_is_not_named_stays_or_goes(secretary: Browser) -> None:
    await confirm(secretary, await upload(secretary, sheet(AN, BINH, CHI)))
    swapped = sheet((*BINH[:1], AN[1], *BINH[2:]), (*AN[:1], BINH[1], *AN[2:4], "Phòng 2"))
    page = await upload(secretary, swapped)
    assert "1 em đã có trong các ca thi này mà tệp không nhắc tới" in secretary.text
    await confirm(secretary, page)
    assert "Phòng 1 1" in secretary.text
    page = await upload(secretary, swapped, drop="yes")
    assert "Bỏ 1 em khỏi danh sách: Lê Thị Khánh Chi" in secretary.text
    await confirm(secretary, page)
    await secretary.open((await rooms(secretary))["Phòng 2"])
    assert "HP002 Nguyễn Minh An" in secretary.text
    assert "Lê Thị Khánh Chi" not in secretary.text
    early = await upload(secretary, sheet(CHI))
    await confirm(secretary, await upload(secretary, sheet((*CHI[:4], "Phòng 1"))))
    await confirm(secretary, early)
    assert (secretary.status, "vừa đổi" in secretary.text) == (409, True)
    assert "Lê Thị Khánh Chi" not in await _text_of(secretary, "Phòng 2")


async def _text_of(browser: Browser, room: str) -> str:
    await browser.open((await rooms(browser))[room])
    return browser.text


async def test_the_room_shows_who_is_in_who_waits_and_who_does_not_belong(secretary: Browser) -> None:
    gate = secretary.gate
    await confirm(secretary, await upload(secretary, sheet(AN, BINH, CHI)))
    found = await rooms(secretary)
    first = found["Phòng 1"].rpartition("/")[2]
    admitted = await gate.send(mode="exam", exam_session_id=first)
    assert admitted["decision"] == "accepted", admitted
    await gate.send(mode="exam", exam_session_id=first, citizen_id=BINHS_CARD, face="mismatch")
    refused = await gate.send(mode="exam", exam_session_id=first, citizen_id=CHIS_CARD)
    assert refused["decision"] == "refused"
    await gate.send(mode="exam", exam_session_id=first, citizen_id=STRANGER)
    await secretary.open(found["Phòng 1"])
    text = secretary.text
    assert "Thí sinh 2 Đã vào 1 Chưa đến 0 Chờ thầy cô 1" in text
    assert "Nguyễn Minh An 6A Đã vào" in text
    assert "Trần Đức Bình 6A Chờ thầy cô" in text
    assert "Lê Thị Khánh Chi, lớp 6A Không cho qua" in text
    assert STRANGER not in secretary.html
    assert CITIZEN not in secretary.html
    await secretary.open(HOME)
    assert "Phòng 1 2 1 0 1 0" in secretary.text
    page = await secretary.open(found["Phòng 1"] + "/door")
    assert [one.text() for one in page.css("tbody tr")] == ["HP001Nguyễn Minh An", "HP002Trần Đức Bình"]
    await _kiosk_for(secretary, found["Phòng 1"])


async def _kiosk_for(secretary: Browser, address: str) -> None:
    """Give the only kiosk to a room; it hears of it, and a kiosk that is none is said to be none."""
    page = await secretary.open(address)
    device = page.css_first("#device option").attributes["value"] or ""
    fields = {"csrf": await secretary.csrf(), "device_id": device}
    await secretary.send(f"{address}/kiosk", fields)
    assert "Đang chờ máy" in secretary.text
    batch = await secretary.gate.kiosk.get("/api/v1/devices/commands?wait=0")
    (command,) = batch.body["commands"]
    assert command["order"] == {"kind": "open", "mode": "exam", "exam_session_id": address.rpartition("/")[2]}
    for wrong in ("x", str(new_id())):
        await secretary.send(f"{address}/kiosk", fields | {"device_id": wrong})
        assert (secretary.status, "Không có thiết bị này" in secretary.text) == (422, True)


async def test_a_room_goes_only_while_its_door_is_closed(secretary: Browser) -> None:
    await confirm(secretary, await upload(secretary, sheet(AN)))
    address = (await rooms(secretary))["Phòng 1"]
    await secretary.open(address)
    assert "Xoá phòng thi" not in secretary.text
    fields = {"csrf": await secretary.csrf()}
    await secretary.send(f"{address}/remove", fields)
    assert (secretary.status, "đã mở cửa" in secretary.text) == (409, True)
    tomorrow = (secretary.gate.clock.now().astimezone(SCHOOL_TIME) + timedelta(days=1)).date().isoformat()
    await confirm(secretary, await upload(secretary, sheet(AN), on=tomorrow, title="Văn 6"))
    later = (await secretary.open(HOME)).css("tbody th a")[-1].attributes["href"] or ""
    await secretary.send(f"{later}/remove", fields)
    assert "Văn 6" not in secretary.text
    assert (await secretary.gate.audited())[-1] == "exams.session_removed"
    core = secretary.gate.core
    async with core.database.transaction(secretary.gate.school_id) as tx:
        await core.staff.add(tx, NewStaff("cong", "Bác Tư", Role.GATE, PASSWORD), hash_password(PASSWORD))
    await secretary.sign_in("cong")
    await secretary.open((await rooms(secretary))["Phòng 1"])
    assert (secretary.status, "Máy ở cửa phòng" in secretary.text) == (200, False)


async def _corrected(secretary: Browser, address: str, **changes: str) -> None:
    """Open the room, change something in its form and send it."""
    page = await secretary.open(address)
    typed = {one.attributes["name"]: one.attributes.get("value") or "" for one in page.css("#correct input")}
    await secretary.send(f"{address}/correct", typed | changes)


async def test_a_sitting_that_was_planned_wrong_is_corrected_with_its_rooms_and_candidates(
    secretary: Browser,
) -> None:
    await confirm(secretary, await upload(secretary, sheet(AN, BINH, CHI)))
    address = (await rooms(secretary))["Phòng 1"]
    begins = (secretary.gate.clock.now() + timedelta(hours=3)).astimezone(SCHOOL_TIME)
    ends = begins + timedelta(hours=1)
    await _corrected(
        secretary, address, starts=f"{begins:%H:%M}", ends=f"{ends:%H:%M}", room=" Hội trường  A "
    )
    assert secretary.status == 200
    assert f"{begins:%H:%M} – {ends:%H:%M}" in secretary.text
    assert set(await rooms(secretary)) == {"Hội trường A", "Phòng 2"}
    assert "3 thí sinh · 2 phòng" in secretary.text, "the sitting stays one"
    assert (await secretary.gate.audited()).count("exams.session_corrected") == 1
    await _corrected(secretary, address)
    assert (await secretary.gate.audited()).count("exams.session_corrected") == 1, "nothing was changed"
    early = await secretary.gate.send(mode="exam", exam_session_id=address.rpartition("/")[2])
    assert (early["decision"], early["reason"]) == ("needs_staff", "exam_too_early")


@pytest.mark.parametrize(
    ("typed", "status", "words"),
    [
        ({"starts": "7 rưỡi"}, 422, "Ngày giờ chưa đúng"),
        ({"on": "31/02/2026"}, 422, "Ngày giờ chưa đúng"),
        ({"ends": "06:00"}, 422, "Giờ kết thúc này đã qua"),
        ({"on": "20/11/2026"}, 422, "Giờ kết thúc này đã qua"),
        ({"starts": "08:00", "ends": "08:10"}, 422, "ít nhất 15 phút"),
        ({"room": "   "}, 422, "Tên phòng cần có chữ"),
        ({"room": "Phòng 2"}, 409, "đã có một phòng tên như vậy"),
        ({"starts": "10:15", "ends": "11:00"}, 409, "1 em có ca thi khác trùng"),
    ],
)
async def test_a_correction_that_makes_no_sense_changes_nothing_and_keeps_what_was_typed(
    secretary: Browser, typed: dict[str, str], status: int, words: str
) -> None:
    await confirm(secretary, await upload(secretary, sheet(AN, CHI)))
    await confirm(secretary, await upload(secretary, sheet(CHI), title="Văn 6", starts="10:00", ends="11:30"))
    page = await secretary.open(HOME)
    address = page.css_first("tbody th a").attributes["href"] or ""
    await _corrected(secretary, address, **typed)
    assert (secretary.status, words in secretary.text) == (status, True), secretary.text
    assert all(f'value="{one.strip()}"' in secretary.html for one in typed.values())
    assert "exams.session_corrected" not in await secretary.gate.audited()


async def test_a_sitting_with_pupils_inside_is_changed_only_by_who_says_so(secretary: Browser) -> None:
    await confirm(secretary, await upload(secretary, sheet(AN, CHI)))
    found = await rooms(secretary)
    await secretary.gate.send(mode="exam", exam_session_id=found["Phòng 1"].rpartition("/")[2])
    await _corrected(secretary, found["Phòng 2"], room="Phòng 3")
    assert (secretary.status, "1 em đã vào phòng" in secretary.text) == (409, True)
    assert "Phòng 2" in await rooms(secretary)
    await _corrected(secretary, found["Phòng 2"], room="Phòng 3", sure="yes")
    assert set(await rooms(secretary)) == {"Phòng 1", "Phòng 3"}
