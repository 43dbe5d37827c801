"""The rooms for the school's own answers, for questions asked in vain, and for API keys, over real HTTP."""

from __future__ import annotations

import re
from datetime import timedelta

from core.answers.asked.domain import (
    AskedId,
    Cluster,
    NewAsked,
    Rating,
)
from core.answers.passages.domain import (
    Kind,
    PassageId,
    PassageStatus,
    SchoolPassage,
)
from core.answers.previews.domain import PreviewAnswer
from core.staff.domain import NewStaff, Role
from core.staff.passwords import hash_password
from core.values.clock import FixedClock
from core.values.ids import new_id
from tests.core.console.conftest import PASSWORD, Browser

BUS = {
    "title": "Xe đưa đón học sinh",
    "questions": "Mấy giờ có xe đưa đón ạ?\nXe đón con ở đâu?",
    "answer": "Xe chạy lúc 6 giờ 15 từ cổng Ủy ban phường.",
    "starts": "2026-09-05",
    "ends": "",
    "then": "save",
}


async def office(browser: Browser) -> str:
    """Signed in as the office, who writes but does not approve; gives the token of forms."""
    async with browser.gate.core.database.transaction(browser.gate.school_id) as tx:
        new = NewStaff("office", "Cô Thu", Role.ACCOUNTANT, PASSWORD)
        await browser.gate.core.staff.add(tx, new, hash_password(PASSWORD))
    await browser.sign_in("office")
    return await token(browser)


async def token(browser: Browser) -> str:
    found = (await browser.open("/console/account")).css_first("input[name=csrf]").attributes["value"]
    assert found
    return found


async def head(browser: Browser) -> str:
    await browser.sign_in()
    return await token(browser)


async def listed(browser: Browser) -> tuple[SchoolPassage, ...]:
    core = browser.gate.core
    async with core.database.transaction(browser.gate.school_id) as tx:
        return await core.answers.passages.list_passages(tx)


async def test_an_answer_is_written_published_and_withdrawn(browser: Browser) -> None:
    csrf = await head(browser)
    await browser.send("/console/passages", BUS | {"csrf": csrf})
    assert (browser.status, "Bản nháp" in browser.text) == (200, True)
    (draft,) = await listed(browser)
    assert (draft.status, draft.author, len(draft.content.questions)) == (PassageStatus.DRAFT, "Cô Lan", 2)
    await browser.send(f"/console/passages/{draft.id}/publish", {"csrf": csrf})
    assert "Đang dùng" in browser.text
    assert "từ 05/09/2026" in browser.text
    await browser.send(
        f"/console/passages/{draft.id}", BUS | {"csrf": csrf, "answer": "Xe chạy lúc 6 giờ 30."}
    )
    (told,) = await listed(browser)
    assert (told.status, told.content.answer, told.revision) == (
        PassageStatus.PUBLISHED,
        "Xe chạy lúc 6 giờ 30.",
        3,
    )
    await browser.send(f"/console/passages/{draft.id}/withdraw", {"csrf": csrf})
    assert await listed(browser) == ()
    await browser.open("/console/passages?withdrawn")
    assert "Đã rút" in browser.text


async def test_what_is_refused_says_why_and_loses_no_word(browser: Browser) -> None:
    csrf = await head(browser)
    page = await browser.send("/console/passages", BUS | {"csrf": csrf, "ends": "hôm sau"})
    assert browser.status == 422
    assert "Ngày kết thúc viết như" in browser.text
    assert page.css_first("#title").attributes["value"] == BUS["title"]
    assert page.css_first("#questions").text() == BUS["questions"]
    assert page.css_first("#answer").text() == BUS["answer"]
    assert await listed(browser) == ()
    typed = {"r0c0": "Tiền ăn", "r0c1": "ba chục", "then": "save", "csrf": csrf}
    page = await browser.send("/console/passages/forms/fees", typed)
    assert browser.status == 422
    assert page.css_first("[name=r0c1]").attributes["value"] == "ba chục"


