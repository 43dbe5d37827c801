"""What staff press and type in their chats: every command × every role × own class, other class, other school.

The commands are the code's own (`chat_table`); what the table of rights refuses has no effect, and what it gives has.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import aiohttp
import pytest
from sqlalchemy import text

from bot.flows.approvals import ApprovalFlow
from bot.flows.gate import GateFlow
from bot.flows.staff import StaffFlow
from bot.intents import Topic
from bot.messages import InboundMessage
from core.app import Core, build_core
from core.conversations.desk.domain import NewStaffChat, StaffChat, code_of
from core.conversations.domain import HandoverUrgency
from core.db.transaction import Tx
from core.exams.domain import SessionPlan
from core.guardians.cases.domain import CaseKind, NewCase
from core.guardians.cases.opening import open_case
from core.guardians.domain import CodeStrength
from core.guardians.evidence import Identity, Means
from core.notifications.domain import NewNotification, Recipient
from core.sample.people import pupils
from core.sample.school import SCHOOL_ID
from core.staff.authority import TABLE, Reach, reach
from core.staff.chat_rights import ChatReach, may, may_for
from core.staff.domain import Right, Role
from core.students.domain import Student
from core.values.clock import FixedClock
from core.values.ids import ClassId, SchoolId, new_id
from core.web.server import serving
from core.web_app import make_web_app
from tests.bot.chat_table import BUTTONS, ONLY_TYPED, STAFF, TOPICS, TYPED, buttons, commands
from tests.bot.support import load_sample, settings_for
from tests.core.devices.support import TestKiosk

REFUSED = {
    "error.staff.not_allowed",
    "gate.nobody_waits",
    "error.guardians.case_not_found",
    "error.conversations.handover_not_found",
}
WITHOUT_TRACE = {"desk.list", "desk.help"}
CHATS = (*Role, "homeroom without a class", "king", "no staff")


@dataclass(frozen=True)
class Target:
    """One pupil with somebody before the gate, a claim and a conversation that wait: their codes."""

    student: Student
    codes: dict[str, str]

    def of(self, command: str) -> str:
        """The code that a command needs."""
        return self.codes[command.partition(".")[0]]


@dataclass
class World:
    """A staff chat of every kind, and what they could decide: in the own class, another class, another school."""

    core: Core
    kiosk: TestKiosk
    own: Target
    other_class: Target
    other_school: Target
    device: str
    room: str
    untouched: tuple[object, ...]
    """The traces of the world as it was made."""

    def place_of(self, student: Student) -> int:
        """Where a pupil stands in the sample roll."""
        return [one.new.full_name for one in pupils()].index(student.full_name)

    def code_for(self, command: str) -> str:
        """The code of a command that is about no pupil."""
        return f"{self.device}-{self.room}" if command == "gate.room" else self.device

    async def said(self, tx: Tx, message: InboundMessage) -> tuple[NewNotification, ...]:
        """What the flows of staff say, in the order of the pipeline."""
        core = self.core
        flows = (
            ApprovalFlow(core.handovers.chats, core.guardians),
            GateFlow(core.handovers.chats, core.gate, core.exams),
            StaffFlow(core.handovers, ChatReach(core.guardians)),
        )
        for flow in flows:
            told = await flow.react(tx, message)
            if told is not None:
                return told
        return ()

    async def tried(self, message: InboundMessage) -> tuple[tuple[NewNotification, ...], bool]:
        """What is said to a message, and whether anything is different then; nothing of it is kept."""
        async with self.core.database.transaction(SCHOOL_ID) as tx:
            savepoint = await tx.session.begin_nested()
            told = await self.said(tx, message)
            changed = await _traces(tx) != self.untouched
            await savepoint.rollback()
        return told, changed


TRACES = text("""
    SELECT (SELECT array_agg(CAST((id, decision) AS text) ORDER BY id) FROM check_ins),
           (SELECT array_agg(CAST((id, status) AS text) ORDER BY id) FROM guardian_cases),
           (SELECT array_agg(CAST((id, taken_by, closed_at, waiting_since) AS text) ORDER BY id) FROM chat_handovers),
           (SELECT array_agg(CAST((id, state) AS text) ORDER BY id) FROM guardianships),
           (SELECT count(*) FROM device_commands),
           (SELECT count(*) FROM chat_handover_lines)
