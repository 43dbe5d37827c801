"""The rooms for hand-overs, announcements and preferences, over HTTP: who sees what, and what it causes."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import event

from core.broadcasts.domain import Audience, AudienceKind, Draft, Kind
from core.conversations.desk.domain import Answering
from core.conversations.domain import Handover, HandoverUrgency
from core.values.clock import FixedClock
from core.values.ids import new_id
from tests.core.checkins.conftest import Gate
from tests.core.console.conftest import Browser

HOME = "/console/handovers"


async def stranger_asks(
    gate: Gate, text: str = "cho em gặp cô, số em 0912345678", chat: str = "nguoi-la"
) -> Handover:
    """Somebody without a child here writes and asks for a person."""
    async with gate.core.database.transaction(gate.school_id) as tx:
        account = await gate.core.conversations.meet(tx, "zalo", chat)
        return await gate.core.handovers.open(tx, account.id, "asked", HandoverUrgency.NORMAL, ("m1", text))


async def guardian_asks(gate: Gate, urgency: HandoverUrgency = HandoverUrgency.NORMAL) -> Handover:
    """The guardian of the pupil asks for a person."""
    async with gate.core.database.transaction(gate.school_id) as tx:
        account = await gate.core.conversations.find_account(tx, "webchat", "chat-1")
        assert account is not None
        return await gate.core.handovers.open(tx, account.id, "danger", urgency, ("m2", "cứu con em"))


async def test_staff_see_who_waits_answer_with_numbers_masked_and_end_it(
    gate: Gate, browser: Browser
) -> None:
    opened = await stranger_asks(gate)
    await browser.sign_in()
    csrf = await browser.csrf()
    await browser.open(HOME)
    assert "Người chưa liên kết" in browser.text
    assert "Chưa ai nhận" in browser.text
    await browser.open(f"{HOME}/{opened.id}")
    assert "0912345678" not in browser.html
    assert "…678" in browser.text
    for _ in range(2):  # a double click
        form = {"csrf": csrf, "id": "f1", "text": "Dạ cô nghe ạ"}
        await browser.send(f"{HOME}/{opened.id}/answer", form)
        assert browser.status == 200
    assert browser.text.count("Dạ cô nghe ạ") == 1
    told = [one.key for one in await gate.messages() if one.recipient.address == "nguoi-la"]
    assert told == ["handover.taken", "handover.staff_said"]
    await browser.send(f"{HOME}/{opened.id}/end", {"csrf": csrf})
    assert "Không có phụ huynh nào đang chờ" in browser.text
    assert "conversations.handover_seen" in await gate.audited()
    late = {"csrf": csrf, "id": "f2", "text": "Cô vừa hỏi lại phòng y tế, bé ổn rồi ạ"}
    page = await browser.send(f"{HOME}/{opened.id}/answer", late)
    assert (browser.status, page.css_first("textarea").text()) == (404, late["text"]), (
        "what was written is kept"
    )


async def test_a_long_queue_shows_its_first_and_the_whole_on_demand(gate: Gate, browser: Browser) -> None:
    for number in range(51):
        await stranger_asks(gate, chat=f"nguoi-la-{number}")
    await browser.sign_in()
    page = await browser.open(HOME)
    assert (len(page.css("tbody tr")), "Còn 1 cuộc nữa" in browser.text) == (50, True)
    page = await browser.open(f"{HOME}?all=yes")
    assert (len(page.css("tbody tr")), "cuộc nữa" in browser.text) == (51, False)
    assert page.css_first("#today").attributes["data-source"] == f"{HOME}/list?all=yes"


async def test_a_homeroom_teacher_sees_the_guardians_of_the_own_class_only(
    gate: Gate, browser: Browser
) -> None:
    foreign, own = await stranger_asks(gate), await guardian_asks(gate)
    await browser.sign_in("teacher")
    await browser.open(HOME)
    assert str(own.id) in browser.html
    assert str(foreign.id) not in browser.html
    await browser.open(f"{HOME}/{foreign.id}")
    assert browser.status == 403
    await browser.open(f"{HOME}/settings")
    assert browser.status == 403
    await browser.open(f"{HOME}/waiting")
    assert browser.html == '{"waiting": 1, "urgent": 0}'


async def test_a_homeroom_teacher_finds_the_own_ended_ones_behind_those_of_other_classes(
    gate: Gate, browser: Browser
) -> None:
    own = await guardian_asks(gate)
    async with gate.core.database.transaction(gate.school_id) as tx:
        await gate.core.handovers.end(tx, own.id, Answering("Thầy Nam", "staff:nam"))
    assert isinstance(gate.core.clock, FixedClock)
    gate.core.clock.advance(timedelta(minutes=1))
    for number in range(21):
        foreign = await stranger_asks(gate, chat=f"nguoi-la-{number}")
        async with gate.core.database.transaction(gate.school_id) as tx:
            await gate.core.handovers.end(tx, foreign.id, Answering("Thầy Nam", "staff:nam"))
    await browser.sign_in("teacher")
    await browser.open(HOME)
    assert str(own.id) in browser.html
    await browser.sign_in()
    await browser.open(HOME)
    assert str(own.id) not in browser.html, "the office sees the last twenty of all"


async def test_a_colleague_who_has_it_is_not_interrupted(gate: Gate, browser: Browser) -> None:
    opened = await stranger_asks(gate)
    async with gate.core.database.transaction(gate.school_id) as tx:
        await gate.core.handovers.take(tx, opened.id, Answering("Thầy Nam", "staff:nam"))
    await browser.sign_in()
    csrf = await browser.csrf()
    await browser.send(f"{HOME}/{opened.id}/answer", {"csrf": csrf, "id": "f", "text": "chào"})
    assert browser.status == 409
    assert "Đồng nghiệp khác" in browser.text


async def test_a_full_desk_asks_the_database_as_often_as_one_with_a_single_guardian(
    gate: Gate, browser: Browser
) -> None:
    asked: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(gate.core.database.engine.sync_engine, "before_cursor_execute", count)
    await guardian_asks(gate)
    await browser.sign_in()
    needed = {}
    for path in (HOME, f"{HOME}/waiting"):
        asked.clear()
        await browser.open(path)
        needed[path] = len(asked)
    for number in range(5):
        async with gate.core.database.transaction(gate.school_id) as tx:
            account = await gate.core.conversations.meet(tx, "zalo", f"nguoi-la-{number}")
            said = (f"m{number}", "cho em hỏi")
            await gate.core.handovers.open(tx, account.id, "asked", HandoverUrgency.NORMAL, said)
    for path, once in needed.items():
        asked.clear()
        await browser.open(path)
        assert len(asked) == once, path
    await browser.open(HOME)
    assert browser.text.count("Người chưa liên kết") == 5
    assert browser.text.count("Nguyễn Minh An (6A)") == 1


async def test_the_head_sets_hours_and_makes_a_code_that_joins_a_group(gate: Gate, browser: Browser) -> None:
    await browser.sign_in()
    csrf = await browser.csrf()
    hours = {"csrf": csrf, "opens": "06:30", "closes": "18:00", "days": "7", "minutes": "5"}
    await browser.send(f"{HOME}/settings/hours", hours)
    assert browser.status == 200
    for wrong in ({"closes": "05:00"}, {"closes": "5:00 PM"}, {"minutes": "9" * 20}):
        page = await browser.send(f"{HOME}/settings/hours", hours | wrong)
        kept = page.css_first("#opens").attributes["value"], page.css_first("#closes").attributes["value"]
        assert (browser.status, kept) == (422, ("06:30", (hours | wrong)["closes"]))
    new = {"csrf": csrf, "name": "Tổ văn phòng", "kind": "group", "stage": "1"}
    page = await browser.send(f"{HOME}/settings/chats", new | {"role": "homeroom:"})
    assert (browser.status, page.css_first("#name").attributes["value"]) == (422, "Tổ văn phòng")
    page = await browser.send(f"{HOME}/settings/chats", new)
    code = page.css_first("p.code").text().strip()
    async with gate.core.database.transaction(gate.school_id) as tx:
        chat = await gate.core.handovers.chats.join(tx, "telegram", "-100", code)
        assert (await gate.core.handovers.hours(tx)).raise_after.total_seconds() == 300
        assert (await gate.core.handovers.hours(tx)).days == 7
    await browser.open(f"{HOME}/settings")
    assert "Đã nối" in browser.text
    await browser.send(f"{HOME}/settings/chats/{chat.id}/remove", {"csrf": csrf})
    assert "Chưa có nhóm nào" in browser.text


ANNOUNCE = "/console/broadcasts"


async def test_an_announcement_takes_two_steps_and_can_be_stopped(gate: Gate, browser: Browser) -> None:
    await browser.sign_in()
    csrf = await browser.csrf()
    await browser.send(
        ANNOUNCE, {"csrf": csrf, "kind": "notice", "title": "", "text": "x", "audience": "school"}
    )
    assert browser.status == 422
    assert "Tiêu đề" in browser.text
    form = {"csrf": csrf, "kind": "notice", "title": "Nghỉ lễ", "text": "Mai nghỉ.", "audience": "school"}
    async with gate.core.database.transaction(gate.school_id) as tx:
        (some, *_) = await gate.core.students.list_classes(tx)
    await browser.send(
        ANNOUNCE, form | {f"value:{some.id}": "yes"}
    )  # one class ticked, "whole school" chosen
    assert (browser.status, "Theo lớp”: chọn lại" in browser.text) == (422, True)
    await browser.send(ANNOUNCE, form)
    assert "Phụ huynh sẽ nhận 1" in browser.text
    draft = browser.headers["url"]
    assert not [one for one in await gate.messages() if one.key.startswith("broadcast.")]
    again = await browser.open(f"{ANNOUNCE}/new?id={draft.rpartition('/')[2]}")
    assert again.css_first("#title").attributes["value"] == "Nghỉ lễ"
    assert again.css_first("#text").text() == "Mai nghỉ."
    later = {"csrf": csrf, "when": "later", "on": "25/11/2026", "at": "7h30"}
    for wrong in ({"on": "01/01/2020"}, {"at": "5 PM"}, {"at": ""}, {"on": "mai"}, {"when": "now"}):
        typed = later | wrong
        page = await browser.send(f"{draft}/confirm", typed)
        kept = [page.css_first(one).attributes["value"] for one in ("[name=when][checked]", "[name=at]")]
        assert (browser.status, kept) == (422, [typed["when"], typed["at"]])
    await browser.send(f"{draft}/confirm", later)
    assert "Đã hẹn giờ" in browser.text
    await browser.send(f"{draft}/confirm", {"csrf": csrf, "when": "now"})  # a double click
    assert "Đã hẹn giờ" in browser.text
    await browser.send(f"{draft}/stop", {"csrf": csrf})
    assert "Đã dừng" in browser.text
    assert [one for one in await gate.audited() if one.startswith("broadcasts.")] == [
        "broadcasts.confirmed", "broadcasts.stopped",
    ]  # fmt: skip


async def test_every_announcement_is_reached_page_by_page_and_the_own_class_first_by_its_teacher(
    gate: Gate, browser: Browser
) -> None:
    async with gate.core.database.transaction(gate.school_id) as tx:
        (own_class,) = await gate.core.students.list_classes(tx)
        own = Draft(Kind.NOTICE, "Họp lớp", "Tối mai.", Audience(AudienceKind.CLASS, (str(own_class.id),)))
        own_id = (await gate.core.broadcasts.draft(tx, own, "staff:x")).id
        for number in range(100):
            text = Draft(Kind.NOTICE, f"Tin {number}", "Mai nghỉ.", Audience(AudienceKind.SCHOOL))
            await gate.core.broadcasts.draft(tx, text, "staff:x")
    await browser.sign_in("teacher")
    await browser.open(ANNOUNCE)
    assert f"{ANNOUNCE}/{own_id}" in browser.html
    await browser.sign_in()
    seen, link = set(), ANNOUNCE
    while link:
        page = await browser.open(link)
        rows = {one.attributes["href"] or "" for one in page.css("tbody a")}
        assert not rows & seen
        seen |= rows
        older = page.css_first("a[href*=before]")
        link = (older.attributes["href"] or "") if older else ""
    assert len(seen) == 101
    for wrong in ("khong", str(new_id())):
        await browser.open(f"{ANNOUNCE}?before={wrong}")
        assert browser.status == 404


async def test_going_back_after_the_preview_writes_the_same_draft_and_two_tabs_hear_of_each_other(
    gate: Gate, browser: Browser
) -> None:
    await browser.sign_in()
    csrf = await browser.csrf()
    address = (await browser.open(ANNOUNCE)).css_first("a.button").attributes["href"] or ""
    page = await browser.open(address)
    id_ = page.css_first("[name=id]").attributes["value"]
    assert id_
    form = {"csrf": csrf, "id": id_, "kind": "notice", "title": "Nghỉ", "text": "Mai.", "audience": "school"}
    for _double_click in range(2):
        page = await browser.send(ANNOUNCE, form)
    draft, seen = browser.headers["url"], page.css_first("[name=seen]").attributes["value"]
    assert seen
    page = await browser.open(address)  # the button "Back"
    assert page.css_first("#title").attributes["value"] == "Nghỉ"
    await browser.send(ANNOUNCE, form | {"text": "Mai nghỉ học."})
    assert browser.headers["url"] == draft
    assert "Mai nghỉ học." in browser.text
    assert len((await browser.open(ANNOUNCE)).css("tbody tr")) == 1, "one draft, not three"
    page = await browser.send(f"{draft}/confirm", {"csrf": csrf, "when": "now", "seen": seen})
    assert (browser.status, "Nội dung vừa được sửa ở nơi khác" in browser.text) == (422, True)
    seen = page.css_first("[name=seen]").attributes["value"] or ""
    await browser.send(f"{draft}/confirm", {"csrf": csrf, "when": "now", "seen": seen})
    assert "Đã hẹn giờ" in browser.text
    page = await browser.send(ANNOUNCE, form | {"text": "Viết ở một tab khác."})
    assert (browser.status, "vừa được xác nhận ở nơi khác" in browser.text) == (422, True)
    assert page.css_first("#text").text() == "Viết ở một tab khác.", "nothing that was written is lost"
    assert page.css_first("[name=id]").attributes["value"] != id_
    await browser.open(address)
    assert browser.headers["url"] == draft, "the form of a sent announcement leads to it"


async def test_a_teacher_announces_to_the_own_class_and_not_to_the_school(
    gate: Gate, browser: Browser
) -> None:
    await browser.sign_in("teacher")
    csrf = await browser.csrf()
    form = {"csrf": csrf, "kind": "notice", "title": "Họp lớp", "text": "17:00 thứ Sáu.", "audience": "class"}
    await browser.send(ANNOUNCE, form | {"audience": "school"})
    assert browser.status == 403
    await browser.send(ANNOUNCE, form | {"kind": "emergency"})
    assert browser.status == 403
    await browser.send(ANNOUNCE, form)
    assert "Phụ huynh sẽ nhận 1" in browser.text
    own = browser.headers["url"]
    await browser.sign_in()
    await browser.send(ANNOUNCE, form | {"csrf": await browser.csrf(), "audience": "school"})
    of_the_school = browser.headers["url"].rpartition("/")[2]
    await browser.sign_in("teacher")
    csrf = await browser.csrf()
    await browser.open(f"{ANNOUNCE}/new?id={of_the_school}")
    assert browser.status == 403
    await browser.send(ANNOUNCE, form | {"csrf": csrf, "id": of_the_school})
    assert browser.status == 403, "nor is it written over"
    await browser.send(own + "/confirm", {"csrf": csrf, "when": "now"})
    assert "Đã hẹn giờ" in browser.text


async def test_the_school_sets_how_those_are_told_who_have_not_chosen(gate: Gate, browser: Browser) -> None:
    await browser.sign_in()
    csrf = await browser.csrf()
    wanted = {"csrf": csrf, "kind": "news", "mode": "digest", "at": "19:30"}
    await browser.send(f"{ANNOUNCE}/preferences", wanted)
    assert 'value="19:30"' in browser.html
    for at in ("23:00", "7:30 PM"):
        await browser.send(f"{ANNOUNCE}/preferences", wanted | {"at": at})
        assert (browser.status, f'value="{at}"' in browser.html) == (422, True)
