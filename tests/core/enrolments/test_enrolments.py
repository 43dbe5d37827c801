"""Enrolled faces: with consent, sealed, revocable, gone at the end of schooling; and the roster that carries them."""

from __future__ import annotations

import base64
import json
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import text

from core.checkins.roster import VALID_FOR, Rosters
from core.contracts.faces import EnrolmentOutcome, FaceEnrolment
from core.contracts.roster import Roster, fingerprint
from core.db.transaction import Tx
from core.devices.domain import Device
from core.enrolments.domain import NotEnrolledError
from core.enrolments.service import Enrolments
from core.values.clock import school_date
from core.values.ids import DeviceId, StudentId, new_id
from tests.core.checkins.conftest import CITIZEN, STRANGER, Gate, core, gate

__all__ = ["core", "gate"]


@dataclass
class Agreed:
    """Families that agreed; consents are another slice's, and outside of this one."""

    ids: set[StudentId] = field(default_factory=set)

    async def allowed(self, tx: Tx, student_ids: Collection[StudentId]) -> frozenset[StudentId]:
        del tx
        return frozenset(self.ids & set(student_ids))


@dataclass
class Room:
    """An enrolment service beside a gate."""

    gate: Gate
    agreed: Agreed
    enrolments: Enrolments
    device: Device

    async def enrol(self, **changes: Any) -> EnrolmentOutcome:
        async with self.gate.core.database.transaction(self.gate.school_id) as tx:
            said = FaceEnrolment.model_validate(enrolment() | changes)
            return (await self.enrolments.enrol(tx, self.device, said)).outcome

    async def kept(self) -> int:
        async with self.gate.core.database.transaction(self.gate.school_id) as tx:
            return len(await self.enrolments.usable(tx))

    async def sweep(self) -> int:
        async with self.gate.core.database.transaction(self.gate.school_id) as tx:
            return await self.enrolments.sweep(tx)


def looks(model: str = "sface-2021dec", seed: int = 1, many: int = 3) -> dict[str, Any]:
    vectors = np.random.default_rng(seed).normal(size=(many, 128))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    coded = [base64.b64encode(one.astype("<f2").tobytes()).decode() for one in vectors]
    return {"model_id": model, "vectors": coded}


def enrolment(**changes: Any) -> dict[str, Any]:
    return {
        "enrolment_id": str(new_id()),
        "citizen_id": CITIZEN,
        "templates": looks(),
        "face": "match",
        "liveness_passed": True,
        "observed_at": "2026-11-21T07:00:00+07:00",
    } | changes


@pytest.fixture
async def room(gate: Gate) -> Room:
    agreed = Agreed({gate.student_id})
    enrolments = replace(gate.core.enrolments, consents=agreed)
    async with gate.core.database.transaction(gate.school_id) as tx:
        (device,) = await gate.core.devices.list_devices(tx)
    return Room(gate, agreed, enrolments, device)


async def test_a_face_is_kept_with_consent_and_only_then(room: Room) -> None:
    room.agreed.ids.clear()
    assert await room.enrol() is EnrolmentOutcome.NO_CONSENT
    assert await room.kept() == 0
    room.agreed.ids.add(room.gate.student_id)
    assert await room.enrol() is EnrolmentOutcome.ENROLLED
    assert await room.kept() == 1


@pytest.mark.parametrize("changes", [{"face": "unsure"}, {"face": "mismatch"}, {"liveness_passed": False}])
async def test_what_is_not_surely_the_pupil_is_not_kept(room: Room, changes: dict[str, Any]) -> None:
    assert await room.enrol(**changes) is EnrolmentOutcome.NOT_SURE
    assert await room.kept() == 0


async def test_a_stranger_is_not_enrolled(room: Room) -> None:
    assert await room.enrol(citizen_id=STRANGER) is EnrolmentOutcome.NOT_A_PUPIL


async def test_the_same_enrolment_twice_is_one_and_a_newer_one_takes_its_place(room: Room) -> None:
    one = enrolment()
    await room.enrol(**one)
    await room.enrol(**one)
    await room.enrol(templates=looks(seed=2))
    async with room.gate.core.database.transaction(room.gate.school_id) as tx:
        (face,) = await room.enrolments.of(tx, room.gate.student_id)
    assert list(face.templates.vectors) == looks(seed=2)["vectors"]


async def test_a_change_of_model_names_who_is_to_be_enrolled_again(room: Room) -> None:
    await room.enrol()
    async with room.gate.core.database.transaction(room.gate.school_id) as tx:
        assert await room.enrolments.outdated(tx, "arcface-x") == (room.gate.student_id,)
    await room.enrol(templates=looks("arcface-x"))
    async with room.gate.core.database.transaction(room.gate.school_id) as tx:
        assert await room.enrolments.outdated(tx, "arcface-x") == ()
        assert {one.templates.model_id for one in await room.enrolments.of(tx, room.gate.student_id)} == {
            "arcface-x",
            "sface-2021dec",
        }


async def test_an_older_models_templates_go_a_month_after_the_newer_ones_came(room: Room) -> None:
    async def models() -> set[str]:
        async with room.gate.core.database.transaction(room.gate.school_id) as tx:
            return {one.templates.model_id for one in await room.enrolments.of(tx, room.gate.student_id)}

    await room.enrol()
    room.gate.clock.advance(timedelta(days=60))
    await room.sweep()
    assert await models() == {"sface-2021dec"}
    await room.enrol(templates=looks("arcface-x"))
    room.gate.clock.advance(timedelta(days=29))
    await room.sweep()
    assert await models() == {"sface-2021dec", "arcface-x"}
    room.gate.clock.advance(timedelta(days=1))
    await room.sweep()
    assert await models() == {"arcface-x"}


