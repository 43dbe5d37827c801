"""The moves that several events share: a visit begins, looks, reports, tells, ends. Pure.

Each gives the next session and what is to be done. Which event causes which move is `machine`'s table.
"""

from __future__ import annotations

from dataclasses import replace

from core.contracts.checkin import REPORTED, CheckInMode, Punctuality
from core.contracts.citizen_id import CitizenId
from kiosk.session.effects import CheckFace, Effect, LookAhead, ReadCard, StopWork, Submit
from kiosk.session.places import (
    Idle,
    Looking,
    NeedChatCode,
    NeedCode,
    Reading,
    Sending,
    Session,
    Trouble,
    Verdict,
)
from kiosk.session.values import FaceReport, Rules, Subject, VerdictKind

Step = tuple[Session, tuple[Effect, ...]]

CARD_ONLY = frozenset({CheckInMode.GUARDIAN, CheckInMode.ENROLMENT})
"""What binds a person to something lasting needs the chip: a printed code can be photographed."""


def deadline(session: Session) -> float | None:
    """When `TimePassed` is due, in monotonic seconds; None while nothing is awaited."""
    place = session.place
    if isinstance(place, Verdict):
        dues = [place.until]
        if place.name is not None:
            dues.append(place.name_until)
        return min(dues)
    return place.until


def begin(session: Session, tap: int, number: CitizenId | None, at: float, rules: Rules) -> Step:
    """A new visit, of whoever laid this card."""
    session = replace(session, visit=session.visit + 1, job=session.next_job, waiting=None)
    if number is None:
        return replace(session, place=NeedCode(at + rules.need_code, tap)), ()
    place = Reading(at + rules.reading, tap, number)
    # A person of the school looks at visitors; for all others the camera need not wait for the chip.
    ahead = () if session.job.mode is CheckInMode.VISITOR else (LookAhead(session.visit),)
    return replace(session, place=place), (ReadCard(session.visit, tap, number), *ahead)


def look(
    session: Session, subject: Subject, at: float, rules: Rules, failed: FaceReport | None = None
) -> Step:
    """Ask the person to look at the camera, once more after a try that `failed`.

    What was asked for while the chip was read stays.
    """
    place = session.place
    before = place.hint if isinstance(place, Reading) else None
    attempt = place.attempt + 1 if isinstance(place, Looking) else 1
    hint = (before or "look") if attempt == 1 else "again"
    longer = attempt > 1 or session.job.mode is not CheckInMode.ATTENDANCE
    until = at + (rules.looking_longer if longer else rules.looking)
    place = Looking(until, subject, attempt, hint, failed)
    return replace(session, place=place), (CheckFace(session.visit, subject, attempt, session.job.mode),)


def failed_try(session: Session) -> FaceReport | None:
    """What is reported of a visit that ends before its last try: that the try before failed.

    Else who holds another's card, or a picture, would go back in time and try again for ever, and nobody would hear.
    """
    place = session.place
    if not isinstance(place, Looking) or place.subject.nobody_yet or session.job.mode not in REPORTED:
        return None
    return place.failed


def ask_code(session: Session, subject: Subject, face: FaceReport, at: float, rules: Rules) -> Step:
    """Ask for the one-time code that the chat gave."""
    return replace(session, place=NeedChatCode(at + rules.need_chat_code, subject, face)), ()


def submit(
    session: Session, subject: Subject, face: FaceReport, at: float, rules: Rules, code: str | None = None
) -> Step:
    """Write the report down and send it."""
    effect = Submit(session.visit, session.job, subject, face, code)
    return replace(session, place=Sending(at + rules.sending)), (effect,)


def tell(  # noqa: PLR0913 - the verdict's own fields; bundling them would only rename it
    session: Session,
    kind: VerdictKind,
    reason: str,
    at: float,
    rules: Rules,
    *,
    name: str | None = None,
    punctuality: Punctuality = Punctuality.NOT_APPLICABLE,
) -> Step:
    """Show what became of the visit, for as long as it takes to read and no longer."""
    calm = kind in {VerdictKind.ACCEPTED, VerdictKind.RECORDED}
    stay = rules.accepted if calm else rules.stopped
    if kind is VerdictKind.NEEDS_STAFF:
        stay = rules.needs_staff
    stay = rules.verdict_at_least if calm and session.waiting is not None else unhurried(session, stay, rules)
    place = Verdict(at + stay, at, kind, reason, punctuality, name, at + rules.name)
    return replace(session, place=place), ()


def unhurried(session: Session, stay: float, rules: Rules) -> float:
    """How long a word that stops somebody stands, in seconds: while the next card waits no longer than it is read."""
    return stay if session.waiting is None else min(stay, 2 * rules.verdict_at_least)


def leave(session: Session, at: float, rules: Rules) -> Step:
    """Back to the invitation, or straight on to the card that waits. Nothing of this visit stays."""
    waiting = session.waiting
    stopped = give_up(session)
    if waiting is None:
        return replace(session, visit=session.visit + 1, place=Idle()), stopped
    session, effects = begin(session, waiting.tap, waiting.number, at, rules)
    return session, (*stopped, *effects)


def unseen(session: Session, place: Looking, code: str, at: float, rules: Rules) -> Step:
    """Nothing more can be looked at: a try that failed before is reported, else the person may try again."""
    failed = failed_try(session)
    if failed is not None:
        after, effects = submit(session, place.subject, failed, at, rules)
        return after, (*stop(session), *effects)
    trouble = Trouble(at + unhurried(session, rules.trouble, rules), code, subject=place.subject)
    return replace(session, place=trouble), stop(session)


def give_up(session: Session) -> tuple[Effect, ...]:
    """Stop, and tell what the person need not wait for: that a try failed."""
    failed = failed_try(session)
    if failed is None or not isinstance(session.place, Looking):
        return stop(session)
    return (*stop(session), Submit(session.visit, session.job, session.place.subject, failed))


def stop(session: Session) -> tuple[Effect, ...]:
    """Give up reading and looking, where that is going on."""
    return (StopWork(session.visit),) if isinstance(session.place, Reading | Looking) else ()
