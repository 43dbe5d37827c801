"""Decisions: exhaustive over every combination of facts."""

from __future__ import annotations

import dataclasses
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.checkins.domain import Facts, Reason, decide, punctuality_of_day
from core.contracts.checkin import (
    CheckInMode,
    ChipVerdict,
    Decision,
    FaceOutcome,
    IdentifiedBy,
    Punctuality,
)
from core.exams.domain import AdmissionVerdict
from core.schools.domain import DayTimes
from core.values.clock import SCHOOL_TIME

FACTS = st.builds(
    Facts,
    mode=st.sampled_from(CheckInMode),
    identified_by=st.sampled_from(IdentifiedBy),
    chip=st.sampled_from(ChipVerdict),
    face=st.sampled_from(FaceOutcome),
    liveness_passed=st.sampled_from([None, True, False]),
    known=st.booleans(),
    admission=st.sampled_from([None, *AdmissionVerdict]),
    here_already=st.booleans(),
)
GOOD = Facts(
    CheckInMode.ATTENDANCE, IdentifiedBy.CHIP, ChipVerdict.GENUINE, FaceOutcome.MATCH, True, known=True
)


@given(FACTS)
def test_only_a_known_person_with_nothing_against_it_is_accepted(facts: Facts) -> None:
    if decide(facts).decision is Decision.ACCEPTED:
        assert facts.known
        assert facts.chip is not ChipVerdict.ALTERED
        assert facts.face in {FaceOutcome.MATCH, FaceOutcome.NOT_DONE}
        assert facts.liveness_passed is not False


@given(FACTS)
def test_an_exam_admits_only_candidates_with_a_card_and_a_face(facts: Facts) -> None:
    if facts.mode is CheckInMode.EXAM and decide(facts).decision is Decision.ACCEPTED:
        assert facts.admission in {AdmissionVerdict.ADMITTED, AdmissionVerdict.ADMITTED_LATE}
        assert facts.face is FaceOutcome.MATCH
        assert facts.identified_by is not IdentifiedBy.FACE


@given(FACTS)
def test_a_machine_refuses_only_an_altered_chip_and_who_is_on_no_list(facts: Facts) -> None:
    verdict = decide(facts)
    if verdict.decision is Decision.REFUSED:
        assert verdict.reason in {Reason.CARD_ALTERED, Reason.NOT_A_CANDIDATE}


@given(FACTS)
def test_a_better_face_never_makes_things_worse(facts: Facts) -> None:
    order = [Decision.REFUSED, Decision.NEEDS_STAFF, Decision.ACCEPTED]
    better = dataclasses.replace(facts, face=FaceOutcome.MATCH, liveness_passed=True)
    assert order.index(decide(better).decision) >= order.index(decide(facts).decision)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, Reason.OK),
        ({"here_already": True}, Reason.ALREADY_CHECKED_IN),
        ({"chip": ChipVerdict.ISSUER_UNKNOWN}, Reason.OK),
        ({"face": FaceOutcome.NOT_DONE, "liveness_passed": None}, Reason.OK),
        ({"chip": ChipVerdict.ALTERED}, Reason.CARD_ALTERED),
        ({"known": False}, Reason.UNKNOWN_PERSON),
        ({"liveness_passed": False}, Reason.LIVENESS_FAILED),
        ({"face": FaceOutcome.MISMATCH}, Reason.FACE_MISMATCH),
        ({"face": FaceOutcome.UNSURE}, Reason.FACE_UNSURE),
        ({"identified_by": IdentifiedBy.QR, "face": FaceOutcome.NOT_DONE}, Reason.FACE_NEEDED),
        ({"identified_by": IdentifiedBy.QR, "chip": ChipVerdict.NOT_READ}, Reason.OK),
        ({"mode": CheckInMode.EXAM}, Reason.NO_EXAM_SESSION),
        ({"mode": CheckInMode.EXAM, "admission": AdmissionVerdict.TOO_LATE}, Reason.EXAM_TOO_LATE),
        ({"mode": CheckInMode.EXAM, "admission": AdmissionVerdict.TOO_EARLY}, Reason.EXAM_TOO_EARLY),
        ({"mode": CheckInMode.EXAM, "admission": AdmissionVerdict.ADMITTED}, Reason.OK),
    ],
)
def test_each_reason_has_its_case(change: dict[str, object], reason: Reason) -> None:
    assert decide(dataclasses.replace(GOOD, **change)).reason is reason  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("clock", "here", "expected"),
    [
        ("05:59", False, Punctuality.EARLY),
        ("06:00", False, Punctuality.ON_TIME),
        ("07:15", False, Punctuality.ON_TIME),
        ("07:16", False, Punctuality.LATE),
        ("07:16", True, Punctuality.NOT_APPLICABLE),
    ],
)
def test_punctuality_follows_the_times_of_the_school(clock: str, here: bool, expected: Punctuality) -> None:
    at = datetime.fromisoformat(f"2026-11-23T{clock}:00").replace(tzinfo=SCHOOL_TIME)
    assert punctuality_of_day(DayTimes(), at, here_already=here) is expected