async def test_a_withdrawn_consent_stops_use_at_once_and_the_sweep_deletes(room: Room) -> None:
    await room.enrol()
    room.agreed.ids.clear()
    assert await room.kept() == 0
    assert (await room.sweep(), await room.sweep()) == (1, 0)
    async with room.gate.core.database.transaction(room.gate.school_id) as tx:
        with pytest.raises(NotEnrolledError):
            await room.enrolments.of(tx, room.gate.student_id)


async def test_at_the_end_of_schooling_the_templates_go(room: Room) -> None:
    await room.enrol()
    async with room.gate.core.database.transaction(room.gate.school_id) as tx:
        await room.gate.core.students.leave(
            tx, room.gate.student_id, school_date(room.gate.clock.now()) + timedelta(days=2)
        )
    assert await room.sweep() == 0
    room.gate.clock.advance(timedelta(days=3))
    assert await room.sweep() == 1
    assert "enrolments.ended" in await room.gate.audited()


async def test_staff_can_revoke(room: Room) -> None:
    await room.enrol()
    async with room.gate.core.database.transaction(room.gate.school_id) as tx:
        assert await room.enrolments.revoke(tx, room.gate.student_id, "staff:1") == 1
        assert await room.enrolments.revoke(tx, room.gate.student_id, "staff:1") == 0
    assert await room.kept() == 0


async def test_nothing_of_a_template_lies_in_the_clear(room: Room) -> None:
    await room.enrol()
    async with room.gate.core.database.transaction(room.gate.school_id) as tx:
        row = (await tx.session.execute(text("SELECT sealed_templates FROM enrolled_faces"))).scalar_one()
    for vector in looks()["vectors"]:
        assert vector[:24].encode() not in row
        assert base64.b64decode(vector)[:16] not in row


async def test_without_consents_the_core_takes_no_face(room: Room) -> None:
    gate = room.gate
    answer = await gate.kiosk.post("/api/v1/faces", enrolment())
    assert (answer.status, answer.body["outcome"], answer.body["display_name"]) == (200, "no_consent", None)


@pytest.mark.parametrize(
    "templates",
    [
        {"model_id": "m", "vectors": []},
        {"model_id": "m", "vectors": ["!!"]},
        {"model_id": "m", "vectors": ["AAAA"]},
        {"model_id": "", "vectors": looks()["vectors"]},
        {"model_id": "m", "vectors": looks(many=10)["vectors"]},
        {"model_id": "m", "vectors": looks()["vectors"], "picture": "AAAA"},
    ],
)
async def test_what_is_no_template_is_refused(room: Room, templates: dict[str, Any]) -> None:
    answer = await room.gate.kiosk.post("/api/v1/faces", enrolment(templates=templates))
    assert answer.status == 422
    assert CITIZEN not in json.dumps(answer.body)


async def test_a_roster_knows_pupils_by_fingerprint_and_has_an_end(room: Room) -> None:
    gate = room.gate
    await room.enrol()
    answer = await gate.kiosk.get("/api/v1/roster")
    assert answer.status == 200
    assert CITIZEN not in json.dumps(answer.body)
    roster = Roster.model_validate(answer.body)
    (pupil,) = roster.pupils
    assert pupil.key == fingerprint(roster.salt, CITIZEN)
    assert (pupil.given_name, roster.valid_until) == ("An", gate.clock.now() + VALID_FOR)
    assert pupil.faces is None
    again = Roster.model_validate((await gate.kiosk.get("/api/v1/roster")).body)
    assert again.salt != roster.salt


async def test_a_roster_carries_faces_only_of_families_that_agreed(room: Room) -> None:
    await room.enrol()
    rosters = Rosters(room.gate.clock, room.gate.core.students, room.gate.core.exams, room.enrolments)
    async with room.gate.core.database.transaction(room.gate.school_id) as tx:
        (pupil,) = (await rosters.make(tx)).pupils
        assert pupil.faces is not None
        room.agreed.ids.clear()
        (pupil,) = (await rosters.make(tx)).pupils
        assert pupil.faces is None


async def test_a_face_alone_names_the_pupil_of_the_roster(room: Room) -> None:
    gate = room.gate
    by_face = {"citizen_id": None, "identified_by": "face", "chip": "not_read"}
    receipt = await gate.send(**by_face, student_id=str(gate.student_id))
    assert (receipt["decision"], receipt["display_name"]) == ("accepted", "An")
    unknown = await gate.send(**by_face, student_id=str(DeviceId(new_id())))
    assert (unknown["decision"], unknown["reason"]) == ("needs_staff", "unknown_person")
    for bad in (by_face, {"student_id": str(gate.student_id)}, by_face | {"identified_by": "chip"}):
        answer = await gate.kiosk.post("/api/v1/check-ins", gate.report(**bad))
        assert answer.status == 422, bad


async def test_a_visitor_always_waits_for_a_person_and_no_guardian_is_told(room: Room) -> None:
    gate = room.gate
    receipt = await gate.send(mode="visitor", citizen_id=STRANGER)
    assert (receipt["decision"], receipt["reason"]) == ("needs_staff", "visitor")
    pupil = await gate.send(mode="visitor")
    assert pupil["decision"] == "needs_staff"
    for waiting in (await gate.day()).needs_staff:
        async with gate.core.database.transaction(gate.school_id) as tx:
            await gate.core.check_ins.resolve(tx, waiting.id, approve=True, actor="staff:1")
    assert {one.key for one in await gate.messages()} == {"checkin.needs_staff"}
    for mode in ("guardian", "enrolment"):
        assert (await gate.kiosk.post("/api/v1/check-ins", gate.report(mode=mode))).status == 422
