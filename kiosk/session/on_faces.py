"""The face check: hints, its end, its failure. Pure."""

from __future__ import annotations

from dataclasses import replace

from core.contracts.checkin import CheckInMode, FaceOutcome
from kiosk.session.events import FaceFailed, FaceHint, FaceJudged
from kiosk.session.moves import Step, ask_code, look, submit, tell, unseen
from kiosk.session.places import Looking, Reading, Session
from kiosk.session.values import FaceReport, Rules, VerdictKind


def face_hint(session: Session, event: FaceHint, _at: float, _rules: Rules) -> Step:
    """The check asks the person for something."""
    if isinstance(session.place, Reading | Looking):
        return replace(session, place=replace(session.place, hint=event.hint)), ()
    return session, ()


def face_judged(session: Session, event: FaceJudged, at: float, rules: Rules) -> Step:
    """The check came to an end: once more, or on."""
    place = session.place
    if not isinstance(place, Looking):
        return session, ()
    face = event.face
    if not _settled(face) and place.attempt < rules.face_attempts:
        return look(session, place.subject, at, rules, face)
    if place.subject.nobody_yet:
        if face.student_id is None:
            # Nobody stands clear in the school's list (a stranger, twins): nothing was claimed, nothing is reported.
            return tell(session, VerdictKind.NEEDS_STAFF, "face_unknown", at, rules)
        return submit(session, replace(place.subject, student_id=face.student_id), face, at, rules)
    if session.job.mode is CheckInMode.GUARDIAN:
        return ask_code(session, place.subject, face, at, rules)
    return submit(session, place.subject, face, at, rules)


def _settled(face: FaceReport) -> bool:
    """Whether another try would be pointless."""
    if face.outcome is FaceOutcome.NOT_DONE:
        return True
    return face.outcome is FaceOutcome.MATCH and face.liveness_passed is not False


def face_failed(session: Session, event: FaceFailed, at: float, rules: Rules) -> Step:
    """The camera gives nothing that could be looked at; after a try that failed that one counts."""
    place = session.place
    if not isinstance(place, Looking):
        return session, ()
    return unseen(session, place, event.code, at, rules)
