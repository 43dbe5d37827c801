"""Parents who share one chat, and what a chat that is known by a code alone may not have."""

from __future__ import annotations

import pytest

from core.consents.domain import NewConsent, Purpose, Standing
from core.guardians.domain import CodeStrength, NewGuardian, Relation
from core.rights.domain import ExportGoneError, Kind, NewRequest, Status
from tests.core.checkins.conftest import Gate, core, gate

__all__ = ["core", "gate"]
TOLD = Purpose.ATTENDANCE_MESSAGES


async def test_what_is_taken_back_in_a_shared_chat_is_taken_back_for_both_parents(gate: Gate) -> None:
    guardians, consents = gate.core.guardians, gate.core.consents
    async with gate.core.database.transaction(gate.school_id) as tx:
        account = await gate.core.conversations.meet(tx, "webchat", "chat-1")
        father = NewGuardian(gate.student_id, Relation.FATHER, "Nguyễn Văn Bình")
        placed = (await guardians.record_all(tx, [father])).placed[0]
        code = await guardians.issue_link_code(tx, placed.guardian_id, CodeStrength.HANDED_OVER)
        await guardians.link(tx, account.id, code.shown)
        both = await guardians.guardians_behind(tx, account.id, gate.student_id)
        assert len(both) == 2
        for one in both:
            new = NewConsent(gate.student_id, TOLD, given=True, actor="chat:x", guardian_id=one)
            await consents.record(tx, new)
        await gate.core.rights.take_back(tx, gate.student_id, account.id)
        standings = await consents.own(tx, gate.student_id, TOLD, both)
    assert set(standings.values()) == {Standing.WITHDRAWN}
    await gate.send()
    assert [one for one in await gate.messages() if one.key.startswith("checkin.")] == []


async def test_what_one_parent_asked_the_school_does_not_stand_in_the_others_data(gate: Gate) -> None:
    """A mother may ask that the father hears no more; what she is answered is hers alone."""
    guardians, rights = gate.core.guardians, gate.core.rights
    async with gate.core.database.transaction(gate.school_id) as tx:
        mother = await gate.core.conversations.meet(tx, "webchat", "chat-1")
        (tie,) = await guardians.guardians_of(tx, gate.student_id)
        placed = (
            await guardians.record_all(tx, [NewGuardian(gate.student_id, Relation.FATHER, "Nguyễn Văn Bình")])
        ).placed[0]
        father = await gate.core.conversations.meet(tx, "webchat", "chat-2")
        for account, guardian_id in ((mother, tie.guardian.id), (father, placed.guardian_id)):
            code = await guardians.issue_link_code(tx, guardian_id, CodeStrength.HANDED_OVER)
            await guardians.link(tx, account.id, code.shown)
        for account in (mother, father):
            new = NewRequest(Kind.CORRECT, gate.student_id, f"chat:{account.id}", account.id)
            opened = await rights.open(tx, new)
            await rights.answer(tx, opened.id, Status.DONE, f"Trả lời cho {account.address}", "staff:x")
        for account in (mother, father):
            data = await gate.core.exports.of(tx, gate.student_id, account.id)
            assert [one["answer"] for one in data["requests"]] == [f"Trả lời cho {account.address}"]


async def test_a_link_to_own_data_ends_when_the_chat_is_no_longer_known_so_surely(gate: Gate) -> None:
    guardians = gate.core.guardians
    async with gate.core.database.transaction(gate.school_id) as tx:
        (tie,) = await guardians.guardians_of(tx, gate.student_id)
        other = await gate.core.conversations.meet(tx, "webchat", "chat-2")
        code = await guardians.issue_link_code(tx, tie.guardian.id, CodeStrength.SENT)
        await guardians.link(tx, other.id, code.shown)
        assert len(await guardians.children_of(tx, other.id)) == 1
        with pytest.raises(ExportGoneError):
            await gate.core.exports.of(tx, gate.student_id, other.id)
