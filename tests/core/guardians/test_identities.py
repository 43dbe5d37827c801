"""Who may be meant by a number: found with others beside them, and locked without them."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import text

from core.contracts.citizen_id import CitizenId
from core.db.transaction import Database, Tx
from core.guardians.domain import NewGuardian, Relation
from core.guardians.identify import Candidate
from core.guardians.identities import repository
from core.guardians.service import Guardians
from core.students.service import Students
from core.values.ids import ChatAccountId, SchoolId, StudentId
from core.vault.keyring import Keyring
from tests.core.guardians.conftest import AN, BINH
from tests.core.guardians.family import FATHERS_CARD, MOTHERS_CARD

MOTHERS, FATHERS = MOTHERS_CARD.number, FATHERS_CARD.number
NOBODYS = CitizenId("099179999999")


async def test_whatever_number_is_asked_for_as_many_are_compared(
    tx: Tx, students: Students, guardians: Guardians, keyring: Keyring
) -> None:
    await _two_families(tx, students, guardians)
    (mother,), others = await _found(tx, keyring, MOTHERS)
    nobody, all_others = await _found(tx, keyring, NOBODYS)
    assert (mother.number, [one.number for one in others], nobody) == (MOTHERS, [FATHERS], ())
    assert {one.number for one in all_others} == {MOTHERS, FATHERS}


async def test_two_who_are_proven_at_once_do_not_wait_for_each_other(
    database: Database, school_id: SchoolId, students: Students, guardians: Guardians, keyring: Keyring
) -> None:
    async with database.transaction(school_id) as tx:
        await _two_families(tx, students, guardians)
    async with database.transaction(school_id) as first, database.transaction(school_id) as second:
        await second.session.execute(text("SET LOCAL lock_timeout = '1s'"))
        (mother,), beside = await _found(first, keyring, MOTHERS, lock=True)
        (father,), _ = await _found(second, keyring, FATHERS, lock=True)
    assert (mother.number, father.number, beside) == (MOTHERS, FATHERS, ())


async def _two_families(tx: Tx, students: Students, guardians: Guardians) -> None:
    an, binh = [one.student_id for one in await students.record_all(tx, (AN, BINH))]
    mother = NewGuardian(an, Relation.MOTHER, "Lê Thị Hoa", citizen_id=MOTHERS)
    await guardians.record_all(
        tx, (mother, NewGuardian(binh, Relation.FATHER, "Trần Văn Nam", citizen_id=FATHERS))
    )


async def _found(
    tx: Tx, keyring: Keyring, number: CitizenId, *, lock: bool = False
) -> tuple[tuple[Candidate, ...], tuple[Candidate, ...]]:
    keys = keyring.for_school(tx.school_id)
    index = keys.blind_index(number.value, repository.CITIZEN_ID)
    chat, pupil = ChatAccountId(uuid4()), StudentId(uuid4())
    return await repository.list_candidates(
        tx, keys, number=index, account_id=chat, student_id=pupil, lock=lock
    )
