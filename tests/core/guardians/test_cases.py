"""What no machine may decide: staff do, with a reason; restrictions, two claims, eighteen years, leaving school."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core.contracts.citizen_id import CitizenId
from core.conversations.service import Conversations
from core.db.transaction import Tx
from core.guardians import repository
from core.guardians.cases.domain import CaseDecidedError, CaseKind, ReasonNeededError
from core.guardians.cases.service import PlaceNeededError
from core.guardians.domain import CodeStrength, GuardianshipState, Level, NewGuardian, Relation
from core.guardians.evidence import Evidence, Identity, Means, ProofOutcome
from core.guardians.lapses import Lapses, adult_agrees
from core.guardians.restrictions.domain import BadRestrictionError, NewRestriction, Person, RestrictionKind
from core.guardians.service import Guardians
from core.notifications.service import Notifications
from core.students.domain import NewStudent
from core.students.service import Students
from core.values.clock import FixedClock
from core.vault.keyring import Keyring
from tests.core.guardians.family import (
    FATHERS_CARD,
    MOTHERS_CARD,
    Family,
    account,
    chats_told,
    childs_card,
    family,
    linked,
    scan,
)

WHY = "đã xem thẻ tại văn phòng"
STAFF = "staff:0193a000-0000-7000-8000-00000000c701"


@dataclass
class House:
    """One open transaction and everything that a test asks."""

    tx: Tx
    guardians: Guardians
    students: Students
    conversations: Conversations
    home: Family
    clock: FixedClock
    keyring: Keyring

    @property
    def lapses(self) -> Lapses:
        return Lapses(self.guardians, Notifications(self.keyring, self.clock))

    async def states(self) -> dict[str, GuardianshipState]:
        ties = await self.guardians.guardians_of(self.tx, self.home.an)
        return {tie.relation: tie.state for tie in ties}


@pytest.fixture
async def house(
    tx: Tx,
    students: Students,
    conversations: Conversations,
    guardians: Guardians,
    clock: FixedClock,
    keyring: Keyring,
) -> House:
    return House(
        tx, guardians, students, conversations, await family(tx, students, guardians), clock, keyring
    )


async def test_staff_approve_a_typed_claim_with_a_reason_and_once(house: House) -> None:
    tx, guardians = house.tx, house.guardians
    mine = await account(tx, house.conversations)
    await guardians.apply_evidence(tx, Evidence(Means.TYPED, mine, MOTHERS_CARD, childs_card()))
    (case,) = await guardians.cases.list_open(tx)
    assert (case.kind, case.student_id, case.identity) == (CaseKind.CLAIM, house.home.an, MOTHERS_CARD)
    assert await guardians.cases.find_by_code(tx, case.code.lower()) == case
    place = await guardians.cases.obvious_place(tx, case)
    with pytest.raises(ReasonNeededError):
        await guardians.cases.approve(tx, case.id, place, STAFF, " ok ")
    with pytest.raises(PlaceNeededError):
        await guardians.cases.approve(tx, case.id, None, STAFF, WHY)
    decided = await guardians.cases.approve(tx, case.id, place, STAFF, WHY)
    assert {child.level for child in decided.children} == {Level.VERIFIED}
    with pytest.raises(CaseDecidedError):
        await guardians.cases.refuse(tx, case.id, STAFF, WHY)
    (tie,) = [t for t in await guardians.guardians_of(tx, house.home.an) if t.id == place]
    (step,) = await guardians.ledger.steps_of(tx, tie.id)
    assert (step.by.actor, step.by.reason) == (STAFF, WHY)


async def test_a_case_is_approved_beside_its_own_pupil_alone(house: House) -> None:
    tx, guardians = house.tx, house.guardians
    typed = Evidence(Means.TYPED, await account(tx, house.conversations), MOTHERS_CARD, childs_card())
    await guardians.apply_evidence(tx, typed)
    (case,) = await guardians.cases.list_open(tx)
    assert case.student_id == house.home.an
    (elsewhere,) = await guardians.guardians_of(tx, house.home.binh)
    with pytest.raises(PlaceNeededError):
        await guardians.cases.approve(tx, case.id, elsewhere.id, STAFF, WHY)
    assert await guardians.children_of(tx, typed.account_id) == ()
    assert len(await guardians.cases.list_open(tx)) == 1


async def test_a_refused_claim_opens_nothing(house: House) -> None:
    mine = await account(house.tx, house.conversations)
    await house.guardians.apply_evidence(house.tx, scan(mine, replace(MOTHERS_CARD, full_name="Vũ Lạ")))
    (case,) = await house.guardians.cases.list_open(house.tx)
    await house.guardians.cases.refuse(house.tx, case.id, STAFF, "không đúng người")
    assert await house.guardians.cases.list_open(house.tx) == ()
    assert await house.guardians.children_of(house.tx, mine) == ()


async def test_one_chat_cannot_flood_the_office(house: House) -> None:
    mine = await account(house.tx, house.conversations)
    for n in range(5):
        stranger = Identity(CitizenId(f"09908400010{n}"), "Vũ Thị Lạ", date(1980, 1, 1))
        await house.guardians.apply_evidence(house.tx, scan(mine, stranger))
    assert len(await house.guardians.cases.list_open(house.tx)) == 3


async def test_somebody_else_in_the_mothers_place_is_two_claims_and_staff_settle_it(house: House) -> None:
    tx, guardians = house.tx, house.guardians
    first = await account(tx, house.conversations)
    await guardians.apply_evidence(tx, scan(first, MOTHERS_CARD, childs_card()))
    namesake = replace(MOTHERS_CARD, number=CitizenId("099184000999"))
    second = await account(tx, house.conversations, "chat-2")
    assert (
        await guardians.apply_evidence(tx, scan(second, namesake, childs_card()))
    ).outcome is ProofOutcome.FOR_STAFF
    (case,) = await guardians.cases.list_open(tx)
    assert case.kind is CaseKind.TWO_CLAIMS
    assert await guardians.cases.obvious_place(tx, case) is None
    await guardians.cases.approve(tx, case.id, None, STAFF, WHY)
    assert [c.student_id for c in await guardians.children_of(tx, second)] == [house.home.an]
    assert await guardians.children_of(tx, first) == ()


async def test_a_restricted_father_is_nobody_to_the_bot_and_a_warning_to_staff(house: House) -> None:
    tx, guardians = house.tx, house.guardians
    his = await linked(tx, guardians, house.conversations, house.home.father)
    assert await guardians.children_of(tx, his)
    with pytest.raises(BadRestrictionError):
        await guardians.restrictions.add(tx, _barred(house, reason=""), STAFF)
    barred = await guardians.restrictions.add(tx, _barred(house), STAFF)
    assert await guardians.children_of(tx, his) == ()
    assert await chats_told(tx, guardians, house.home.an) == ()
    told = await guardians.apply_evidence(tx, scan(his, FATHERS_CARD, childs_card()))
    assert told.outcome is ProofOutcome.FOR_STAFF
    assert [case.kind for case in await guardians.cases.list_open(tx)] == [CaseKind.RESTRICTED]
    await guardians.restrictions.lift(tx, barred, STAFF, "toà đã đổi quyết định")
    assert await guardians.children_of(tx, his)


async def test_a_restriction_by_number_means_the_linked_father_however_his_name_was_typed(
    house: House,
) -> None:
    tx, guardians = house.tx, house.guardians
    his = await linked(tx, guardians, house.conversations, house.home.father)
    proven = await guardians.apply_evidence(tx, scan(his, FATHERS_CARD))
    assert proven.outcome is ProofOutcome.PROVEN
    assert FATHERS_CARD.number
    person = Person("Nguyễn Quang Hợp", FATHERS_CARD.number)
    await guardians.restrictions.add(
        tx, NewRestriction(house.home.an, RestrictionKind.SEE, person, "bản án mẫu số 2"), STAFF
    )
    assert await guardians.children_of(tx, his) == ()
    assert await chats_told(tx, guardians, house.home.an) == ()


async def test_who_may_not_pick_up_may_still_see(house: House) -> None:
    his = await linked(house.tx, house.guardians, house.conversations, house.home.father)
    await house.guardians.restrictions.add(house.tx, _barred(house, RestrictionKind.PICK_UP), STAFF)
    assert await house.guardians.children_of(house.tx, his)
    assert len(await house.guardians.restrictions.list_for(house.tx, (house.home.an,))) == 1


def _barred(
    house: House, kind: RestrictionKind = RestrictionKind.SEE, reason: str = "bản án mẫu số 1"
) -> NewRestriction:
    return NewRestriction(house.home.an, kind, Person("Trần Văn Nam"), reason)


async def test_the_better_proven_account_lets_a_stranger_go_at_once(house: House) -> None:
    tx, guardians = house.tx, house.guardians
    mine = await linked(
        tx, guardians, house.conversations, house.home.mother, strength=CodeStrength.HANDED_OVER
    )
    theirs = await linked(tx, guardians, house.conversations, house.home.mother, chat="chat-2")
    weak = await guardians.cases.contest(tx, theirs)
    assert (weak.others, weak.let_go) == (1, 0)
    assert {c.level for c in await guardians.children_of(tx, mine)} == {Level.VERIFIED}
    strong = await guardians.cases.contest(tx, mine)
    assert (strong.others, strong.let_go) == (1, 1)
    assert await guardians.children_of(tx, theirs) == ()


async def test_a_found_code_cannot_shut_out_a_proven_mother_who_also_has_a_weaker_chat(house: House) -> None:
    tx, guardians, mother = house.tx, house.guardians, house.home.mother
    proven = await linked(tx, guardians, house.conversations, mother, strength=CodeStrength.HANDED_OVER)
    weaker = await linked(tx, guardians, house.conversations, mother, chat="chat-2")
    strange = await linked(tx, guardians, house.conversations, mother, chat="chat-3")
    told = await guardians.cases.contest(tx, strange)
    assert (told.others, told.let_go) == (2, 0)
    assert {c.level for c in await guardians.children_of(tx, proven)} == {Level.VERIFIED}
    assert await guardians.children_of(tx, weaker)


async def test_between_equals_everything_stands_still_until_staff_settle_it(house: House) -> None:
    tx, guardians = house.tx, house.guardians
    mine = await linked(tx, guardians, house.conversations, house.home.mother)
    theirs = await linked(tx, guardians, house.conversations, house.home.mother, chat="chat-2")
    await guardians.cases.contest(tx, mine)
    assert (await house.states())["mother"] is GuardianshipState.DISPUTED
    assert await guardians.children_of(tx, mine) == await guardians.children_of(tx, theirs) == ()
    (case,) = await guardians.cases.list_open(tx)
    await guardians.cases.approve(tx, case.id, None, STAFF, WHY)
    assert await guardians.children_of(tx, mine)
    assert await guardians.children_of(tx, theirs) == ()


async def test_a_grandmother_learns_of_arrivals_and_no_more(house: House) -> None:
    tx, guardians = house.tx, house.guardians
    placed = await guardians.record_all(
        tx, (NewGuardian(house.home.an, Relation.GRANDPARENT, "Phạm Thị Bà"),)
    )
    hers = await linked(
        tx,
        guardians,
        house.conversations,
        placed.placed[0].guardian_id,
        strength=CodeStrength.HANDED_OVER,
    )
    (child,) = await guardians.children_of(tx, hers)
    assert child.level is Level.CLAIMED


async def test_on_the_eighteenth_birthday_rights_end_and_the_young_adult_decides(house: House) -> None:
    tx, guardians, clock = house.tx, house.guardians, house.clock
    (grown,) = await house.students.record_all(
        tx, (NewStudent("12A", "Trần Thị Lớn", date(2008, 11, 22), "female", None),)
    )
    pupil = grown.student_id
    placed = await guardians.record_all(tx, (NewGuardian(pupil, Relation.MOTHER, "Lê Thị Mẹ"),))
    hers = await linked(tx, guardians, house.conversations, placed.placed[0].guardian_id)
    assert await guardians.children_of(tx, hers)
    clock.advance(timedelta(days=1))  # 22 November, school time
    assert await guardians.children_of(tx, hers) == ()  # at once, before any job
    assert dict(await house.lapses.once(tx)) == {"came_of_age": 1}
    assert dict(await house.lapses.once(tx)) == {}
    told = (await tx.session.execute(text("SELECT count(*) FROM notifications"))).scalar()
    assert told == 1
    (tie,) = await guardians.guardians_of(tx, pupil)
    assert tie.state is GuardianshipState.EXPIRED
    code = await guardians.issue_link_code(tx, tie.guardian.id, CodeStrength.HANDED_OVER)
    await guardians.link(tx, hers, code.value)
    assert await guardians.children_of(tx, hers) == ()  # nobody but the young adult opens it again
    (tie,) = await guardians.guardians_of(tx, pupil)
    await adult_agrees(guardians, tx, tie, STAFF, "em đồng ý, đã gặp tại văn phòng")
    assert await guardians.children_of(tx, hers)
    assert dict(await house.lapses.once(tx)) == {}


async def test_whoever_must_not_see_the_pupil_is_not_told_of_the_birthday(house: House) -> None:
    tx, guardians = house.tx, house.guardians
    (grown,) = await house.students.record_all(
        tx, (NewStudent("12A", "Trần Thị Lớn", date(2008, 11, 22), "female", None),)
    )
    parents = (
        NewGuardian(grown.student_id, Relation.MOTHER, "Lê Thị Mẹ"),
        NewGuardian(grown.student_id, Relation.FATHER, "Trần Văn Cha"),
    )
    for chat, one in zip(("hers", "his"), (await guardians.record_all(tx, parents)).placed, strict=True):
        await linked(tx, guardians, house.conversations, one.guardian_id, chat=chat)
    him = Person("Trần Văn Cha")
    barred = NewRestriction(grown.student_id, RestrictionKind.SEE, him, "quyết định của toà án")
    await guardians.restrictions.add(tx, barred, STAFF)
    house.clock.advance(timedelta(days=1))
    assert dict(await house.lapses.once(tx)) == {"came_of_age": 2}
    told = await Notifications(house.keyring, house.clock).list_recent(tx)
    assert [one.recipient.address for one in told] == ["hers"]


async def test_a_pupil_who_leaves_takes_the_rights_along_and_a_roll_brings_it_back(house: House) -> None:
    tx, guardians = house.tx, house.guardians
    mine = await linked(tx, guardians, house.conversations, house.home.mother)
    await house.students.leave(tx, house.home.binh, date(2026, 11, 20))
    assert [c.student_id for c in await guardians.children_of(tx, mine)] == [house.home.an]
    assert dict(await house.lapses.once(tx)) == {"left_school": 1}
    assert house.home.binh not in {one.id for one in await house.students.list_students(tx)}


async def test_what_was_given_until_a_day_ends_after_it(house: House) -> None:
    tx, guardians = house.tx, house.guardians
    mine = await linked(tx, guardians, house.conversations, house.home.father)
    (tie,) = [t for t in await guardians.guardians_of(tx, house.home.an) if t.relation == "father"]
    await repository.set_terms(tx, tie.id, house.clock.now(), valid_until=date(2026, 11, 21))
    assert await guardians.children_of(tx, mine)
    house.clock.advance(timedelta(days=1))
    assert await guardians.children_of(tx, mine) == ()
    assert dict(await house.lapses.once(tx)) == {"ran_out": 1}


@pytest.mark.parametrize(
    "attack", ["UPDATE guardianship_steps SET actor = 'x'", "DELETE FROM guardianship_steps"]
)
async def test_the_database_itself_refuses_to_rewrite_a_step(house: House, attack: str) -> None:
    await linked(house.tx, house.guardians, house.conversations, house.home.mother)
    with pytest.raises(DBAPIError, match="append-only"):
        async with house.tx.session.begin_nested():
            await house.tx.session.execute(text(attack))
