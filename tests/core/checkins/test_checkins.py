"""A check-in over real HTTP: decided once, told once, whatever happens around it."""

from __future__ import annotations

import asyncio
import io
import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from core.checkins.domain import AlreadyResolvedError, Reason
from core.consents.domain import NewConsent, Purpose
from core.contracts.citizen_id import CitizenId
from core.conversations.desk.domain import NewStaffChat
from core.devices.domain import Device
from core.exams.domain import Candidate, SessionPlan
from core.guardians.domain import CodeStrength, NewGuardian, Relation
from core.guardians.restrictions.domain import NewRestriction, Person, RestrictionKind
from core.notifications.domain import Recipient, by_phone
from core.values.ids import DeviceId, SchoolId, new_id
from core.values.phone import Phone
from tests.core.checkins.conftest import CITIZEN, STRANGER, Gate
from tests.core.devices.support import Answer, TestKiosk
from tests.core.web.support import capturing_logs

PATH = "/api/v1/check-ins"


async def test_an_arrival_is_accepted_recorded_and_told_to_the_guardian(gate: Gate) -> None:
    receipt = await gate.send()
    assert (receipt["decision"], receipt["reason"], receipt["punctuality"]) == ("accepted", "ok", "on_time")
    assert receipt["display_name"] == "An"
    assert not receipt["duplicate"]
    (message,) = await gate.messages()
    assert (message.key, message.recipient.channel) == ("checkin.arrived", "webchat")
    assert message.params == {"given_name": "An", "time": "06:50", "date": "21/11/2026", "gate": "Cổng chính"}
    assert [one.present for one in (await gate.day()).classes] == [1]
    assert (await gate.audited())[-1] == "checkins.recorded"


async def test_a_guardian_with_three_chats_gets_one_message_with_the_others_to_fall_back_on(
    gate: Gate,
) -> None:
    core = gate.core
    async with core.database.transaction(gate.school_id) as tx:
        (mother,) = await core.guardians.guardians_of(tx, gate.student_id)
        father = NewGuardian(gate.student_id, Relation.FATHER, "Lê Văn Mạnh", Phone("+84912345678"))
        placed = (await core.guardians.record_all(tx, [father])).placed[-1]
        linked = [
            (mother.guardian.id, "zalo", "me"),
            (mother.guardian.id, "telegram", "me"),
            (placed.guardian_id, "zalo", "bo"),
        ]
        for guardian_id, channel, chat in linked:
            account = await core.conversations.meet(tx, channel, chat)
            code = await core.guardians.issue_link_code(tx, guardian_id, CodeStrength.SENT)
            await core.guardians.link(tx, account.id, code.value)
    await gate.send()
    told = {one.recipient: one for one in await gate.messages()}
    assert set(told) == {Recipient("zalo", "me"), Recipient("zalo", "bo")}
    ways = await gate.ways()
    assert ways[Recipient("zalo", "me")] == (Recipient("telegram", "me"), Recipient("webchat", "chat-1"))
    assert ways[Recipient("zalo", "bo")] == by_phone("+84912345678")


async def test_who_linked_a_chat_and_did_not_agree_is_told_of_no_arrival(gate: Gate) -> None:
    core, purpose = gate.core, Purpose.ATTENDANCE_MESSAGES
    async with core.database.transaction(gate.school_id) as tx:
        await core.consents.record(tx, NewConsent(gate.student_id, purpose, False, "staff:x"))
        (mother,) = await core.guardians.guardians_of(tx, gate.student_id)
    await gate.send()
    assert await gate.messages() == []
    gate.clock.advance(timedelta(days=1))
    async with core.database.transaction(gate.school_id) as tx:
        agreed = NewConsent(gate.student_id, purpose, True, "chat:x", mother.guardian.id)
        await core.consents.record(tx, agreed)
        (kept,) = [one for one in await core.consents.history(tx, gate.student_id) if one.guardian_id]
        assert (kept.purpose, kept.version, kept.given) == (purpose, 1, True)
    await gate.send()
    assert [one.key for one in await gate.messages()] == ["checkin.arrived"]


