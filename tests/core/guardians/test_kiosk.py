"""At the kiosk card, person and chat account become one: once, by a code of the chat, and only when all three agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from core.contracts.citizen_id import CitizenId
from core.guardians.domain import Level, NewGuardian, Relation
from core.guardians.tickets.service import Purpose
from core.students.domain import NewStudent
from core.values.ids import ChatAccountId, StudentId, new_id
from tests.core.checkins.conftest import Gate, core, gate
from tests.core.guardians.family import MOTHERS_CARD

__all__ = ["core", "gate"]
PATH = "/api/v1/guardian-reports"


@dataclass
class Visit:
    """A mother before the kiosk, her chat in her hand."""

    gate: Gate
    account: ChatAccountId
    child: StudentId

    async def code(self) -> str:
        async with self.gate.core.database.transaction(self.gate.school_id) as tx:
            code = await self.gate.core.guardians.tickets.issue(tx, self.account, Purpose.KIOSK)
        assert code
        return code

    def report(self, code: str, **changes: Any) -> dict[str, Any]:
        assert MOTHERS_CARD.number
        return {
            "report_id": str(new_id()),
            "citizen_id": MOTHERS_CARD.number.value,
            "full_name": "LÊ THỊ HOA",
            "born_on": "1984-05-06",
            "code": code,
            "chip": "integrity_ok_issuer_unknown",
            "face": "match",
            "face_score": 0.66,
            "liveness_passed": True,
            "observed_at": self.gate.clock.now().isoformat(),
        } | changes

    async def send(self, report: dict[str, Any]) -> Any:
        answer = await self.gate.kiosk.post(PATH, report)
        assert answer.status == 200, answer.body
        return answer.body

    async def level(self) -> Level:
        async with self.gate.core.database.transaction(self.gate.school_id) as tx:
            children = await self.gate.core.guardians.children_of(tx, self.account)
        return max((one.level for one in children), default=Level.NONE)

    async def told(self) -> list[str]:
        return [one.key for one in await self.gate.messages() if one.key.startswith("verify.")]


@pytest.fixture
async def visit(gate: Gate) -> Visit:
    made = gate.core
    async with made.database.transaction(gate.school_id) as tx:
        new = NewStudent("6A", "Trần Thị Bé", gate.clock.now().date().replace(year=2015), "female")
        child = (await made.students.record(tx, new)).student_id
        mother = NewGuardian(child, Relation.MOTHER, "Lê Thị Hoa", None, MOTHERS_CARD.number)
        await made.guardians.record_all(tx, (mother,))
        account = await made.conversations.meet(tx, "webchat", "phone")
    return Visit(gate, account.id, child)


async def test_card_face_and_code_together_verify_and_the_chat_hears_it(visit: Visit) -> None:
    report = visit.report(await visit.code())
    receipt = await visit.send(report)
    assert (receipt["outcome"], receipt["display_name"], receipt["duplicate"]) == ("bound", "HOA", False)
    assert await visit.level() is Level.VERIFIED
    assert await visit.told() == ["verify.proven"]
    again = await visit.send(report)
    assert again == receipt | {"duplicate": True}
    assert await visit.told() == ["verify.proven"]


async def test_the_chats_that_the_mother_has_already_hear_of_the_one_bound_at_the_kiosk(visit: Visit) -> None:
    made = visit.gate.core
    async with made.database.transaction(visit.gate.school_id) as tx:
        (tie,) = await made.guardians.guardians_of(tx, visit.child)
        hers = await made.conversations.meet(tx, "webchat", "hers")
        code = await made.guardians.issue_link_code(tx, tie.guardian.id)
        await made.guardians.link(tx, hers.id, code.value)
    assert (await visit.send(visit.report(await visit.code())))["outcome"] == "bound"
    told = {one.key: one.recipient.address for one in await visit.gate.messages()}
    assert told == {"verify.proven": "phone", "verify.new_account": "hers"}
    await visit.send(visit.report(await visit.code()))
    assert sorted(await visit.told()) == ["verify.new_account", "verify.proven", "verify.proven"]


async def test_the_same_id_for_something_else_is_a_conflict(visit: Visit) -> None:
    report = visit.report(await visit.code())
    await visit.send(report)
    answer = await visit.gate.kiosk.post(PATH, report | {"face": "unsure"})
    assert (answer.status, answer.body["code"]) == (409, "guardians.report_conflict")


@pytest.mark.parametrize(
    "changes",
    [
        {"chip": "cloned_or_altered"},
        {"chip": "not_read"},
        {"face": "mismatch"},
        {"face": "unsure"},
        {"liveness_passed": False},
        {"liveness_passed": None},
        {"citizen_id": "099184000555"},
        {"full_name": "Phạm Thị Khác"},
        {"full_name": None},
        {"born_on": "1984-05-07", "citizen_id": "099184000556"},
    ],
)
async def test_when_anything_does_not_agree_only_staff_decide(visit: Visit, changes: dict[str, Any]) -> None:
    receipt = await visit.send(visit.report(await visit.code(), **changes))
    assert (receipt["outcome"], receipt["display_name"]) == ("needs_staff", None)
    assert await visit.level() is Level.NONE
    assert await visit.told() == ["verify.for_staff"]


async def test_a_wrong_used_or_old_code_gets_one_answer_and_many_lock_the_kiosk(visit: Visit) -> None:
    good = await visit.code()
    wrong = "000000" if good != "000000" else "111111"
    assert (await visit.send(visit.report(wrong)))["outcome"] == "wrong_code"
    await visit.send(visit.report(good, face="mismatch"))
    assert (await visit.send(visit.report(good)))["outcome"] == "wrong_code"
    for _ in range(20):
        last = await visit.send(visit.report(wrong))
    assert last["outcome"] == "try_later"
    assert await visit.level() is Level.NONE


async def test_nothing_of_a_report_shows_in_its_repr_or_in_an_error(visit: Visit) -> None:
    from core.contracts.guardian_report import GuardianReport

    shown = repr(GuardianReport.model_validate(visit.report("204617")))
    answer = await visit.gate.kiosk.post(PATH, visit.report("20461x"))
    assert answer.status == 422
    for secret in ("099184000001", "204617", "LÊ THỊ HOA", "1984", "20461x"):
        assert secret not in shown
        assert secret not in str(answer.body)


async def test_a_number_that_only_differs_is_somebody_else(visit: Visit) -> None:
    other = str(int(CitizenId("099184000001").value) + 1).zfill(12)
    receipt = await visit.send(visit.report(await visit.code(), citizen_id=other))
    assert receipt["outcome"] == "needs_staff"
