"""The room "Tình trạng máy" over real HTTP: what is wrong, since when, what to do; for the technician and the head."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from core.console import health_texts
from core.health.domain import Finding, State
from core.notifications.domain import NewNotification, Recipient
from core.staff.domain import NewStaff, Role
from core.staff.passwords import hash_password
from tests.core.console.conftest import PASSWORD, Browser


async def test_the_technician_lands_on_what_is_wrong_since_when_and_what_to_do(browser: Browser) -> None:
    gate = browser.gate
    core, clock = gate.core, gate.clock
    async with core.database.transaction(gate.school_id) as tx:
        new = NewStaff("kythuat", "Thầy Bình", Role.TECHNICIAN, PASSWORD)
        await core.staff.add(tx, new, hash_password(PASSWORD))
        await core.health.note(tx, "bot")
        await core.health.note(tx, "channel:telegram", "telegram_token")
        message = NewNotification(Recipient("telegram", "5"), "test.text", {}, dedupe_key="late")
        await core.notifications.enqueue(tx, message)
    clock.instant += timedelta(minutes=30)
    async with core.database.transaction(gate.school_id) as tx:
        await core.health.note(tx, "bot")
        await core.health.note(tx, "channel:telegram", "telegram_token")
    page = await browser.sign_in("kythuat")
    assert page.css_first("h1").text() == "Tình trạng máy", "it is the technician's first room"
    first = page.css_first(".findings li").text(separator=" ")
    assert "Telegram không dùng được: Mã của bot (token) bị từ chối" in first
    assert "Từ 06:50 21/11/2026" in first, "the same failure began half an hour ago"
    assert "Telegram: 1 tin đáng ra đã gửi mà còn chờ" in browser.text
    assert "Máy ở cổng “Cổng chính” mất liên lạc" in browser.text
    assert "Chưa sao lưu lần nào" in browser.text
    assert "Trợ lý đang chạy" in browser.text
    async with core.database.transaction(gate.school_id) as tx:
        await core.health.note(tx, "channel:telegram")
        await core.health.note(tx, "backup")
        await tx.session.execute(text("DELETE FROM notifications"))
    await browser.open("/console/health")
    assert "Telegram: gọi được" in browser.text
    assert "Đã sao lưu trong tuần" in browser.text


def test_every_finding_has_words_whatever_it_names() -> None:
    given = {
        "channel": "zalo",
        "failure": "zalo_216",
        "detail": "",
        "count": 3,
        "name": "Cổng",
        "percent": 96,
        "free_gb": 1.26,
        "host": "truong.example",
        "ends_at": None,
        "seconds": 90,
    }
    for code in (*health_texts._WELL, *health_texts._WRONG):
        found = Finding(code, State.BAD, None, given)
        assert "{" not in health_texts.what(found) + health_texts.advice(found)
        assert bool(health_texts.advice(found)) is (code in health_texts._WRONG)