async def test_staff_at_the_gate_learn_at_once_that_whoever_shows_a_card_must_not_pick_up_a_child(
    gate: Gate,
) -> None:
    core, father = gate.core, CitizenId("001085000123")
    async with core.database.transaction(gate.school_id) as tx:
        _, code = await core.handovers.chats.invite(tx, NewStaffChat("Tổ bảo vệ", role="gate"), "x")
        await core.handovers.chats.join(tx, "telegram", "cong", code)
        entry = NewGuardian(gate.student_id, Relation.FATHER, "Lê Văn Cấm", None, father)
        await core.guardians.record_all(tx, [entry])
        by_number = Person("Đỗ Thị Lạ", CitizenId(STRANGER))
        for kind, person in (
            (RestrictionKind.PICK_UP, by_number),
            (RestrictionKind.PICK_UP, Person("LE VAN CAM")),
            (RestrictionKind.SEE, Person("Ai Đó", CitizenId("001085000999"))),
        ):
            new = NewRestriction(gate.student_id, kind, person, "quyết định số 01 (mẫu)")
            await core.guardians.restrictions.add(tx, new, "staff:x")
    told = {}
    for number in (STRANGER, father.value, "001085000999"):
        await gate.send(citizen_id=number, mode="visitor", face="not_done")
        told[number] = [one for one in await gate.messages() if one.recipient.address == "cong"][-1].params
    assert told[STRANGER]["not_for"] == told[father.value]["not_for"] == ["An, lớp 6A"]
    assert told["001085000999"]["not_for"] == []
    await gate.send()  # the pupil's own card says nothing of others
    assert all(number not in str(params) for params in told.values() for number in told)


async def test_two_guardians_who_share_one_chat_read_it_once(gate: Gate) -> None:
    async with gate.core.database.transaction(gate.school_id) as tx:
        father = NewGuardian(gate.student_id, Relation.FATHER, "Lê Văn Mạnh")
        placed = (await gate.core.guardians.record_all(tx, [father])).placed[-1]
        account = await gate.core.conversations.meet(tx, "webchat", "chat-1")
        code = await gate.core.guardians.issue_link_code(tx, placed.guardian_id, CodeStrength.SENT)
        await gate.core.guardians.link(tx, account.id, code.value)
    await gate.send()
    assert len(await gate.messages()) == 1


async def test_who_comes_on_a_day_off_is_not_late(gate: Gate) -> None:
    """Families read "đến trường muộn" when a child came to the club on a Sunday."""
    gate.clock.instant = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
    assert (await gate.send())["punctuality"] == "on_time"
    assert [one.key for one in await gate.messages()] == ["checkin.arrived"]


async def test_a_late_arrival_is_told_as_late(gate: Gate) -> None:
    gate.clock.advance(timedelta(minutes=40))
    assert (await gate.send())["punctuality"] == "late"
    assert [one.key for one in await gate.messages()] == ["checkin.late"]
    assert [one.late for one in (await gate.day()).classes] == [1]


async def test_a_replayed_report_gets_the_stored_receipt(gate: Gate) -> None:
    report = gate.report()
    first = await gate.kiosk.post(PATH, report)
    gate.clock.advance(timedelta(minutes=2))
    again = await gate.kiosk.post(PATH, report)
    assert again.status == 200
    assert again.body == first.body | {"duplicate": True}
    assert len(await gate.messages()) == 1


async def test_a_report_sent_again_as_provisional_is_the_same_report(gate: Gate) -> None:
    report = gate.report()
    first = await gate.kiosk.post(PATH, report)
    again = await gate.kiosk.post(PATH, report | {"provisional": True})
    assert again.body == first.body | {"duplicate": True}


async def test_the_same_report_id_with_another_body_or_device_is_a_conflict(gate: Gate) -> None:
    report = gate.report()
    await gate.kiosk.post(PATH, report)
    answer = await gate.kiosk.post(PATH, report | {"face": "mismatch"})
    assert (answer.status, answer.body["code"]) == (409, "checkins.report_conflict")
    async with gate.core.database.transaction(gate.school_id) as tx:
        code = (await gate.core.devices.issue_enrolment_code(tx, "Cổng sau")).code.shown
    other = TestKiosk(gate.http, gate.clock)
    await other.enrol(code)
    assert (await other.post(PATH, report)).status == 409
    assert len((await gate.day()).latest) == 1
    assert len(await gate.messages()) == 1


