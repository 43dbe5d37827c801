"""Buttons, typed codes, the clock, and staff. Pure."""

from __future__ import annotations

from dataclasses import replace

from core.contracts.checkin import CheckInMode, ChipVerdict, IdentifiedBy
from core.contracts.commands import StaffAnswer
from kiosk.session.events import CodeTyped, JobSet, LockSet, Pressed, StaffAnswered, TimePassed
from kiosk.session.moves import (
    CARD_ONLY,
    Step,
    begin,
    deadline,
    give_up,
    leave,
    look,
    stop,
    submit,
    tell,
    unhurried,
    unseen,
)
from kiosk.session.places import (
    Help,
    Idle,
    Locked,
    Looking,
    NeedCard,
    NeedChatCode,
    Place,
    Reading,
    Sending,
    Session,
    Trouble,
    Verdict,
)
from kiosk.session.values import Button, Rules, Subject, VerdictKind


def pressed(session: Session, event: Pressed, at: float, rules: Rules) -> Step:
    """A button on the screen."""
    place = session.place
    if isinstance(place, Locked | Sending):
        return session, ()
    if event.button is Button.CANCEL:
        return (session, ()) if isinstance(place, Idle) else leave(session, at, rules)
    if event.button is Button.FACE:
        return _by_face(session, at, rules)
    if event.button in {Button.HELP, Button.NO_CARD}:
        until = at + unhurried(session, rules.help, rules)
        return replace(session, place=Help(until, event.button.value)), give_up(session)
    return _retry(session, place, at, rules)


def _by_face(session: Session, at: float, rules: Rules) -> Step:
    """No card today: the face alone, where the school allows it and only to come to school."""
    allowed = rules.face_alone and session.next_job.mode is CheckInMode.ATTENDANCE
    if not allowed or not isinstance(session.place, Idle | Help):
        return session, ()
    session = replace(session, visit=session.visit + 1, job=session.next_job)
    return look(session, Subject(None, IdentifiedBy.FACE, ChipVerdict.NOT_READ), at, rules)


def _retry(session: Session, place: Place, at: float, rules: Rules) -> Step:
    if not isinstance(place, Trouble) or not place.retry:
        return session, ()
    if place.subject is not None:
        return look(replace(session, visit=session.visit + 1), place.subject, at, rules)
    if place.tap is not None:
        after, effects = begin(session, place.tap, place.number, at, rules)
        return replace(after, waiting=session.waiting), effects
    return leave(session, at, rules)


def code_typed(session: Session, event: CodeTyped, at: float, rules: Rules) -> Step:
    """The one-time code of the chat was typed."""
    place = session.place
    if not isinstance(place, NeedChatCode):
        return session, ()
    return submit(session, place.subject, place.face, at, rules, event.code)


def time_passed(session: Session, event: TimePassed, at: float, rules: Rules) -> Step:
    """A deadline has come: of a name on the screen, or of the place."""
    due = deadline(session)
    if due is None or at < due:
        return session, ()
    place = session.place
    if isinstance(place, Verdict) and place.name is not None and at >= place.name_until:
        session = replace(session, place=replace(place, name=None))
        return time_passed(session, event, at, rules)
    return _expire(session, place, at, rules)


_TOO_LONG: dict[type[Place], str] = {
    Reading: "kiosk.reading_too_long",
    Looking: "kiosk.nobody_looked",
    Sending: "kiosk.no_word_from_spool",
}


def _expire(session: Session, place: Place, at: float, rules: Rules) -> Step:
    """The deadline of the place itself has come."""
    if isinstance(place, NeedCard) and rules.code_alone and session.job.mode not in CARD_ONLY:
        return look(session, Subject(place.number, IdentifiedBy.QR), at, rules)
    code = _TOO_LONG.get(type(place))
    if code is None:
        return leave(session, at, rules)
    if isinstance(place, Looking):
        return unseen(session, place, code, at, rules)
    until = at + unhurried(session, rules.trouble, rules)
    trouble = Trouble(until, code, retry=not isinstance(place, Sending))
    return replace(session, place=trouble), stop(session)


def job_set(session: Session, event: JobSet, _at: float, _rules: Rules) -> Step:
    """Staff chose what the kiosk is used for."""
    now = event.job if isinstance(session.place, Idle | Locked) else session.job
    return replace(session, job=now, next_job=event.job), ()


def lock_set(session: Session, event: LockSet, _at: float, _rules: Rules) -> Step:
    """Staff closed the kiosk, or opened it."""
    if event.reason is not None:
        place: Place = Locked(event.reason)
    elif isinstance(session.place, Locked):
        place = Idle()
    else:
        return session, ()
    return replace(session, visit=session.visit + 1, place=place, waiting=None), stop(session)


_STAFF_SAYS = {
    StaffAnswer.APPROVED: (VerdictKind.ACCEPTED, "staff_approved"),
    StaffAnswer.REFUSED: (VerdictKind.REFUSED, "staff_refused"),
    StaffAnswer.COMING: (VerdictKind.NEEDS_STAFF, "staff_coming"),
}


def staff_answered(session: Session, event: StaffAnswered, at: float, rules: Rules) -> Step:
    """Staff answered the alert of this visit."""
    place = session.place
    if not isinstance(place, Verdict) or place.kind is not VerdictKind.NEEDS_STAFF:
        return session, ()
    kind, reason = _STAFF_SAYS[event.answer]
    return tell(session, kind, reason, at, rules)