async def test_who_writes_does_not_decide_what_parents_are_told(browser: Browser) -> None:
    csrf = await office(browser)
    await browser.send("/console/passages", BUS | {"csrf": csrf, "then": "publish"})
    assert browser.status == 403
    assert await listed(browser) == ()
    await browser.send("/console/passages", BUS | {"csrf": csrf})
    (draft,) = await listed(browser)
    await browser.send(f"/console/passages/{draft.id}/publish", {"csrf": csrf})
    assert browser.status == 403
    async with browser.gate.core.database.transaction(browser.gate.school_id) as tx:
        await browser.gate.core.answers.passages.publish(tx, draft.id, "staff:head")
    page = await browser.open(f"/console/passages/{draft.id}")
    assert "disabled" in page.css_first("fieldset").attributes
    await browser.send(f"/console/passages/{draft.id}", BUS | {"csrf": csrf})
    assert browser.status == 403


async def test_a_form_keeps_its_rows_and_can_grow(browser: Browser) -> None:
    csrf = await head(browser)
    rows = {"r0c0": "Tiền ăn bán trú", "r0c1": "32.000", "r0c2": "bữa", "r1c0": "Nước uống", "r1c1": "15000"}
    more = await browser.send("/console/passages/forms/fees", rows | {"csrf": csrf, "then": "more"})
    assert len(more.css(".cells tbody tr")) == 5
    assert await listed(browser) == ()
    await browser.send("/console/passages/forms/fees", rows | {"csrf": csrf, "then": "publish"})
    (fees,) = await listed(browser)
    assert fees.content.kind is Kind.FEES
    assert fees.content.rows[0].cells == ("Tiền ăn bán trú", "32000", "bữa", "", "")
    assert "2 dòng" in browser.text
    for wrong in (
        "/console/passages/forms/free",
        "/console/passages/forms/other",
        f"/console/passages/{new_id()}",
    ):
        await browser.open(wrong)
        assert browser.status == 404
    await browser.open(f"/console/passages/{fees.id}")
    assert browser.headers["url"].endswith("/forms/fees")


async def test_what_somebody_typed_is_shown_as_text(browser: Browser) -> None:
    csrf = await head(browser)
    evil = '<script>alert(1)</script>{{ 7 * 7 }}" onfocus="x'
    await browser.send(
        "/console/passages", BUS | {"csrf": csrf, "title": evil, "answer": evil, "questions": evil}
    )
    (draft,) = await listed(browser)
    page = await browser.open(f"/console/passages/{draft.id}")
    assert "<script>alert" not in browser.html
    assert page.css_first("#title").attributes["value"] == evil
    assert "49" not in page.css_first("#answer").text()


async def test_a_question_is_tried_with_a_draft_and_the_page_waits_for_the_bot(browser: Browser) -> None:
    csrf = await head(browser)
    page = await browser.send("/console/passages", BUS | {"csrf": csrf, "then": "try"})
    assert "/console/answers/try/" in browser.headers["url"]
    assert page.css_first("meta[http-equiv=refresh]") is not None
    core = browser.gate.core
    async with core.database.transaction(browser.gate.school_id) as tx:
        (waiting,) = await core.answers.previews.list_waiting(tx)
        assert waiting.question == "Mấy giờ có xe đưa đón ạ?"
        assert waiting.passage_id == (await listed(browser))[0].id
        told = PreviewAnswer("answer", "Xe chạy lúc 6 giờ 15.", ("Nhà trường, ngày 21/11/2026",), 0.91)
        await core.answers.previews.answer(tx, waiting.id, told)
    page = await browser.open(browser.headers["url"].partition(browser.gate.url)[2] or browser.headers["url"])
    assert page.css_first("meta[http-equiv=refresh]") is None
    assert "Xe chạy lúc 6 giờ 15." in browser.text
    assert "91 %" in browser.text
    assert "Đưa vào sử dụng" in browser.text
    await browser.send("/console/answers/try", {"csrf": csrf, "question": " "})
    assert browser.status == 422


