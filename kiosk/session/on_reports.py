"""What became of the report: answered, queued for later, not sent. Pure."""

from __future__ import annotations

from dataclasses import replace

from kiosk.session.events import Answered, NotSent, Queued, Settled
from kiosk.session.moves import Step, tell, unhurried
from kiosk.session.places import Sending, Session, Trouble
from kiosk.session.values import KIND_OF, Rules, VerdictKind


def answered(session: Session, event: Answered, at: float, rules: Rules) -> Step:
    """The core decided a check-in."""
    if not isinstance(session.place, Sending):
        return session, ()
    receipt = event.receipt
    kind = KIND_OF[receipt.decision]
    name = receipt.display_name if kind is VerdictKind.ACCEPTED else None
    return tell(session, kind, receipt.reason, at, rules, name=name, punctuality=receipt.punctuality)


def settled(session: Session, event: Settled, at: float, rules: Rules) -> Step:
    """The core answered something that is no check-in (a guardian, an enrolled face)."""
    if not isinstance(session.place, Sending):
        return session, ()
    name = event.name if event.kind is VerdictKind.ACCEPTED else None
    return tell(session, event.kind, event.reason, at, rules, name=name)


def queued(session: Session, event: Queued, at: float, rules: Rules) -> Step:
    """It is recorded and will be sent later; what is told meanwhile is provisional."""
    if not isinstance(session.place, Sending):
        return session, ()
    return tell(session, event.kind, event.reason, at, rules, name=event.name)


def not_sent(session: Session, event: NotSent, at: float, rules: Rules) -> Step:
    """Nothing is recorded."""
    if not isinstance(session.place, Sending):
        return session, ()
    until = at + unhurried(session, rules.trouble, rules)
    return replace(session, place=Trouble(until, event.code, retry=False)), ()
