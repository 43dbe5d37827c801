"""Visits at a kiosk that the tests of the session share."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

from core.contracts.checkin import (
    CheckInReceipt,
    ChipVerdict,
    Decision,
    FaceOutcome,
    IdentifiedBy,
    Punctuality,
)
from core.contracts.citizen_id import CitizenId
from kiosk.session.effects import Effect
from kiosk.session.events import (
    Answered,
    CardLaid,
    CardRead,
    Event,
    FaceJudged,
)
from kiosk.session.machine import step
from kiosk.session.places import Session
from kiosk.session.values import FaceReport, Rules, Subject

RULES = Rules()
GENEROUS = Rules(face_alone=True)
AN, KHOI = CitizenId("001315012345"), CitizenId("031215067890")
MATCH = FaceReport(FaceOutcome.MATCH, 0.7, liveness_passed=True)
MISMATCH = FaceReport(FaceOutcome.MISMATCH, 0.1, liveness_passed=True)


def subject(
    number: CitizenId = AN, chip: ChipVerdict = ChipVerdict.GENUINE, portrait: bytes | None = b"x"
) -> Subject:
    return Subject(number, IdentifiedBy.CHIP, chip, portrait)


def receipt(name: str | None = "An", decision: Decision = Decision.ACCEPTED) -> CheckInReceipt:
    return CheckInReceipt(
        report_id=uuid4(),
        decision=decision,
        reason="ok",
        punctuality=Punctuality.ON_TIME,
        display_name=name,
        recorded_at=datetime(2026, 11, 21, tzinfo=UTC),
    )


def walk(*events: tuple[float, Event], rules: Rules = RULES) -> tuple[Session, list[Effect]]:
    """The session after these events, and all that was to be done."""
    session, done = Session(), list[Effect]()
    for at, event in events:
        session, effects = step(session, event, at, rules)
        done += effects
    return session, done


GOOD_VISIT: tuple[tuple[float, Event], ...] = (
    (0.0, CardLaid(1, AN)),
    (0.5, CardRead(1, subject())),
    (1.0, FaceJudged(1, MATCH)),
    (1.2, Answered(1, receipt())),
)
NAMED = replace(MATCH, student_id=UUID(int=7))
