"""Cards and codes: laid, gone, seen, read, not read. Pure."""

from __future__ import annotations

from dataclasses import replace

from core.contracts.checkin import CheckInMode, ChipVerdict
from kiosk.session.effects import StopWork
from kiosk.session.events import (
    CardFailed,
    CardGone,
    CardLaid,
    CardRead,
    CodeSeen,
    PhaseReached,
    ReaderNoticed,
)
from kiosk.session.moves import CARD_ONLY, Step, begin, leave, look, stop, submit, tell, unhurried
from kiosk.session.places import (
    Help,
    Idle,
    Locked,
    NeedCard,
    NeedCode,
    Reading,
    Session,
    Trouble,
    Verdict,
    Waiting,
)
from kiosk.session.values import FACE_NOT_DONE, Rules, VerdictKind


def card_laid(session: Session, event: CardLaid, at: float, rules: Rules) -> Step:
    """Somebody's turn begins, or the card waits until the present one is over."""
    place = session.place
    if isinstance(place, Idle | Trouble | Help):
        return begin(session, event.tap, event.number, at, rules)
    if isinstance(place, NeedCard):
        return begin(session, event.tap, event.number or place.number, at, rules)
    if isinstance(place, Locked):
        return session, ()
    waiting = Waiting(event.tap, event.number)
    if isinstance(place, Verdict):
        if at >= place.since + rules.verdict_at_least:
            return begin(session, event.tap, event.number, at, rules)
        hurried = replace(place, until=min(place.until, place.since + rules.verdict_at_least))
        return replace(session, place=hurried, waiting=waiting), ()
    return replace(session, waiting=waiting), ()


def card_gone(session: Session, event: CardGone, at: float, rules: Rules) -> Step:
    """Whoever waited has gone."""
    if session.waiting is not None and session.waiting.tap == event.tap:
        session = replace(session, waiting=None)
    if isinstance(session.place, NeedCode) and session.place.tap == event.tap:
        return leave(session, at, rules)
    return session, ()


def reader_noticed(session: Session, event: ReaderNoticed, _at: float, _rules: Rules) -> Step:
    """The reader went or came; a visit that needs it runs into its own trouble."""
    return replace(session, reader_there=event.there), ()


def code_seen(session: Session, event: CodeSeen, at: float, rules: Rules) -> Step:
    """The number of a card is known."""
    place = session.place
    if isinstance(place, NeedCode):
        return begin(session, place.tap, event.number, at, rules)
    if isinstance(place, Idle | NeedCard | Trouble | Help):
        session = replace(session, visit=session.visit + 1, job=session.next_job)
        return replace(session, place=NeedCard(at + rules.need_card, event.number)), ()
    return session, ()


def phase_reached(session: Session, event: PhaseReached, _at: float, _rules: Rules) -> Step:
    """The bar on the screen moves on."""
    if isinstance(session.place, Reading):
        return replace(session, place=replace(session.place, phase=event.phase)), ()
    return session, ()


def card_read(session: Session, event: CardRead, at: float, rules: Rules) -> Step:
    """The chip has spoken: whose turn it is, and whether it is believed."""
    if not isinstance(session.place, Reading):
        return session, ()
    mode = session.job.mode
    if event.subject.chip is ChipVerdict.ALTERED:
        # A false card is for staff; the face of whoever holds it is not looked at any longer.
        if mode in CARD_ONLY:
            after, effects = tell(session, VerdictKind.REFUSED, "card_altered", at, rules)
        else:
            after, effects = submit(session, event.subject, FACE_NOT_DONE, at, rules)
        return after, (*stop(session), *effects)
    if mode is CheckInMode.VISITOR:
        # A person of the school looks at every visitor: no need for a camera to.
        return submit(session, event.subject, FACE_NOT_DONE, at, rules)
    return look(session, event.subject, at, rules)


def card_failed(session: Session, event: CardFailed, at: float, rules: Rules) -> Step:
    """The chip could not be read."""
    place = session.place
    if not isinstance(place, Reading):
        return session, ()
    until = at + unhurried(session, rules.trouble, rules)
    trouble = Trouble(until, event.code, event.retryable, place.tap, place.number)
    return replace(session, place=trouble), (StopWork(session.visit),)
