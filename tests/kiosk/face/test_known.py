"""Enrolled faces: they travel without loss, name whom they were taken of, nobody else, and nobody once withdrawn."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np

from core.contracts.checkin import CheckInMode, ChipVerdict, FaceOutcome, IdentifiedBy
from core.contracts.citizen_id import CitizenId
from core.contracts.faces import FaceTemplates
from core.contracts.roster import Roster, RosterPupil, fingerprint
from kiosk.devices import Present
from kiosk.face.check import LiveFaceCheck
from kiosk.face.embed import Template, compare, unit
from kiosk.face.known import KnownFaces, coded, decoded
from kiosk.face.match import ThresholdTable, Use
from kiosk.face.models import ModelStore, default_models
from kiosk.session.values import FACE_NOT_DONE, FaceReport, Subject
from kiosk.uplink.roster import KnownRoster
from tests.kiosk.face.puppets import Stage, obliging
from tests.kiosk.face.render import Head
from tests.kiosk.face.trials import portrait_of

AN, KHOI = CitizenId("001315012345"), CitizenId("031215067890")
AN_ID, KHOI_ID = UUID(int=1), UUID(int=2)
SALT = "c2FsdA=="
MODEL = "sface-2021dec"


def templates(seed: int, many: int = 3, model: str = MODEL) -> list[Template]:
    chance = np.random.default_rng(seed)
    one = chance.normal(size=128)
    return [
        Template(model, unit((one + 0.1 * chance.normal(size=128)).astype(np.float32))) for _ in range(many)
    ]


def roster(faces: dict[UUID, FaceTemplates | None]) -> KnownRoster:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    numbers = {AN_ID: AN, KHOI_ID: KHOI}
    pupils = tuple(
        RosterPupil(student_id=one, key=fingerprint(SALT, numbers[one].value), faces=faces.get(one))
        for one in numbers
    )
    return KnownRoster(Roster(issued_at=now, valid_until=now + timedelta(hours=20), salt=SALT, pupils=pupils))


def by_card(
    number: CitizenId, portrait: bytes | None = None, chip: ChipVerdict = ChipVerdict.ISSUER_UNKNOWN
) -> Subject:
    return Subject(number, IdentifiedBy.CHIP, chip, portrait=portrait)


NOBODY = Subject(None, IdentifiedBy.FACE)


def test_sixteen_bits_lose_nothing_that_matters() -> None:
    before = templates(1)
    after = decoded(coded(before))
    assert all(compare(one, other) > 0.9999 for one, other in zip(before, after, strict=True))


def test_a_card_names_its_own_enrolled_face_and_a_search_finds_it() -> None:
    known = KnownFaces(roster({AN_ID: coded(templates(1)), KHOI_ID: coded(templates(2))}), MODEL)
    reference = known.reference(by_card(AN))
    assert reference is not None
    assert compare(reference, templates(1)[0]) > 0.9
    found = known.gallery.search(templates(2)[0], ThresholdTable.shipped(), Use.DAILY_GATE)
    assert (found.accepted, found.best and UUID(found.best.person)) == (True, KHOI_ID)


def test_twins_stand_too_near_to_be_told_apart() -> None:
    known = KnownFaces(roster({AN_ID: coded(templates(1)), KHOI_ID: coded(templates(1))}), MODEL)
    found = known.gallery.search(templates(1)[0], ThresholdTable.shipped(), Use.DAILY_GATE)
    assert (found.accepted, found.reason) == (False, "two_alike")


def test_templates_of_another_model_and_pupils_without_any_are_passed_over() -> None:
    known = KnownFaces(roster({AN_ID: coded(templates(1, model="older")), KHOI_ID: None}), MODEL)
    assert known.gallery.size == 0
    assert known.reference(by_card(AN)) is None


PUPIL, STRANGER = "img20.jpg", "img12.jpg"
Heads = Callable[[str], Head]


async def checked(
    head: Head,
    subject: Subject,
    known: KnownRoster | None,
    *,
    enrols: bool = False,
    only_proved: bool = False,
) -> FaceReport:
    stage = Stage(obliging(head))
    faces = LiveFaceCheck(
        stage,
        ModelStore(default_models()),
        lambda: Use.DAILY_GATE,
        chance=random.Random(3),
        enrols=lambda: enrols,
        only_proved=lambda: only_proved,
    )
    faces.know(known)
    try:
        return await faces.check(subject, stage.hear)
    finally:
        faces.close()


async def test_who_was_enrolled_at_the_kiosk_is_known_by_the_face_alone_and_a_stranger_is_not(
    heads: Heads,
) -> None:
    pupil = heads(PUPIL)
    wrongly = roster({AN_ID: coded(templates(1))})
    enrolled = await checked(pupil, by_card(AN, portrait_of(pupil.picture)), wrongly, enrols=True)
    assert (enrolled.outcome, enrolled.liveness_passed) == (FaceOutcome.MATCH, True)
    assert enrolled.templates is not None
    known = roster({AN_ID: enrolled.templates})
    found = await checked(pupil, NOBODY, known)
    assert (found.outcome, found.student_id, found.templates) == (FaceOutcome.MATCH, AN_ID, None)
    stranger = await checked(heads(STRANGER), NOBODY, known)
    assert (stranger.outcome, stranger.student_id) == (FaceOutcome.UNSURE, None)
    no_portrait = await checked(pupil, by_card(AN), known)
    assert no_portrait.outcome is FaceOutcome.MATCH
    forged = by_card(AN, portrait_of(heads(STRANGER).picture))
    assert (await checked(heads(STRANGER), forged, known)).outcome is FaceOutcome.MISMATCH


async def test_where_only_proved_cards_count_the_portrait_of_another_is_not_looked_at(heads: Heads) -> None:
    card = by_card(AN, portrait_of(heads(PUPIL).picture))
    assert await checked(heads(PUPIL), card, None, only_proved=True) == FACE_NOT_DONE


def test_only_at_an_exam_and_only_where_it_is_set_must_a_card_be_proved() -> None:
    for mode in CheckInMode:
        asked = [
            Present(mode=lambda mode=mode: mode, exam_needs_issuer=set_so).only_proved()
            for set_so in (False, True)
        ]
        assert asked == [False, mode is CheckInMode.EXAM]


async def test_outside_enrolment_and_without_a_roster_nothing_is_kept_and_nobody_is_found(
    heads: Heads,
) -> None:
    pupil = heads(PUPIL)
    proved = by_card(AN, portrait_of(pupil.picture), ChipVerdict.GENUINE)
    report = await checked(pupil, proved, None, only_proved=True)
    assert (report.outcome, report.templates) == (FaceOutcome.MATCH, None)
    assert await checked(pupil, NOBODY, None) == FACE_NOT_DONE
