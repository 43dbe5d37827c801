"""What somebody shows opens what it proves, and nothing more; everything else is for staff, told in one way."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from core.audit.service import Audit
from core.contracts.citizen_id import CitizenId
from core.conversations.service import Conversations
from core.db.transaction import Tx
from core.guardians.domain import CodeStrength, GuardianshipState, Level, LinkOutcome
from core.guardians.evidence import Evidence, Identity, Means, ProofOutcome, Proven
from core.guardians.levels import Feature
from core.guardians.machine import Event
from core.guardians.service import Guardians
from core.students.service import Students
from core.values.clock import FixedClock
from core.values.phone import Phone
from core.vault.keyring import Keyring
from tests.core.guardians.family import (
    FATHERS_CARD,
    MOTHERS_CARD,
    PHONE,
    account,
    chats_told,
    childs_card,
    family,
    linked,
    scan,
)

FOR_STAFF = Proven(ProofOutcome.FOR_STAFF)


async def test_a_scanned_card_whose_number_is_on_the_roll_opens_all_the_children(
    tx: Tx, students: Students, conversations: Conversations, guardians: Guardians
) -> None:
    home = await family(tx, students, guardians, MOTHERS_CARD.number)
    mine = await account(tx, conversations)
    proven = await guardians.apply_evidence(tx, scan(mine, MOTHERS_CARD))
    assert proven.outcome is ProofOutcome.PROVEN
    assert {child.student_id for child in proven.children} == {home.an, home.binh}
    assert {child.level for child in proven.children} == {Level.MATCHED}
    (tie,) = [t for t in await guardians.guardians_of(tx, home.an) if t.guardian.id == home.mother]
    assert tie.state is GuardianshipState.DATA_MATCHED
    (step,) = await guardians.ledger.steps_of(tx, tie.id)
    assert (step.event, step.by.actor, step.by.evidence) == (Event.CARD_MATCHED, f"chat:{mine}", "page")


async def test_without_a_number_on_the_roll_the_childs_card_that_names_the_mother_opens_this_child_only(
    tx: Tx, students: Students, conversations: Conversations, guardians: Guardians
) -> None:
    home = await family(tx, students, guardians)
    mine = await account(tx, conversations)
    assert await guardians.apply_evidence(tx, scan(mine, MOTHERS_CARD)) == FOR_STAFF
    other = childs_card(mother="PHẠM THỊ LAN")
    assert await guardians.apply_evidence(tx, scan(mine, MOTHERS_CARD, other)) == FOR_STAFF
    proven = await guardians.apply_evidence(tx, scan(mine, MOTHERS_CARD, childs_card()))
    assert [child.student_id for child in proven.children] == [home.an]


async def test_after_a_paper_code_the_own_card_raises_the_account_from_one_to_two(
    tx: Tx, students: Students, conversations: Conversations, guardians: Guardians
) -> None:
    home = await family(tx, students, guardians)
    mine = await linked(tx, guardians, conversations, home.mother)
    assert {c.level for c in await guardians.children_of(tx, mine)} == {Level.CLAIMED}
    await guardians.apply_evidence(tx, scan(mine, MOTHERS_CARD))
    assert {c.level for c in await guardians.children_of(tx, mine)} == {Level.MATCHED}


async def test_a_paper_code_found_by_somebody_else_does_not_open_what_the_mother_proved(
    tx: Tx, students: Students, conversations: Conversations, guardians: Guardians
) -> None:
    home = await family(tx, students, guardians)
    mine = await linked(tx, guardians, conversations, home.mother, strength=CodeStrength.HANDED_OVER)
    theirs = await linked(tx, guardians, conversations, home.mother, chat="chat-2")
    assert {c.level for c in await guardians.children_of(tx, mine)} == {Level.VERIFIED}
    assert {c.level for c in await guardians.children_of(tx, theirs)} == {Level.CLAIMED}
    assert len(await chats_told(tx, guardians, home.an)) == 2
    assert await chats_told(tx, guardians, home.an, Feature.FEES) == ("chat-1",)


@pytest.mark.parametrize(("means", "state"), [
    (Means.KIOSK, GuardianshipState.VERIFIED_AT_SCHOOL),
    (Means.VNEID, GuardianshipState.VERIFIED_ONLINE),
])  # fmt: skip
async def test_kiosk_and_vneid_verify(
    tx: Tx,
    students: Students,
    conversations: Conversations,
    guardians: Guardians,
    means: Means,
    state: GuardianshipState,
) -> None:
    home = await family(tx, students, guardians, MOTHERS_CARD.number)
    mine = await account(tx, conversations)
    proven = await guardians.apply_evidence(tx, Evidence(means, mine, MOTHERS_CARD))
    assert {child.level for child in proven.children} == {Level.VERIFIED}
    states = {t.state for t in await guardians.guardians_of(tx, home.binh)}
    assert states == {state}


@pytest.mark.parametrize(
    "shown",
    [
        replace(MOTHERS_CARD, full_name="Lê Thị Hòa"),
        replace(MOTHERS_CARD, number=CitizenId("099184000009")),
        replace(MOTHERS_CARD, number=None),
        Identity(CitizenId("099184000009"), "Vũ Thị Không Có", date(1990, 1, 1)),
    ],
    ids=["another name", "another number", "no number", "nobody"],
)
async def test_whatever_does_not_fit_gets_one_answer_and_a_case_for_staff(
    tx: Tx, students: Students, conversations: Conversations, guardians: Guardians, shown: Identity
) -> None:
    await family(tx, students, guardians, MOTHERS_CARD.number)
    mine = await account(tx, conversations)
    assert await guardians.apply_evidence(tx, scan(mine, shown)) == FOR_STAFF
    assert await guardians.children_of(tx, mine) == ()


async def test_what_is_typed_is_never_believed_by_a_machine(
    tx: Tx, students: Students, conversations: Conversations, guardians: Guardians
) -> None:
    await family(tx, students, guardians, MOTHERS_CARD.number)
    mine = await account(tx, conversations)
    typed = Evidence(Means.TYPED, mine, MOTHERS_CARD, childs_card())
    assert await guardians.apply_evidence(tx, typed) == FOR_STAFF


async def test_attempts_are_limited_per_chat_per_number_and_per_address(
    tx: Tx, students: Students, conversations: Conversations, guardians: Guardians, clock: FixedClock
) -> None:
    wrong = replace(MOTHERS_CARD, full_name="Vũ Thị Không Có")
    await family(tx, students, guardians, MOTHERS_CARD.number)
    mine = await account(tx, conversations)
    for _ in range(5):
        await guardians.apply_evidence(tx, scan(mine, wrong))
    blocked = await guardians.apply_evidence(tx, scan(mine, MOTHERS_CARD))
    assert blocked.outcome is ProofOutcome.TOO_MANY_ATTEMPTS
    assert blocked.retry_at == clock.now() + timedelta(minutes=1)
    for n in range(5):  # the same number out of other chats
        await guardians.apply_evidence(tx, scan(await account(tx, conversations, f"o{n}"), wrong))
    fresh = await account(tx, conversations, "fresh")
    assert (await guardians.apply_evidence(tx, scan(fresh, MOTHERS_CARD))).retry_at is not None
    clock.advance(timedelta(minutes=2))
    assert (await guardians.apply_evidence(tx, scan(mine, MOTHERS_CARD))).outcome is ProofOutcome.PROVEN
    for n in range(60):  # other numbers out of other chats, one address
        stranger = Identity(CitizenId(f"0990900{n:05}"), "Vũ Thị Không Có", date(1990, 1, 1))
        evidence = replace(scan(await account(tx, conversations, f"p{n}"), stranger), ip="192.0.2.1")
        await guardians.apply_evidence(tx, evidence)
    last = replace(scan(await account(tx, conversations, "last"), FATHERS_CARD), ip="192.0.2.1")
    assert (await guardians.apply_evidence(tx, last)).outcome is ProofOutcome.TOO_MANY_ATTEMPTS


async def test_strangers_who_try_her_number_keep_the_mother_from_neither_kiosk_nor_vneid(
    tx: Tx, students: Students, conversations: Conversations, guardians: Guardians
) -> None:
    wrong = replace(MOTHERS_CARD, full_name="Vũ Thị Không Có")
    await family(tx, students, guardians, MOTHERS_CARD.number)
    for n in range(12):  # what is typed is for staff anyway, and counts against nobody's number
        typed = Evidence(Means.TYPED, await account(tx, conversations, f"t{n}"), MOTHERS_CARD)
        assert (await guardians.apply_evidence(tx, typed)).outcome is ProofOutcome.FOR_STAFF
    mine = await account(tx, conversations)
    assert (await guardians.apply_evidence(tx, scan(mine, MOTHERS_CARD))).outcome is ProofOutcome.PROVEN
    for n in range(12):
        await guardians.apply_evidence(tx, scan(await account(tx, conversations, f"o{n}"), wrong))
    late = await guardians.apply_evidence(tx, scan(mine, MOTHERS_CARD))
    assert late.outcome is ProofOutcome.TOO_MANY_ATTEMPTS
    for means in (Means.KIOSK, Means.VNEID):
        proven = await guardians.apply_evidence(tx, Evidence(means, mine, MOTHERS_CARD))
        assert proven.outcome is ProofOutcome.PROVEN


async def test_an_address_waits_a_quarter_of_an_hour_at_most(
    tx: Tx, conversations: Conversations, guardians: Guardians, clock: FixedClock
) -> None:
    for n in range(70):
        clock.advance(timedelta(minutes=16))
        chat = await account(tx, conversations, f"w{n}")
        last = await guardians.link(tx, chat, "K7M4-02P1", "192.0.2.1")
        assert last.outcome is LinkOutcome.WRONG_CODE
    assert last.retry_at == clock.now() + timedelta(minutes=15)


async def test_every_step_is_in_the_audit_trail_without_a_name_or_number(
    tx: Tx,
    students: Students,
    conversations: Conversations,
    guardians: Guardians,
    keyring: Keyring,
    clock: FixedClock,
) -> None:
    audit = Audit(keyring, clock)
    await family(tx, students, guardians, MOTHERS_CARD.number)
    mine = await account(tx, conversations)
    await guardians.apply_evidence(tx, scan(mine, MOTHERS_CARD))
    entries = await audit.list_recent(tx)
    assert [entry.action for entry in entries] == ["guardians.card_matched"] * 2
    assert dict(entries[0].details) == {"before": "invited", "after": "data_matched", "evidence": "page"}
    assert (await audit.verify(tx)).intact


async def test_the_chats_own_phone_gives_level_one_and_a_strange_one_nothing(
    tx: Tx, students: Students, conversations: Conversations, guardians: Guardians
) -> None:
    home = await family(tx, students, guardians)
    mine, theirs = await account(tx, conversations), await account(tx, conversations, "chat-2")
    linked_by_phone = await guardians.link_phone(tx, mine, PHONE)
    assert linked_by_phone.outcome is LinkOutcome.LINKED
    assert {child.student_id for child in linked_by_phone.children} == {home.an, home.binh}
    assert {child.level for child in linked_by_phone.children} == {Level.CLAIMED}
    strange = await guardians.link_phone(tx, theirs, Phone.parse("0990000999"))
    assert (strange.outcome, strange.children) == (LinkOutcome.WRONG_CODE, ())
    again = await guardians.link_phone(tx, mine, PHONE)
    assert again.outcome is LinkOutcome.ALREADY_LINKED