async def test_one_report_posted_twenty_times_at_once_has_one_effect_and_one_receipt(gate: Gate) -> None:
    report = gate.report()
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(gate.kiosk.post(PATH, report)) for _ in range(20)]
    answers: list[Answer] = [task.result() for task in tasks]
    assert {answer.status for answer in answers} == {200}
    assert Counter(answer.body.pop("duplicate") for answer in answers) == {True: 19, False: 1}
    assert len({json.dumps(answer.body, sort_keys=True) for answer in answers}) == 1
    assert len(await gate.messages()) == 1
    assert len((await gate.day()).latest) == 1
    assert (await gate.audited()).count("checkins.recorded") == 1


async def test_two_reports_of_one_pupil_at_once_are_told_once(gate: Gate) -> None:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(gate.send()) for _ in range(5)]
    reasons = Counter(task.result()["reason"] for task in tasks)
    assert reasons == {"ok": 1, "already_checked_in": 4}
    assert len(await gate.messages()) == 1


async def test_two_kiosks_and_one_pupil_in_one_minute_are_one_arrival(gate: Gate) -> None:
    async with gate.core.database.transaction(gate.school_id) as tx:
        code = (await gate.core.devices.issue_enrolment_code(tx, "Cổng sau")).code.shown
    other = TestKiosk(gate.http, gate.clock)
    await other.enrol(code)
    # The other gate has no network: its pupil's first tap arrives after the second.
    first = gate.report(provisional=True)
    gate.clock.advance(timedelta(seconds=40))
    second = gate.report()
    assert (await gate.kiosk.post(PATH, second)).body["reason"] == "ok"
    gate.clock.advance(timedelta(seconds=20))
    late = await other.post(PATH, first)
    assert (late.status, late.body["reason"]) == (200, "already_checked_in")
    assert (await other.post(PATH, first)).body["duplicate"] is True
    assert [one.key for one in await gate.messages()] == ["checkin.arrived"]
    day = await gate.day()
    assert ([one.present for one in day.classes], len(day.latest)) == ([1], 2)


async def test_a_stranger_waits_for_staff_and_only_the_last_digits_are_shown(gate: Gate) -> None:
    receipt = await gate.send(citizen_id=STRANGER)
    assert (receipt["decision"], receipt["reason"]) == ("needs_staff", "unknown_person")
    assert receipt["display_name"] is None
    (alert,) = await gate.messages()
    assert (alert.key, alert.recipient.channel) == ("checkin.needs_staff", "console")
    assert alert.params["reason"] == "unknown_person"
    (waiting,) = (await gate.day()).needs_staff
    assert waiting.citizen_hint == "•••••••••999"


async def test_staff_approve_and_the_kiosk_and_the_guardian_learn_it(gate: Gate) -> None:
    receipt = await gate.send(face="mismatch")
    assert receipt["decision"] == "needs_staff"
    (waiting,) = (await gate.day()).needs_staff
    async with gate.core.database.transaction(gate.school_id) as tx:
        await gate.core.check_ins.resolve(tx, waiting.id, approve=True, actor="staff:1")
    assert [one.key for one in await gate.messages()] == ["checkin.needs_staff", "checkin.arrived"]
    with pytest.raises(AlreadyResolvedError):
        async with gate.core.database.transaction(gate.school_id) as tx:
            await gate.core.check_ins.resolve(tx, waiting.id, approve=False, actor="staff:1")
    answer = await gate.kiosk.get(f"{PATH}/{receipt['report_id']}")
    assert (answer.body["decision"], answer.body["reason"]) == ("accepted", "staff_approved")


async def test_a_try_that_is_approved_after_the_pupil_came_in_is_not_told_again(gate: Gate) -> None:
    await gate.send(face="mismatch")
    await gate.send()
    (waiting,) = (await gate.day()).needs_staff
    async with gate.core.database.transaction(gate.school_id) as tx:
        await gate.core.check_ins.resolve(tx, waiting.id, approve=True, actor="staff:x")
    told = [one.key for one in await gate.messages() if one.recipient.channel == "webchat"]
    assert told == ["checkin.arrived"]


async def test_a_kiosk_learns_nothing_of_reports_that_are_not_its_own(gate: Gate) -> None:
    for report_id in (str(new_id()), "nonsense"):
        answer = await gate.kiosk.get(f"{PATH}/{report_id}")
        assert (answer.status, answer.body["code"]) == (404, "checkins.not_found")


