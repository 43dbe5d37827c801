"""`step`: one event takes the session to its next state and says what is to be done.

The rules that hold whatever happens (property tests walk them): every place but idle and locked has a
deadline, and its passing always leads on; an
event of an earlier visit changes nothing; a name leaves the screen after
`rules.name` seconds; a card that comes while somebody else's visit is not over waits for its turn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from core.contracts.checkin import ChipVerdict, FaceOutcome, IdentifiedBy, Punctuality
from core.contracts.citizen_id import CitizenId
from core.contracts.commands import StaffAnswer
from kiosk.session.effects import CheckFace, Effect, ReadCard, StopWork, Submit
from kiosk.session.events import (
    Answered,
    CardFailed,
    CardGone,
    CardLaid,
    CardRead,
    CodeSeen,
    Event,
    FaceFailed,
    FaceHint,
    FaceJudged,
    JobSet,
    LockSet,
    NotSent,
    PhaseReached,
    Pressed,
    Queued,
    StaffAnswered,
    TimePassed,
)
from kiosk.session.values import (
    FACE_NOT_DONE,
    KIND_OF,
    Button,
    FaceReport,
    Help,
    Idle,
    Locked,
    Looking,
    NeedCard,
    NeedCode,
    Place,
    Reading,
    Rules,
    Sending,
    Session,
    Subject,
    Trouble,
    Verdict,
    VerdictKind,
    Waiting,
)

Step = tuple[Session, tuple[Effect, ...]]
_Handler = Callable[[Session, Any, float, Rules], Step]


def step(session: Session, event: Event, at: float, rules: Rules) -> Step:
    """The session after `event`, which happened at `at` (monotonic seconds), and what is to be done.

    >>> from kiosk.session.values import Rules, Session
    >>> after, effects = step(Session(), CardLaid(tap=1, number=CitizenId("001315012345")), 0.0, Rules())
    >>> type(after.place).__name__, [type(effect).__name__ for effect in effects]
    ('Reading', ['ReadCard'])
    """
    if getattr(event, "visit", session.visit) != session.visit:
        return session, ()
    return _HANDLERS[type(event)](session, event, at, rules)


def deadline(session: Session) -> float | None:
    """When `TimePassed` is due, in monotonic seconds; None while nothing is awaited."""
    place = session.place
    if isinstance(place, Verdict):
        dues = [place.until]
        if place.name is not None:
            dues.append(place.name_until)
        return min(dues)
    return place.until


# ---------------------------------------------------------------- cards and codes


def _card_laid(session: Session, event: CardLaid, at: float, rules: Rules) -> Step:
    place = session.place
    if isinstance(place, Idle | Trouble | Help):
        return _begin(session, event.tap, event.number, at, rules)
    if isinstance(place, NeedCard):
        return _begin(session, event.tap, event.number or place.number, at, rules)
    if isinstance(place, Locked):
        return session, ()
    waiting = Waiting(event.tap, event.number)
    if isinstance(place, Verdict):
        if at >= place.since + rules.verdict_at_least:
            return _begin(session, event.tap, event.number, at, rules)
        hurried = replace(place, until=min(place.until, place.since + rules.verdict_at_least))
        return replace(session, place=hurried, waiting=waiting), ()
    return replace(session, waiting=waiting), ()


def _card_gone(session: Session, event: CardGone, at: float, rules: Rules) -> Step:
    if session.waiting is not None and session.waiting.tap == event.tap:
        session = replace(session, waiting=None)
    if isinstance(session.place, NeedCode) and session.place.tap == event.tap:
        return _leave(session, at, rules)
    return session, ()


def _code_seen(session: Session, event: CodeSeen, at: float, rules: Rules) -> Step:
    place = session.place
    if isinstance(place, NeedCode):
        return _begin(session, place.tap, event.number, at, rules)
    if isinstance(place, Idle | NeedCard | Trouble | Help):
        session = replace(session, visit=session.visit + 1, job=session.next_job)
        return replace(session, place=NeedCard(at + rules.need_card, event.number)), ()
    return session, ()


def _begin(session: Session, tap: int, number: CitizenId | None, at: float, rules: Rules) -> Step:
    """A new visit, of whoever laid this card."""
    session = replace(session, visit=session.visit + 1, job=session.next_job, waiting=None)
    if number is None:
        return replace(session, place=NeedCode(at + rules.need_code, tap)), ()
    place = Reading(at + rules.reading, tap, number)
    return replace(session, place=place), (ReadCard(session.visit, tap, number),)


def _phase_reached(session: Session, event: PhaseReached, _at: float, _rules: Rules) -> Step:
    if isinstance(session.place, Reading):
        return replace(session, place=replace(session.place, phase=event.phase)), ()
    return session, ()


def _card_read(session: Session, event: CardRead, at: float, rules: Rules) -> Step:
    if not isinstance(session.place, Reading):
        return session, ()
    if event.subject.chip is ChipVerdict.ALTERED:
        # A false card is for staff; the face of whoever holds it is not looked at.
        return _submit(session, event.subject, FACE_NOT_DONE, at, rules)
    return _look(session, event.subject, at, rules)


def _card_failed(session: Session, event: CardFailed, at: float, rules: Rules) -> Step:
    place = session.place
    if not isinstance(place, Reading):
        return session, ()
    trouble = Trouble(at + rules.trouble, event.code, event.retryable, place.tap, place.number)
    return replace(session, place=trouble), (StopWork(session.visit),)


# ---------------------------------------------------------------- the face


def _look(session: Session, subject: Subject, at: float, rules: Rules, attempt: int = 1) -> Step:
    hint = "look" if attempt == 1 else "again"
    place = Looking(at + rules.looking, subject, attempt, hint)
    return replace(session, place=place), (CheckFace(session.visit, subject, attempt),)


def _face_hint(session: Session, event: FaceHint, _at: float, _rules: Rules) -> Step:
    if isinstance(session.place, Looking):
        return replace(session, place=replace(session.place, hint=event.hint)), ()
    return session, ()


def _face_judged(session: Session, event: FaceJudged, at: float, rules: Rules) -> Step:
    place = session.place
    if not isinstance(place, Looking):
        return session, ()
    if _settled(event.face) or place.attempt >= rules.face_attempts:
        return _submit(session, place.subject, event.face, at, rules)
    return _look(session, place.subject, at, rules, place.attempt + 1)


def _settled(face: FaceReport) -> bool:
    """Whether another try would be pointless."""
    if face.outcome is FaceOutcome.NOT_DONE:
        return True
    return face.outcome is FaceOutcome.MATCH and face.liveness_passed is not False


def _face_failed(session: Session, event: FaceFailed, at: float, rules: Rules) -> Step:
    place = session.place
    if not isinstance(place, Looking):
        return session, ()
    trouble = Trouble(at + rules.trouble, event.code, subject=place.subject)
    return replace(session, place=trouble), (StopWork(session.visit),)


# ---------------------------------------------------------------- the report


def _submit(session: Session, subject: Subject, face: FaceReport, at: float, rules: Rules) -> Step:
    effect = Submit(session.visit, session.job, subject, face)
    return replace(session, place=Sending(at + rules.sending)), (effect,)


def _answered(session: Session, event: Answered, at: float, rules: Rules) -> Step:
    if not isinstance(session.place, Sending):
        return session, ()
    receipt = event.receipt
    kind = KIND_OF[receipt.decision]
    name = receipt.display_name if kind is VerdictKind.ACCEPTED else None
    return _tell(session, kind, receipt.reason, at, rules, name=name, punctuality=receipt.punctuality)


def _queued(session: Session, _event: Queued, at: float, rules: Rules) -> Step:
    if not isinstance(session.place, Sending):
        return session, ()
    return _tell(session, VerdictKind.RECORDED, "offline", at, rules)


def _tell(  # noqa: PLR0913 - the verdict's own fields; bundling them would only rename it
    session: Session,
    kind: VerdictKind,
    reason: str,
    at: float,
    rules: Rules,
    *,
    name: str | None = None,
    punctuality: Punctuality = Punctuality.NOT_APPLICABLE,
) -> Step:
    calm = kind in {VerdictKind.ACCEPTED, VerdictKind.RECORDED}
    stay = rules.accepted if calm else rules.stopped
    if kind is VerdictKind.NEEDS_STAFF:
        stay = rules.needs_staff
    if session.waiting is not None:
        stay = rules.verdict_at_least if calm else min(stay, 2 * rules.verdict_at_least)
    place = Verdict(at + stay, at, kind, reason, punctuality, name, at + rules.name)
    return replace(session, place=place), ()


def _not_sent(session: Session, event: NotSent, at: float, rules: Rules) -> Step:
    if not isinstance(session.place, Sending):
        return session, ()
    return replace(session, place=Trouble(at + rules.trouble, event.code, retry=False)), ()


# ---------------------------------------------------------------- people and time


def _pressed(session: Session, event: Pressed, at: float, rules: Rules) -> Step:
    place = session.place
    if isinstance(place, Locked | Sending):
        return session, ()
    if event.button is Button.CANCEL:
        return (session, ()) if isinstance(place, Idle) else _leave(session, at, rules)
    if event.button in {Button.HELP, Button.NO_CARD}:
        stopped = _stop(session)
        return replace(session, place=Help(at + rules.help, event.button.value)), stopped
    return _retry(session, place, at, rules)


def _retry(session: Session, place: Place, at: float, rules: Rules) -> Step:
    if not isinstance(place, Trouble) or not place.retry:
        return session, ()
    if place.subject is not None:
        return _look(replace(session, visit=session.visit + 1), place.subject, at, rules)
    if place.tap is not None:
        return _begin(session, place.tap, place.number, at, rules)
    return _leave(session, at, rules)


def _time_passed(session: Session, _event: TimePassed, at: float, rules: Rules) -> Step:
    due = deadline(session)
    if due is None or at < due:
        return session, ()
    place = session.place
    if isinstance(place, Verdict) and place.name is not None and at >= place.name_until:
        session = replace(session, place=replace(place, name=None))
        return _time_passed(session, _event, at, rules)
    return _expire(session, place, at, rules)


def _expire(session: Session, place: Place, at: float, rules: Rules) -> Step:
    """The deadline of the place itself has come."""
    if isinstance(place, NeedCard) and rules.code_alone:
        subject = Subject(place.number, IdentifiedBy.QR)
        return _look(session, subject, at, rules)
    codes: dict[type[Place], str] = {
        Reading: "kiosk.reading_too_long",
        Looking: "kiosk.nobody_looked",
        Sending: "kiosk.no_word_from_spool",
    }
    code = codes.get(type(place))
    if code is None:
        return _leave(session, at, rules)
    trouble = Trouble(at + rules.trouble, code, retry=not isinstance(place, Sending))
    if isinstance(place, Looking):
        trouble = replace(trouble, subject=place.subject)
    return replace(session, place=trouble), _stop(session)


def _leave(session: Session, at: float, rules: Rules) -> Step:
    """Back to the invitation, or straight on to the card that waits. Nothing of this visit stays."""
    waiting = session.waiting
    stopped = _stop(session)
    if waiting is None:
        return replace(session, visit=session.visit + 1, place=Idle()), stopped
    session, effects = _begin(session, waiting.tap, waiting.number, at, rules)
    return session, (*stopped, *effects)


def _stop(session: Session) -> tuple[Effect, ...]:
    return (StopWork(session.visit),) if isinstance(session.place, Reading | Looking) else ()


# ---------------------------------------------------------------- staff


def _job_set(session: Session, event: JobSet, _at: float, _rules: Rules) -> Step:
    now = event.job if isinstance(session.place, Idle | Locked) else session.job
    return replace(session, job=now, next_job=event.job), ()


def _lock_set(session: Session, event: LockSet, _at: float, _rules: Rules) -> Step:
    if event.reason is not None:
        place: Place = Locked(event.reason)
    elif isinstance(session.place, Locked):
        place = Idle()
    else:
        return session, ()
    return replace(session, visit=session.visit + 1, place=place, waiting=None), _stop(session)


_STAFF_SAYS = {
    StaffAnswer.APPROVED: (VerdictKind.ACCEPTED, "staff_approved"),
    StaffAnswer.REFUSED: (VerdictKind.REFUSED, "staff_refused"),
    StaffAnswer.COMING: (VerdictKind.NEEDS_STAFF, "staff_coming"),
}


def _staff_answered(session: Session, event: StaffAnswered, at: float, rules: Rules) -> Step:
    place = session.place
    if not isinstance(place, Verdict) or place.kind is not VerdictKind.NEEDS_STAFF:
        return session, ()
    kind, reason = _STAFF_SAYS[event.answer]
    return _tell(session, kind, reason, at, rules)


_HANDLERS: dict[type[Event], _Handler] = {
    CardLaid: _card_laid,
    CardGone: _card_gone,
    CodeSeen: _code_seen,
    PhaseReached: _phase_reached,
    CardRead: _card_read,
    CardFailed: _card_failed,
    FaceHint: _face_hint,
    FaceJudged: _face_judged,
    FaceFailed: _face_failed,
    Answered: _answered,
    Queued: _queued,
    NotSent: _not_sent,
    Pressed: _pressed,
    TimePassed: _time_passed,
    JobSet: _job_set,
    LockSet: _lock_set,
    StaffAnswered: _staff_answered,
}
