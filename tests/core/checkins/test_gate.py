"""Staff drive a kiosk: an order reaches it at once, is done at most once, and its giver hears what became of it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.checkins.domain import AlreadyResolvedError
from core.checkins.gate import GateSweep
from core.contracts.commands import Lock, Order, StaffAnswer, TellState
from core.devices.commands.domain import MOST_OPEN, TooManyCommandsError
from core.notifications.domain import Notification, Recipient
from core.values.ids import CheckInId, DeviceId
from tests.core.checkins.conftest import Gate

HEAD = Recipient("webchat", "head-teacher")


async def order(gate: Gate, order: Order, reply_to: Recipient | None = HEAD) -> UUID:
    async with gate.core.database.transaction(gate.school_id) as tx:
        device_id = DeviceId(UUID(gate.kiosk.device_id))
        issued = await gate.core.gate.order(tx, device_id, order, actor="staff:test", reply_to=reply_to)
    return issued.id


async def asked(gate: Gate, wait: float = 0) -> list[dict[str, Any]]:
    answer = await gate.kiosk.get(f"/api/v1/devices/commands?wait={wait}")
    assert answer.status == 200, answer.body
    found: list[dict[str, Any]] = answer.body["commands"]
    return found


async def told(gate: Gate, command_id: str, outcome: str, **more: object) -> Any:
    return await gate.kiosk.post(
        f"/api/v1/devices/commands/{command_id}/result", {"outcome": outcome, **more}
    )


async def heard(gate: Gate) -> list[Notification]:
    return [one for one in await gate.messages() if one.key.startswith("gate.")]


async def waiting_id(gate: Gate) -> CheckInId:
    return (await gate.day()).needs_staff[0].id


async def answer(gate: Gate, check_in_id: CheckInId, said: StaffAnswer) -> bool:
    async with gate.core.database.transaction(gate.school_id) as tx:
        done = await gate.core.gate.answer(tx, check_in_id, said, actor="staff:test", reply_to=HEAD)
    return done.too_late


async def test_a_kiosk_that_waits_gets_its_order_before_the_wait_ends(gate: Gate) -> None:
    async with asyncio.timeout(15), asyncio.TaskGroup() as group:
        question = group.create_task(asked(gate, wait=20))
        await asyncio.sleep(0.2)
        command_id = await order(gate, Lock())
        found = await question
    assert [(one["id"], one["order"]) for one in found] == [(str(command_id), {"kind": "lock"})]


async def test_an_order_comes_again_until_its_result_is_there(gate: Gate) -> None:
    command_id = str(await order(gate, Lock()))
    assert [one["id"] for one in await asked(gate)] == [command_id]
    assert [one["id"] for one in await asked(gate)] == [command_id]
    assert (await told(gate, command_id, "done")).body == {"recorded": True}
    assert await asked(gate) == []


async def test_only_the_first_result_counts_and_its_giver_hears_once(gate: Gate) -> None:
    command_id = str(await order(gate, Lock()))
    await told(gate, command_id, "refused", detail="no_such_session")
    assert (await told(gate, command_id, "done")).body == {"recorded": False}
    said = await heard(gate)
    assert [(one.key, one.params["detail"]) for one in said] == [("gate.refused", "no_such_session")]
    assert said[0].recipient == HEAD


async def test_a_kiosk_knows_only_its_own_orders(gate: Gate) -> None:
    command_id = str(await order(gate, Lock()))
    own, gate.kiosk.key = gate.kiosk.key, Ed25519PrivateKey.generate()
    assert (await gate.kiosk.get("/api/v1/devices/commands?wait=0")).status == 401
    gate.kiosk.key = own
    assert (await told(gate, str(uuid4()), "done")).status == 404
    assert (await told(gate, "nonsense", "done")).status == 404
    assert [one["id"] for one in await asked(gate)] == [command_id]


@pytest.mark.parametrize("wait", ["nan", "abc", "-3", "1e9"])
async def test_a_strange_wait_is_no_error_and_does_not_hold_the_line(gate: Gate, wait: str) -> None:
    await order(gate, Lock())
    answer = await gate.kiosk.get(f"/api/v1/devices/commands?wait={wait}")
    assert (answer.status, len(answer.body["commands"])) == (200, 1)


async def test_an_order_that_nobody_fetched_ends_and_its_giver_hears_that(gate: Gate) -> None:
    command_id = str(await order(gate, Lock()))
    gate.clock.advance(timedelta(minutes=11))
    assert await asked(gate) == []
    assert await GateSweep(gate.core.database, gate.core.gate).once() == 1
    assert await GateSweep(gate.core.database, gate.core.gate).once() == 0
    assert [one.key for one in await heard(gate)] == ["gate.expired"]
    assert (await told(gate, command_id, "done")).body == {"recorded": False}


async def test_a_state_comes_back_to_whoever_asked(gate: Gate) -> None:
    command_id = str(await order(gate, TellState()))
    state = {"screen": "idle", "mode": "attendance", "queued": 3, "software": "congtruong-kiosk 0.1.0"}
    await told(gate, command_id, "done", state=state)
    (said,) = await heard(gate)
    assert (said.key, said.params["state"]["queued"], said.params["gate"]) == ("gate.state", 3, "Cổng chính")


async def test_a_state_has_no_room_for_a_picture(gate: Gate) -> None:
    command_id = str(await order(gate, TellState()))
    state = {"screen": "idle", "mode": "attendance", "picture": "iVBORw0KGgo="}
    assert (await told(gate, command_id, "done", state=state)).status == 422


async def test_an_approval_goes_to_the_kiosk_of_the_visit_and_to_the_guardian(gate: Gate) -> None:
    report = await gate.send(face="mismatch")
    assert report["decision"] == "needs_staff"
    assert not await answer(gate, await waiting_id(gate), StaffAnswer.APPROVED)
    (found,) = await asked(gate)
    assert found["order"] == {"kind": "answer", "report_id": report["report_id"], "answer": "approved"}
    assert "checkin.arrived" in [one.key for one in await gate.messages()]


async def test_somebody_coming_decides_nothing_yet(gate: Gate) -> None:
    await gate.send(face="mismatch")
    check_in_id = await waiting_id(gate)
    await answer(gate, check_in_id, StaffAnswer.COMING)
    assert len((await gate.day()).needs_staff) == 1
    await answer(gate, check_in_id, StaffAnswer.REFUSED)
    with pytest.raises(AlreadyResolvedError):
        await answer(gate, check_in_id, StaffAnswer.APPROVED)
    assert [one["order"]["answer"] for one in await asked(gate)] == ["coming", "refused"]


async def test_an_answer_after_the_pupil_left_is_recorded_and_said_to_be_late(gate: Gate) -> None:
    await gate.send(face="mismatch")
    gate.clock.advance(timedelta(minutes=3))
    assert await answer(gate, await waiting_id(gate), StaffAnswer.APPROVED)
    assert await asked(gate) == []
    assert (await gate.day()).needs_staff == ()


async def test_a_kiosk_that_had_moved_on_says_so_to_the_decider(gate: Gate) -> None:
    await gate.send(face="mismatch")
    await answer(gate, await waiting_id(gate), StaffAnswer.APPROVED)
    (found,) = await asked(gate)
    await told(gate, found["id"], "too_late", detail="visit_over")
    (said,) = await heard(gate)
    assert (said.key, said.params["answer"]) == ("gate.too_late", "approved")


async def test_too_many_open_orders_are_refused(gate: Gate) -> None:
    for _ in range(MOST_OPEN):
        await order(gate, TellState())
    with pytest.raises(TooManyCommandsError):
        await order(gate, TellState())


async def test_what_arrives_late_is_told_as_late_word_and_raises_no_alarm(gate: Gate) -> None:
    observed = gate.clock.now()
    gate.clock.advance(timedelta(minutes=40))
    await gate.send(observed_at=observed.isoformat(), provisional=True)
    stranger = {"citizen_id": "001315099999", "observed_at": observed.isoformat(), "provisional": True}
    await gate.send(**stranger)
    assert [one.key for one in await gate.messages()] == ["checkin.told_late"]


async def test_what_arrives_on_another_day_is_recorded_in_silence(gate: Gate) -> None:
    observed = gate.clock.now()
    gate.clock.advance(timedelta(hours=20))
    receipt = await gate.send(observed_at=observed.isoformat(), provisional=True)
    assert receipt["decision"] == "accepted"
    assert await gate.messages() == []


async def test_the_latest_state_of_each_kiosk_is_known(gate: Gate) -> None:
    for queued in (3, 1):
        gate.clock.advance(timedelta(seconds=5))
        command_id = str(await order(gate, TellState()))
        await told(gate, command_id, "done", state={"screen": "idle", "mode": "exam", "queued": queued})
    await told(gate, str(await order(gate, Lock())), "done")
    async with gate.core.database.transaction(gate.school_id) as tx:
        states = await gate.core.commands.states(tx)
        recent = await gate.core.commands.list_recent(tx)
    (state,) = [one.state for one in states.values()]
    assert state is not None
    assert state.queued == 1
    assert [one.order.kind for one in recent] == ["lock", "state", "state"]