async def test_questions_in_vain_are_grouped_dismissed_or_become_an_answer(browser: Browser) -> None:
    csrf = await office(browser)
    core, ids = browser.gate.core, [AskedId(new_id()) for _ in range(3)]
    async with core.database.transaction(browser.gate.school_id) as tx:
        for id_, text in zip(ids, ("xe đưa đón mấy giờ", "mấy giờ có xe", "sân bóng"), strict=True):
            await core.answers.asked.keep(tx, NewAsked(id_, text, "abstain", 0.1))
        await core.answers.asked.rate(tx, ids[1], Rating.WRONG)
        await core.answers.asked.replace_clusters(
            tx, [Cluster(ids[0], tuple(ids[:2])), Cluster(ids[2], (ids[2],))]
        )
    await browser.open("/console/questions")
    assert re.search(r"2 xe đưa đón mấy giờ mấy giờ có xe 1 lượt “chưa đúng”", browser.text)
    page = await browser.open(f"/console/passages/new?cluster={ids[0]}")
    assert page.css_first("#questions").text() == "xe đưa đón mấy giờ\nmấy giờ có xe"
    await browser.send("/console/passages", BUS | {"csrf": csrf, "cluster": str(ids[0])})
    await browser.send(f"/console/questions/{ids[2]}/dismiss", {"csrf": csrf})
    await browser.open("/console/questions")
    assert "Chưa có câu hỏi nào chờ thầy cô." in browser.text
    await browser.open(f"/console/passages/new?cluster={ids[0]}")
    assert browser.status == 404
    clock = core.clock
    assert isinstance(clock, FixedClock)
    clock.advance(timedelta(seconds=1))
    await browser.send("/console/questions/group", {"csrf": csrf})
    assert "Trợ lý đang gom" in browser.text
    async with core.database.transaction(browser.gate.school_id) as tx:
        actions = [one.action for one in await core.audit.list_recent(tx)]
    assert actions.count("answers.cluster_settled") == 2
    assert "answers.passage_written" in actions


async def test_who_goes_back_after_saving_a_new_passage_changes_it_and_writes_no_second(
    browser: Browser,
) -> None:
    csrf = await head(browser)
    page = await browser.open("/console/passages")
    address = page.css_first("a[href^='/console/passages/new?']").attributes["href"] or ""
    page = await browser.open(address)
    own = page.css_first("input[name=id]").attributes["value"] or ""
    assert own in address
    for title in (BUS["title"], "Xe đưa đón, sửa lại"):  # the second from another tab, or after a hasty press
        await browser.send("/console/passages", BUS | {"csrf": csrf, "id": own, "title": title})
    page = await browser.open(address)  # the button "Back"
    assert page.css_first("#title").attributes["value"] == "Xe đưa đón, sửa lại"
    core = browser.gate.core
    async with core.database.transaction(browser.gate.school_id) as tx:
        (kept,) = await core.answers.passages.list_passages(tx)
    assert (str(kept.id), kept.revision) == (own, 2)


async def test_a_new_passage_never_takes_the_place_of_a_form(browser: Browser) -> None:
    csrf = await head(browser)
    await browser.send("/console/passages/forms/hours", {"csrf": csrf, "r0c0": "Thứ 2", "r0c1": "7:00"})
    core = browser.gate.core
    async with core.database.transaction(browser.gate.school_id) as tx:
        (hours,) = await core.answers.passages.list_passages(tx)
    await browser.send("/console/passages", BUS | {"csrf": csrf, "id": str(hours.id)})
    assert browser.status == 404


async def test_a_key_is_shown_once_with_its_use_and_can_be_taken_back(browser: Browser) -> None:
    csrf = await head(browser)
    fields = {"csrf": csrf, "name": "Trang web", "per_minute": "2", "per_day": "10"}
    page = await browser.send("/console/api-keys", fields)
    secret = page.css_first(".secret").text()
    core, school_id = browser.gate.core, browser.gate.school_id
    for _ in range(3):
        async with core.database.transaction(school_id) as tx:
            await core.answers.api_keys.admit(tx, secret)
    page = await browser.open("/console/api-keys")
    assert secret not in browser.html
    assert "2 1 bị từ chối" in browser.text
    async with core.database.transaction(school_id) as tx:
        (key,) = await core.answers.api_keys.list_keys(tx)
    await browser.send(f"/console/api-keys/{key.id}/revoke", {"csrf": csrf})
    assert "Đã thu hồi" in browser.text
    await browser.send("/console/api-keys", fields | {"per_minute": "nhiều"})
    assert (browser.status, "Số lượt mỗi phút" in browser.text) == (422, True)


async def test_the_last_days_are_counted(browser: Browser) -> None:
    await head(browser)
    core = browser.gate.core
    async with core.database.transaction(browser.gate.school_id) as tx:
        await core.answers.asked.keep(tx, NewAsked(AskedId(new_id()), "học bạ", "answer", 0.9))
        counts = await core.answers.asked.counts(tx, core.clock.now() - timedelta(days=30))
        assert await core.answers.passages.find(tx, PassageId(new_id())) is None
    assert (counts.answered, counts.unanswered) == (1, 0)
    await browser.open("/console/questions")
    assert "Đã trả lời 1" in browser.text