async def test_late_facts_are_recorded_but_send_no_stale_message(gate: Gate) -> None:
    observed = (gate.clock.now() - timedelta(hours=3)).isoformat()
    receipt = await gate.send(observed_at=observed, provisional=True)
    assert receipt["decision"] == "accepted"
    await gate.send(observed_at=observed, provisional=True, citizen_id=STRANGER)
    assert [one.key for one in await gate.messages()] == ["checkin.told_late"]
    assert len((await gate.day()).needs_staff) == 1


@pytest.mark.parametrize("waits", [0, 1])
async def test_who_copied_a_kiosks_key_cannot_date_back_what_the_kiosk_had_sent(
    gate: Gate, waits: int
) -> None:
    gate.clock.advance(timedelta(hours=3))
    beat = await gate.kiosk.post("/api/v1/devices/heartbeat", {"software": "1", "spooled": waits})
    assert beat.status == 200
    gate.clock.advance(timedelta(hours=24))
    observed = (gate.clock.now() - timedelta(hours=25)).isoformat()
    for _ in range(2):
        receipt = await gate.send(observed_at=observed, provisional=True)
    honest = {"decision": "accepted", "reason": "already_checked_in"}
    marked = {"decision": "needs_staff", "reason": "dated_back"}
    assert {name: receipt[name] for name in honest} == (honest if waits else marked)
    assert [one.key for one in await gate.messages()] == ([] if waits else ["gate.dated_back"])
    day = await gate.day()
    assert [one.reason for one in day.needs_staff] == ([] if waits else [Reason.DATED_BACK] * 2)
    assert not day.arrivals


@given(
    drained=st.none() | st.integers(0, 90 * 24 * 60),
    seen=st.integers(0, 90 * 24 * 60),
)
def test_what_a_kiosk_saw_after_it_had_sent_all_is_believed_for_a_month(
    drained: int | None, seen: int
) -> None:
    """Both in minutes before now."""
    now = datetime(2026, 11, 21, tzinfo=UTC)
    said = None if drained is None else now - timedelta(minutes=drained)
    kiosk = Device(DeviceId(new_id()), SchoolId(new_id()), "Cổng", b"", now, now, drained_at=said)
    believed = kiosk.may_have_kept(now - timedelta(minutes=seen), now)
    assert believed == (seen <= 31 * 24 * 60 and (drained is None or seen <= drained + 5))


async def test_a_kiosk_whose_clock_runs_ahead_does_not_see_the_future(gate: Gate) -> None:
    await gate.send(observed_at=(gate.clock.now() + timedelta(days=2)).isoformat())
    (one,) = (await gate.day()).latest
    assert one.observed_at == gate.clock.now()


async def test_a_candidate_is_admitted_to_the_exam_and_another_is_not(gate: Gate) -> None:
    start = gate.clock.now() + timedelta(minutes=20)
    plan = SessionPlan("Toán", "P.101", start, start + timedelta(hours=1))
    async with gate.core.database.transaction(gate.school_id) as tx:
        session = await gate.core.exams.add(tx, plan)
        empty = await gate.core.exams.add(tx, plan)
        await gate.core.exams.add_candidates(tx, session.id, [Candidate(gate.student_id, "000123")])
        # The exam before it has not ended, and its door has closed.
        before = SessionPlan("Văn", "P.101", start - timedelta(hours=1), start - timedelta(minutes=10))
        earlier = await gate.core.exams.add(tx, before)
        await gate.core.exams.add_candidates(tx, earlier.id, [Candidate(gate.student_id, "000123")])
    named = await gate.send(mode="exam", exam_session_id=str(session.id))
    assert (named["decision"], named["punctuality"]) == ("accepted", "on_time")
    again = await gate.send(mode="exam")
    assert (again["decision"], again["reason"]) == ("accepted", "already_checked_in")
    unsure = await gate.send(mode="exam", exam_session_id=str(session.id), face="unsure")
    async with gate.core.database.transaction(gate.school_id) as tx:
        (waits,) = await gate.core.gate.waiting(tx)
        await gate.core.check_ins.resolve(tx, waits.id, approve=True, actor="staff:x")
    told = [one.key for one in await gate.messages() if one.recipient.channel == "webchat"]
    assert (unsure["decision"], told) == ("needs_staff", ["checkin.exam_arrived"]), "a family is told once"
    other = await gate.send(mode="exam", exam_session_id=str(empty.id))
    assert (other["decision"], other["reason"]) == ("refused", "not_a_candidate")
    unknown = await gate.send(mode="exam", exam_session_id=str(new_id()))
    assert (unknown["decision"], unknown["reason"]) == ("needs_staff", "no_exam_session")


