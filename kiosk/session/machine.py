"""`step`: one event takes the session to its next state and says what is to be done.

The rules that hold whatever happens (property tests walk them): every place but idle and locked has a
deadline, and its passing always leads on; an
event of an earlier visit changes nothing; a name leaves the screen after
`rules.name` seconds; a card that comes while somebody else's visit is not over waits for its turn.

What each event means stands beside its kind: `on_cards`, `on_faces`, `on_reports`, `on_people`; the moves that
they share are `moves`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kiosk.session import events as ev
from kiosk.session import on_cards, on_faces, on_people, on_reports
from kiosk.session.events import Event
from kiosk.session.moves import Step, deadline
from kiosk.session.places import Session
from kiosk.session.values import Rules

__all__ = ["deadline", "step"]

_Handler = Callable[[Session, Any, float, Rules], Step]


def step(session: Session, event: Event, at: float, rules: Rules) -> Step:
    """The session after `event`, which happened at `at` (monotonic seconds), and what is to be done.

    >>> from core.contracts.citizen_id import CitizenId
    >>> laid = ev.CardLaid(tap=1, number=CitizenId("001315012345"))
    >>> after, effects = step(Session(), laid, 0.0, Rules())
    >>> type(after.place).__name__, [type(effect).__name__ for effect in effects]
    ('Reading', ['ReadCard', 'LookAhead'])
    """
    if getattr(event, "visit", session.visit) != session.visit:
        return session, ()
    return _HANDLERS[type(event)](session, event, at, rules)


_HANDLERS: dict[type[Event], _Handler] = {
    ev.CardLaid: on_cards.card_laid,
    ev.CardGone: on_cards.card_gone,
    ev.ReaderNoticed: on_cards.reader_noticed,
    ev.CodeSeen: on_cards.code_seen,
    ev.PhaseReached: on_cards.phase_reached,
    ev.CardRead: on_cards.card_read,
    ev.CardFailed: on_cards.card_failed,
    ev.FaceHint: on_faces.face_hint,
    ev.FaceJudged: on_faces.face_judged,
    ev.FaceFailed: on_faces.face_failed,
    ev.Answered: on_reports.answered,
    ev.Settled: on_reports.settled,
    ev.Queued: on_reports.queued,
    ev.NotSent: on_reports.not_sent,
    ev.Pressed: on_people.pressed,
    ev.CodeTyped: on_people.code_typed,
    ev.TimePassed: on_people.time_passed,
    ev.JobSet: on_people.job_set,
    ev.LockSet: on_people.lock_set,
    ev.StaffAnswered: on_people.staff_answered,
}
