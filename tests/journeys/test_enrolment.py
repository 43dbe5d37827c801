"""A face is enrolled at the emulated kiosk with the family's consent, known without a card, withdrawn, and gone."""

from __future__ import annotations

from datetime import timedelta

from core.consents.domain import NewConsent, Purpose
from core.contracts.checkin import CheckInMode
from core.sample.people import pupils
from core.sample.school import SCHOOL_ID
from core.values.clock import school_date
from core.values.ids import GuardianId, StudentId
from kiosk.session.events import Pressed
from kiosk.session.places import Idle
from kiosk.session.values import Button, VerdictKind
from tests.journeys import test_driven_gate
from tests.journeys.test_driven_gate import School
from tests.kiosk.support.waiting import eventually

school = test_driven_gate.school


async def _pupil(school: School) -> tuple[StudentId, GuardianId]:
    async with school.core.database.transaction(SCHOOL_ID) as tx:
        student_id = await school.core.students.by_citizen_id(tx, pupils()[0].citizen_id)
        assert student_id is not None
        guardians = await school.core.guardians.guardians_of(tx, student_id)
        return student_id, guardians[0].guardian.id


async def _family_says(school: School, *, given: bool) -> None:
    student_id, guardian_id = await _pupil(school)
    async with school.core.database.transaction(SCHOOL_ID) as tx:
        said = NewConsent(
            student_id,
            Purpose.FACE_ENROLMENT,
            given,
            f"guardian:{guardian_id}",
            guardian_id,
            child_agreed=True,
        )
        await school.core.consents.record(tx, said)


async def _roster(school: School) -> None:
    """The kiosk fetches what the core has now, as it does by itself every ten minutes."""
    client = school.kiosk._client
    assert client is not None
    assert await school.kiosk.roster.refresh(client)


async def _comes_without_a_card(school: School) -> None:
    await _back(school)
    assert school.kiosk.runner is not None
    school.kiosk.runner.post(Pressed(school.kiosk.runner.session.visit, Button.FACE))


async def _back(school: School) -> None:
    assert school.kiosk.runner is not None
    school.kiosk.runner.post(Pressed(school.kiosk.runner.session.visit, Button.CANCEL))
    await eventually(lambda: isinstance(school.place, Idle))


async def _says(school: School, words: str) -> None:
    await school.staff.say(words)
    await school.staff.reply("gate.done")


async def test_a_face_is_enrolled_with_consent_known_without_a_card_withdrawn_and_gone(
    school: School,
) -> None:
    await _says(school, "mở ghi danh")
    assert school.kiosk.mode is CheckInMode.ENROLMENT
    school.tap()
    await school.shows(VerdictKind.NEEDS_STAFF, "enrolment_no_consent")
    await _family_says(school, given=True)
    await _back(school)
    school.tap()
    await school.shows(VerdictKind.ACCEPTED, "enrolment_enrolled")
    await _roster(school)

    await _says(school, "mở điểm danh")
    await _says(school, "cho vào bằng khuôn mặt")
    await _comes_without_a_card(school)
    await school.shows(VerdictKind.ACCEPTED, "ok")

    await _family_says(school, given=False)
    await _roster(school)
    await _comes_without_a_card(school)
    await school.shows(VerdictKind.NEEDS_STAFF, "face_unknown")
    async with school.core.database.transaction(SCHOOL_ID) as tx:
        assert await school.core.enrolments.sweep(tx) == 1


async def test_at_the_end_of_schooling_the_kiosk_knows_the_face_no_more(school: School) -> None:
    await _family_says(school, given=True)
    await _says(school, "mở ghi danh")
    school.tap()
    await school.shows(VerdictKind.ACCEPTED, "enrolment_enrolled")
    student_id, _ = await _pupil(school)
    yesterday = school_date(school.core.clock.now()) - timedelta(days=1)
    async with school.core.database.transaction(SCHOOL_ID) as tx:
        await school.core.students.leave(tx, student_id, yesterday)
    await _roster(school)
    assert school.kiosk.roster.current() is not None
    assert all(pupil.faces is None for pupil in school.kiosk.roster.current().roster.pupils)
    async with school.core.database.transaction(SCHOOL_ID) as tx:
        assert await school.core.enrolments.sweep(tx) == 1
