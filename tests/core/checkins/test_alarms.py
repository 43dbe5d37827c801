"""The people at the gate hear, in their chat, of what is no check-in: a guardian who was not bound, a broken kiosk."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.conversations.desk.domain import NewStaffChat
from core.guardians.tickets.service import Purpose
from core.notifications.domain import Notification, Urgency
from core.values.ids import new_id
from tests.core.checkins.conftest import CITIZEN, Gate

HEARTBEAT = "/api/v1/devices/heartbeat"
ALIVE = {"software": "congtruong-kiosk 1.0", "spooled": 0}


@pytest.fixture
async def staffed(gate: Gate) -> Gate:
    """The gate's staff sit in a chat of their own."""
    async with gate.core.database.transaction(gate.school_id) as tx:
        _, code = await gate.core.handovers.chats.invite(tx, NewStaffChat("Tổ bảo vệ"), "operator")
        await gate.core.handovers.chats.join(tx, "webchat", "desk-1", code)
    return gate


async def rings(gate: Gate, key: str) -> list[Notification]:
    return [one for one in await gate.messages() if one.key == key]


async def visit(gate: Gate, **changes: Any) -> dict[str, Any]:
    async with gate.core.database.transaction(gate.school_id) as tx:
        account = await gate.core.conversations.meet(tx, "webchat", "chat-1")
        code = await gate.core.guardians.tickets.issue(tx, account.id, Purpose.KIOSK)
    return {
        "report_id": str(new_id()),
        "citizen_id": CITIZEN,
        "full_name": "TRẦN THU HÀ",
        "born_on": "1984-05-06",
        "code": code,
        "chip": "integrity_ok_issuer_unknown",
        "face": "match",
        "liveness_passed": True,
        "observed_at": gate.clock.now().isoformat(),
    } | changes


async def test_a_guardian_who_was_not_bound_rings_the_gates_chat_once_and_names_nobody(staffed: Gate) -> None:
    report = await visit(staffed, face="mismatch")
    for _ in range(2):
        answer = await staffed.kiosk.post("/api/v1/guardian-reports", report)
        assert answer.body["outcome"] == "needs_staff"
    (ring,) = await rings(staffed, "gate.binding_needs_staff")
    assert ring.params == {"gate": "Cổng chính"}


async def test_a_wrong_code_rings_nobody(staffed: Gate) -> None:
    report = await visit(staffed)
    wrong = "000000" if report["code"] != "000000" else "111111"
    answer = await staffed.kiosk.post("/api/v1/guardian-reports", report | {"code": wrong})
    assert answer.body["outcome"] == "wrong_code"
    assert await rings(staffed, "gate.binding_needs_staff") == []


async def test_an_unplugged_reader_is_told_once_an_hour_while_it_lasts(staffed: Gate) -> None:
    told = ALIVE | {"troubles": ["reader_unplugged"]}
    for minutes, expected in ((0, 1), (1, 1), (60, 2)):
        staffed.clock.advance(timedelta(minutes=minutes))
        assert (await staffed.kiosk.post(HEARTBEAT, told)).status == 200
        assert len(await rings(staffed, "gate.trouble")) == expected
    assert {one.urgency for one in await rings(staffed, "gate.trouble")} == {Urgency.NORMAL}, (
        "nobody is woken"
    )
    assert (await rings(staffed, "gate.trouble"))[0].params == {
        "gate": "Cổng chính",
        "code": "reader_unplugged",
    }


async def test_a_kiosk_that_is_well_rings_nobody_and_prose_is_refused(staffed: Gate) -> None:
    assert (await staffed.kiosk.post(HEARTBEAT, ALIVE)).status == 200
    prose = ALIVE | {"troubles": ["Nguyễn Minh An was here"]}
    assert (await staffed.kiosk.post(HEARTBEAT, prose)).status == 422
    assert await rings(staffed, "gate.trouble") == []
