"""Consents: nothing is agreed to by silence, one refusal protects, a new version asks again, of age is of age."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.audit.service import Audit
from core.consents.domain import (
    TERMS,
    ChildMustAgreeError,
    Consent,
    NewConsent,
    Purpose,
    Standing,
    own_standing,
    standing,
)
from core.consents.service import AgreedFaces, Consents
from core.db.transaction import Database
from core.students.domain import NewStudent, StudentNotFoundError
from core.students.service import Students
from core.values.clock import FixedClock
from core.values.ids import GuardianId, SchoolId, StudentId, new_id
from core.vault.keyring import Keyring

MOTHER, FATHER = GuardianId(new_id()), GuardianId(new_id())
PUPIL, NOW = StudentId(new_id()), datetime(2026, 11, 21, tzinfo=UTC)
BORN, TODAY = date(2015, 1, 1), date(2026, 11, 21)


def said(given_: bool, by: GuardianId | None = MOTHER, **changes: object) -> Consent:
    base = {
        "id": new_id(),
        "student_id": PUPIL,
        "purpose": Purpose.FACE_ENROLMENT,
        "version": TERMS[Purpose.FACE_ENROLMENT].version,
        "given": given_,
        "child_agreed": False,
        "guardian_id": by,
        "actor": "x",
        "at": NOW,
    }
    return Consent(**(base | changes))  # type: ignore[arg-type]


FACE = Purpose.FACE_ENROLMENT


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], Standing.NOT_ASKED),
        ([said(True)], Standing.GIVEN),
        ([said(True), said(False)], Standing.WITHDRAWN),
        ([said(False), said(True)], Standing.GIVEN),
        ([said(True), said(False, FATHER)], Standing.WITHDRAWN),
        ([said(False, FATHER), said(True)], Standing.WITHDRAWN),
        ([said(False, FATHER), said(True), said(True, FATHER)], Standing.GIVEN),
        ([said(True, version=0)], Standing.OUTDATED),
        ([said(True, version=0), said(True, FATHER)], Standing.GIVEN),
        ([said(True, purpose=Purpose.PHOTOS)], Standing.NOT_ASKED),
    ],
)
def test_the_last_word_of_each_person_counts_and_a_refusal_outweighs(
    words: list[Consent], expected: Standing
) -> None:
    assert standing(words, FACE, BORN, TODAY) is expected


def test_what_guardians_said_ends_on_the_eighteenth_birthday() -> None:
    born = date(2008, 11, 22)
    assert standing([said(True)], FACE, born, date(2026, 11, 21)) is Standing.GIVEN
    assert standing([said(True)], FACE, born, date(2026, 11, 22)) is Standing.NOT_ASKED
    assert standing([said(True), said(True, None)], FACE, born, date(2026, 11, 22)) is Standing.GIVEN


def test_pictures_need_the_child_from_seven_years_on() -> None:
    photos = said(True, purpose=Purpose.PHOTOS)
    assert standing([photos], Purpose.PHOTOS, date(2020, 1, 1), TODAY) is Standing.GIVEN
    assert standing([photos], Purpose.PHOTOS, BORN, TODAY) is Standing.OUTDATED
    agreed = said(True, purpose=Purpose.PHOTOS, child_agreed=True)
    assert standing([agreed], Purpose.PHOTOS, BORN, TODAY) is Standing.GIVEN


TOLD = Purpose.ATTENDANCE_MESSAGES


@pytest.mark.parametrize(
    ("words", "mother", "father", "pupil"),
    [
        ([], Standing.NOT_ASKED, Standing.NOT_ASKED, Standing.NOT_ASKED),
        ([(True, MOTHER)], Standing.GIVEN, Standing.NOT_ASKED, Standing.GIVEN),
        ([(True, MOTHER), (False, FATHER)], Standing.GIVEN, Standing.WITHDRAWN, Standing.GIVEN),
        ([(True, None)], Standing.GIVEN, Standing.GIVEN, Standing.GIVEN),
        ([(True, None), (False, FATHER)], Standing.GIVEN, Standing.WITHDRAWN, Standing.GIVEN),
        ([(True, MOTHER), (False, None)], Standing.WITHDRAWN, Standing.WITHDRAWN, Standing.WITHDRAWN),
        ([(False, None), (True, MOTHER)], Standing.GIVEN, Standing.WITHDRAWN, Standing.GIVEN),
    ],
)
def test_each_guardian_decides_about_the_own_messages_and_paper_speaks_for_the_family(
    words: list[tuple[bool, GuardianId | None]], mother: Standing, father: Standing, pupil: Standing
) -> None:
    heard = [said(yes, by, purpose=TOLD) for yes, by in words]
    assert own_standing(heard, TOLD, MOTHER, (BORN, TODAY)) is mother
    assert own_standing(heard, TOLD, FATHER, (BORN, TODAY)) is father
    assert standing(heard, TOLD, BORN, TODAY) is pupil


def test_an_earlier_version_of_the_question_sends_no_message() -> None:
    old = [said(True, purpose=TOLD, version=TERMS[TOLD].version - 1)]
    assert own_standing(old, TOLD, MOTHER, (BORN, TODAY)) is Standing.OUTDATED


@given(st.lists(st.tuples(st.booleans(), st.sampled_from((MOTHER, FATHER, None)))))
def test_nobody_is_taken_to_agree_while_any_last_word_is_no(
    words: list[tuple[bool, GuardianId | None]],
) -> None:
    last = {by: yes for yes, by in words}
    found = standing([said(yes, by) for yes, by in words], FACE, BORN, TODAY)
    assert (found is Standing.GIVEN) == (bool(last) and all(last.values()))


@pytest.fixture
def consents(keyring: Keyring, clock: FixedClock) -> Consents:
    return Consents(clock, Students(keyring, clock), Audit(keyring, clock))


async def _pupil(consents: Consents, database: Database, school_id: SchoolId) -> StudentId:
    async with database.transaction(school_id) as tx:
        new = NewStudent("3A", "Lê Bảo An", BORN, "female")
        return (await consents.students.record(tx, new)).student_id


async def test_a_face_may_be_kept_only_while_it_is_agreed_to(
    consents: Consents, database: Database, school_id: SchoolId, clock: FixedClock
) -> None:
    pupil, faces = await _pupil(consents, database, school_id), AgreedFaces(consents)
    async with database.transaction(school_id) as tx:
        assert await faces.allowed(tx, (pupil,)) == frozenset()
        await consents.record(tx, NewConsent(pupil, FACE, True, "chat:x", MOTHER))
        assert await faces.allowed(tx, (pupil,)) == {pupil}
        clock.advance(timedelta(days=1))
        await consents.record(tx, NewConsent(pupil, FACE, False, "chat:x", MOTHER))
        assert await faces.allowed(tx, (pupil,)) == frozenset()
        assert [one.given for one in await consents.history(tx, pupil)] == [True, False]
        audited = await consents.audit.list_recent(tx)
        assert [one.action for one in audited] == ["consents.withdrawn", "consents.given"]


async def test_pictures_without_the_childs_word_are_refused(
    consents: Consents, database: Database, school_id: SchoolId
) -> None:
    pupil = await _pupil(consents, database, school_id)
    with pytest.raises(ChildMustAgreeError):
        async with database.transaction(school_id) as tx:
            await consents.record(tx, NewConsent(pupil, Purpose.PHOTOS, True, "staff:x"))
    with pytest.raises(StudentNotFoundError):
        async with database.transaction(school_id) as tx:
            await consents.record(tx, NewConsent(StudentId(new_id()), FACE, True, "staff:x"))