""")
"""Everything that a command of staff can change."""


async def _traces(tx: Tx) -> tuple[object, ...]:
    return tuple((await tx.session.execute(TRACES)).one())


async def _target(core: Core, kiosk: TestKiosk, school_id: SchoolId, place: int) -> Target:
    """The pupil at this place of the sample roll, waiting at the gate, with a claim and a conversation."""
    number = pupils()[place].citizen_id
    async with core.database.transaction(school_id) as tx:
        student_id = await core.students.by_citizen_id(tx, number)
        assert student_id is not None
        student = await core.students.get(tx, student_id)
        before = {one.code for one in await core.gate.waiting(tx)}
        guardian = (await core.guardians.guardians_of(tx, student_id))[0].guardian
        account = await core.conversations.meet(tx, "webchat", f"parent-{school_id}-{place}")
        link = await core.guardians.issue_link_code(tx, guardian.id, CodeStrength.SENT)
        await core.guardians.link(tx, account.id, link.value)
        said = (str(new_id()), "cho em gặp cô giáo")
        handover = await core.handovers.open(tx, account.id, "asked", HandoverUrgency.NORMAL, said)
        stranger = await core.conversations.meet(tx, "webchat", f"claimant-{school_id}-{place}")
        claim = NewCase(
            CaseKind.CLAIM,
            Means.TYPED,
            stranger.id,
            Identity(None, guardian.full_name, None),
            None,
            student_id,
        )
        case_id = await open_case(tx, core.keyring, core.clock, claim)
        assert case_id is not None
    await _stands_at_gate(core, kiosk, number.value)
    async with core.database.transaction(school_id) as tx:
        (visit,) = {one.code for one in await core.gate.waiting(tx)} - before
    codes = {"gate": visit, "verify": case_id.hex[-6:].upper(), "desk": code_of(handover)}
    return Target(student, codes)


def code_at_end(one: UUID) -> str:
    return one.hex[-6:].upper()


async def _stands_at_gate(core: Core, kiosk: TestKiosk, number: str) -> None:
    report = {
        "report_id": str(new_id()), "mode": "attendance", "citizen_id": number, "identified_by": "chip",
        "chip": "integrity_ok_issuer_unknown", "face": "mismatch", "face_score": 0.1, "liveness_passed": True,
        "observed_at": core.clock.now().isoformat(), "provisional": False,
    }  # fmt: skip
    assert (await kiosk.post("/api/v1/check-ins", report)).status == 200


@pytest.fixture
async def world(database_url: str, clock: FixedClock, master_key_text: str) -> AsyncIterator[World]:
    core = build_core(settings_for(database_url, master_key_text), clock)
    elsewhere = SchoolId(new_id())
    classes = [one.new.class_name for one in pupils()]
    second_class = next(place for place, name in enumerate(classes) if name != classes[0])
    await load_sample(core)
    await load_sample(core, elsewhere)
    async with serving(make_web_app(core)) as url, aiohttp.ClientSession(url) as http:
        kiosks = {}
        for school_id in (SCHOOL_ID, elsewhere):
            async with core.database.transaction(school_id) as tx:
                code = (await core.devices.issue_enrolment_code(tx, "Cổng chính")).code.shown
            kiosks[school_id] = TestKiosk(http, clock)
            assert (await kiosks[school_id].enrol(code)).status == 201
        own = await _target(core, kiosks[SCHOOL_ID], SCHOOL_ID, 0)
        other = await _target(core, kiosks[SCHOOL_ID], SCHOOL_ID, second_class)
        abroad = await _target(core, kiosks[elsewhere], elsewhere, 0)
        async with core.database.transaction(SCHOOL_ID) as tx:
            for role in CHATS[:-1]:
                await _join(core, tx, str(role), own.student.class_id)
            (device,) = await core.devices.list_devices(tx)
            starts = clock.now() + timedelta(minutes=10)
            plan = SessionPlan("Toán 9", "Phòng 12", starts, starts + timedelta(hours=1))
            session = await core.exams.add(tx, plan)
            untouched = await _traces(tx)
        yield World(
            core,
            kiosks[SCHOOL_ID],
            own,
            other,
            abroad,
            code_at_end(device.id),
            code_at_end(session.id),
            untouched,
        )
    await core.database.dispose()


async def _join(core: Core, tx: Tx, role: str, class_id: ClassId) -> None:
    own_class = class_id if role == Role.HOMEROOM else None
    new = NewStaffChat(f"Nhóm {role}", role=role.partition(" ")[0], class_id=own_class)
    _, code = await core.handovers.chats.invite(tx, new, "x")
    await core.handovers.chats.join(tx, "telegram", role, code)


def test_every_button_and_every_command_stands_in_the_table() -> None:
    assert buttons() == set(BUTTONS)
    assert commands() == set(TYPED)
    assert set(ONLY_TYPED) == commands() - buttons()
    assert set(STAFF) == set(TYPED)
    assert set(TOPICS) == set(Topic)


def forms(command: str, code: str) -> Iterator[InboundMessage]:
    """Every way to say a command: its button, and each of its wordings."""
    base = InboundMessage("telegram", "x", "m", staff_name="Cô Thử")
    if command not in ONLY_TYPED:
        yield replace(base, choice=f"{command}:{code}")
    for words in TYPED[command]:
        quoted = f"🔔 #{code} có phụ huynh chờ" if "{quoted}" in words else ""
        yield replace(base, text=words.format(code=code, quoted=""), quoted=quoted)


def given(chat: str, right: Right, place: str) -> bool:
    """What the table says, read without the code under test."""
    if chat not in set(Role):
        return False
    how_far = reach(Role(chat), right)
    return how_far is Reach.SCHOOL or (how_far is Reach.CLASS and place != "other class")


@pytest.mark.timeout(300)
async def test_every_command_with_every_role_in_every_place_obeys_the_table(world: World) -> None:
    places = {"own": world.own, "other class": world.other_class, "other school": world.other_school}
    wrong, tried = [], 0
    for command, right in STAFF.items():
        bound = any("{" in words for words in TYPED[command])
        for place, target in places.items() if bound else [("none", world.own)]:
            for chat in CHATS:
                for form in forms(command, target.of(command) if bound else world.code_for(command)):
                    told, changed = await world.tried(replace(form, chat_id=chat, message_id=str(new_id())))
                    tried += 1
                    keys = {one.key for one in told}
                    allowed = given(chat, right, place) and place != "other school"
                    passed = bool(keys) and not keys & REFUSED
                    if passed != allowed or changed != (allowed and command not in WITHOUT_TRACE):
                        wrong.append((chat, place, form.choice or form.text, changed, sorted(keys)))
    assert wrong == []
    assert tried > 700
    async with world.core.database.transaction(SCHOOL_ID) as tx:
        assert await _traces(tx) == world.untouched, "a try was kept"


async def test_a_class_chat_lists_and_means_the_own_class_only(world: World) -> None:
    message = InboundMessage("telegram", "homeroom", "m1", "danh sách")
    (listed,), _ = await world.tried(message)
    assert [one["code"] for one in listed.params["open"]] == [world.own.codes["desk"]]
    (decided,), changed = await world.tried(replace(message, text="duyệt"))
    assert (decided.key, changed) == ("gate.passed_on", True)
    (which,), changed = await world.tried(replace(message, text="duyệt", chat_id="head"))
    assert (which.key, changed) == ("gate.which_pupil", False)


async def test_only_who_may_answer_is_told_what_a_guardian_wrote_and_of_an_emergency_can_take_it(
    world: World,
) -> None:
    core = world.core
    async with core.database.transaction(SCHOOL_ID) as tx:
        sent = await core.notifications.list_recent(tx, limit=500)
        before = {one.id for one in sent}
        account = await core.conversations.meet(tx, "webchat", f"parent-{SCHOOL_ID}-0")
        for urgency in HandoverUrgency:
            said = (str(new_id()), f"việc {urgency}")
            await core.handovers.open(tx, account.id, "asked", urgency, said)
        new = [one for one in await core.notifications.list_recent(tx, limit=500) if one.id not in before]
    alerts = [one for one in new if one.key == "handover.staff_alert"]
    told = {(one.recipient.address, one.params["text"]) for one in alerts}
    normal = {chat for chat, words in told if words == "việc normal"}
    assert normal == {role for role in Role if reach(role, Right.ANSWER_GUARDIANS)}
    assert {chat for chat, words in told if words == "việc emergency"} == set(CHATS[:-1])
    assert {one.recipient.address for one in alerts if one.params["choices"]} == normal


async def test_only_who_may_decide_is_told_who_stands_at_the_gate_and_who_claims_a_child(
    world: World,
) -> None:
    core, other_class = world.core, world.other_class.student
    everybody = {role.value: reach(role, Right.DECIDE_CHECK_INS) for role in Role}
    for place, right_of_class in ((0, True), (world.place_of(other_class), False)):
        await _stands_at_gate(core, world.kiosk, pupils()[place].citizen_id.value)
        async with core.database.transaction(SCHOOL_ID) as tx:
            sent = await core.notifications.list_recent(tx, limit=500)
        newest = max(one.params["check_in_id"] for one in sent if one.key == "checkin.needs_staff")
        told = {
            one.recipient.address
            for one in sent
            if one.key == "checkin.needs_staff" and one.params["check_in_id"] == newest
        }
        least = Reach.CLASS if right_of_class else Reach.SCHOOL
        assert told - {"staff"} == {role for role, how_far in everybody.items() if how_far >= least}
    for place, right_of_class in ((0, True), (world.place_of(other_class), False)):
        async with core.database.transaction(SCHOOL_ID) as tx:
            account = await core.conversations.meet(tx, "webchat", f"claimant-{SCHOOL_ID}-{place}")
            alerts = await ApprovalFlow(core.handovers.chats, core.guardians).alerts(tx, account.id)
        least = Reach.CLASS if right_of_class else Reach.SCHOOL
        able = {role.value for role in Role if reach(role, Right.VERIFY_GUARDIANS) >= least}
        assert {one.recipient.address for one in alerts} == able


async def test_a_chat_that_is_no_staff_chat_commands_nothing(world: World) -> None:
    for command in STAFF:
        for form in forms(command, world.device):
            assert await world.tried(replace(form, chat_id="a parent")) == ((), False)


def test_an_unknown_role_has_no_right_and_a_class_is_not_the_school() -> None:
    mine, other = ClassId(new_id()), ClassId(new_id())
    for role in (*Role, "king", ""):
        for class_id in (None, mine):
            to = Recipient("telegram", "x")
            chat = StaffChat(new_id(), "x", True, 1, to, None, str(role), class_id)
            for right in Right:
                how_far = TABLE[Role(role)].get(right, Reach.NONE) if role in set(Role) else Reach.NONE
                own = how_far is Reach.CLASS and class_id is not None
                assert may_for(chat, right, other) == may_for(chat, right, None) == (how_far is Reach.SCHOOL)
                assert may_for(chat, right, mine) == may(chat, right) == (how_far is Reach.SCHOOL or own)