async def test_bad_input_is_a_problem_and_nothing_is_written(gate: Gate) -> None:
    good = gate.report()
    cases = [
        (await gate.kiosk.post(PATH, b"{"), 400, "web.malformed_json"),
        (await gate.kiosk.post(PATH, good | {"face": "smile"}), 422, "web.invalid_body"),
        (await gate.kiosk.post(PATH, good | {"citizen_id": "12"}), 422, "web.invalid_body"),
        (await gate.kiosk.post(PATH, good | {"extra": 1}), 422, "web.invalid_body"),
        (await gate.kiosk.post(PATH, good, key=Ed25519PrivateKey.generate()), 401, "devices.bad_signature"),
        (await gate.kiosk.post(PATH, good, device_id=str(new_id())), 401, "devices.unknown"),
        (await gate.kiosk.post(PATH, b"{", key=Ed25519PrivateKey.generate()), 401, "devices.bad_signature"),
    ]
    for answer, status, code in cases:
        assert (answer.status, answer.body["code"]) == (status, code)
        assert answer.headers["Content-Type"].startswith("application/problem+json")
    async with gate.http.post(PATH, json=good) as response:
        assert json.loads(await response.text())["code"] == "devices.unsigned"
    big = io.BytesIO(b" " * 10_000_000)
    async with gate.http.post(PATH, data=big, headers={"Content-Type": "application/json"}) as response:
        assert response.status == 413
        assert json.loads(await response.text())["code"] == "web.body_too_large"
    assert (await gate.day()).latest == ()
    assert await gate.messages() == []


async def test_a_failure_in_the_middle_leaves_nothing_and_the_repetition_succeeds(gate: Gate) -> None:
    report = gate.report()
    async with gate.core.database.platform() as tx:
        raw = await tx.raw()
        await raw.execute("ALTER TABLE audit_entries RENAME TO hidden")
    with capturing_logs() as log:
        answer = await gate.kiosk.post(PATH, report)
    assert (answer.status, answer.body["code"]) == (500, "web.internal")
    assert "audit_entries" not in json.dumps(answer.body)
    assert "audit_entries" in log.text
    assert await gate.messages() == []
    async with gate.core.database.platform() as tx:
        raw = await tx.raw()
        await raw.execute("ALTER TABLE hidden RENAME TO audit_entries")
    again = await gate.kiosk.post(PATH, report)
    assert (again.status, again.body["duplicate"]) == (200, False)
    assert len(await gate.messages()) == 1


async def test_no_number_name_or_signature_stands_in_the_log(gate: Gate) -> None:
    with capturing_logs() as log:
        await gate.send()
        await gate.send(citizen_id=STRANGER)
        await gate.kiosk.post(PATH, gate.report(citizen_id=CITIZEN + "1"))
        await gate.kiosk.post(f"{PATH}?citizen_id={CITIZEN}", gate.report())
    assert log.events
    for secret in (CITIZEN, STRANGER, "Minh", 'An"', "Thu Hà", "chat-1", "X-Device-Signature"):
        assert secret not in log.text


async def test_the_document_lists_what_kiosks_need(gate: Gate) -> None:
    async with gate.http.get("/api/v1/openapi.json") as response:
        document = await response.json()
    assert set(document["paths"]) >= {
        "/api/v1/devices/enrol",
        "/api/v1/devices/heartbeat",
        "/api/v1/devices/commands",
        "/api/v1/devices/commands/{command_id}/result",
        "/api/v1/faces",
        "/api/v1/roster",
        "/api/v1/check-ins",
        "/api/v1/check-ins/{report_id}",
    }
    assert "401" in document["paths"]["/api/v1/check-ins"]["post"]["responses"]
