"""The states of a guardianship as one table: which event leads from where to where. Pure.

A pair that is not in the table cannot happen and is refused. Weaker evidence never takes back what stronger
evidence gave; what was disputed, revoked or has ended comes back only through a person of the school (or, after
the eighteenth birthday, through the pupil). The table of docs/guardians.md is made from this one, and a test
compares them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from core.guardians.domain import CodeStrength, GuardianshipState, TransitionError

I = GuardianshipState.INVITED  # noqa: E741 - one letter a state keeps the table readable
C = GuardianshipState.CLAIMED
D = GuardianshipState.DATA_MATCHED
S = GuardianshipState.VERIFIED_AT_SCHOOL
O = GuardianshipState.VERIFIED_ONLINE  # noqa: E741 - see above
X = GuardianshipState.EXPIRED
P = GuardianshipState.DISPUTED
R = GuardianshipState.REVOKED


class Event(StrEnum):
    """What can happen to a guardianship (sự kiện)."""

    CODE_SENT = "code_sent"
    """A code that reached the guardian on paper or by message was typed in a chat."""
    PHONE_SHARED = "phone_shared"
    """The chat's own phone, vouched for by the channel, is the one on the roll."""
    CARD_MATCHED = "card_matched"
    """Number, name and date of the QR on the card agree with the roll."""
    CODE_HANDED_OVER = "code_handed_over"
    """A code that staff handed over after a look at the card was typed in a chat."""
    BOUND_AT_KIOSK = "bound_at_kiosk"
    """Chip, face and a one-time code from the chat met at the kiosk."""
    STAFF_APPROVED = "staff_approved"
    """Staff decided with a reason."""
    VNEID = "vneid"
    """The person signed in through VNeID, and the roll agrees."""
    CONTESTED = "contested"
    """Somebody with the same standing says that this is not the guardian."""
    REVOKED = "revoked"
    """Staff ended it with a reason (court, mistake)."""
    RAN_OUT = "ran_out"
    """The day until which it was given has passed."""
    CAME_OF_AGE = "came_of_age"
    """The pupil is eighteen today (Civil Code 2015, art. 20, 21)."""
    LEFT_SCHOOL = "left_school"
    """The pupil is no longer at this school."""
    ADULT_AGREED = "adult_agreed"
    """The pupil of age wants this person to go on."""
    INVITED_AGAIN = "invited_again"
    """The school begins anew with somebody whose rights had ended."""


def _table() -> Mapping[tuple[GuardianshipState, Event], GuardianshipState]:
    claim = {I: C, C: C, D: D, S: S, O: O}
    at_school = {I: S, C: S, D: S, S: S, O: O}
    over = {I: X, C: X, D: X, S: X, O: X, P: X}
    lines: dict[Event, dict[GuardianshipState, GuardianshipState]] = {
        Event.CODE_SENT: claim,
        Event.PHONE_SHARED: claim,
        Event.CARD_MATCHED: {I: D, C: D, D: D, S: S, O: O},
        Event.CODE_HANDED_OVER: at_school | {X: S},
        Event.BOUND_AT_KIOSK: at_school,
        Event.STAFF_APPROVED: at_school | {X: S, P: S},
        Event.VNEID: {I: O, C: O, D: O, S: O, O: O},
        Event.CONTESTED: {C: P, D: P, S: P, O: P},
        Event.REVOKED: {I: R, C: R, D: R, S: R, O: R, X: R, P: R},
        Event.RAN_OUT: over,
        Event.CAME_OF_AGE: over,
        Event.LEFT_SCHOOL: over,
        Event.ADULT_AGREED: {C: C, D: D, S: S, O: O, X: S},
        Event.INVITED_AGAIN: {X: I, R: I},
    }
    return {(before, event): after for event, line in lines.items() for before, after in line.items()}


TABLE: Mapping[tuple[GuardianshipState, Event], GuardianshipState] = _table()
PROOFS = frozenset(
    {
        *(Event.CODE_SENT, Event.PHONE_SHARED, Event.CARD_MATCHED, Event.CODE_HANDED_OVER),
        *(Event.BOUND_AT_KIOSK, Event.STAFF_APPROVED, Event.VNEID),
    }
)
"""The events by which somebody shows who they are; the others end or restore."""
EVENT_OF_CODE: Mapping[CodeStrength, Event] = {
    CodeStrength.SENT: Event.CODE_SENT,
    CodeStrength.HANDED_OVER: Event.CODE_HANDED_OVER,
}
ENDINGS = frozenset({Event.RAN_OUT, Event.CAME_OF_AGE, Event.LEFT_SCHOOL})


def after(state: GuardianshipState, event: Event) -> GuardianshipState:
    """The state after an event.

    Raises:
        TransitionError: when the event cannot happen in this state.

    >>> after(GuardianshipState.DATA_MATCHED, Event.VNEID).value
    'verified_online'
    """
    try:
        return TABLE[state, event]
    except KeyError:
        raise TransitionError(state=state, event=event) from None


def as_markdown() -> str:
    """The table as docs/guardians.md shows it: one line an event, one column a state; empty cannot happen."""
    states = list(GuardianshipState)
    head = "| event | " + " | ".join(states) + " |"
    rule = "|---" * (len(states) + 1) + "|"
    lines = [
        f"| {event} | " + " | ".join(TABLE.get((state, event), "") for state in states) + " |"
        for event in Event
    ]
    return "\n".join((head, rule, *lines))
