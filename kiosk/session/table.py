"""The table of transitions, made from the machine itself: an example of each place meets one of each event.

`python -m kiosk.session.table` prints it; docs/kiosk.md holds it, and a test compares the two.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from uuid import UUID

from core.contracts.checkin import (
    CheckInMode,
    CheckInReceipt,
    ChipVerdict,
    Decision,
    FaceOutcome,
    IdentifiedBy,
    Punctuality,
)
from core.contracts.citizen_id import CitizenId
from core.contracts.commands import StaffAnswer
from kiosk.session import events as ev
from kiosk.session.machine import deadline, step
from kiosk.session.places import (
    Help,
    Idle,
    Locked,
    Looking,
    NeedCard,
    NeedChatCode,
    NeedCode,
    Place,
    Reading,
    Sending,
    Session,
    Trouble,
    Verdict,
)
from kiosk.session.values import (
    Button,
    FaceReport,
    Job,
    Rules,
    Subject,
    VerdictKind,
)

_NUMBER = CitizenId("001315012345")
_VISIT = 1
_AT = 5.0


def _subject(chip: ChipVerdict = ChipVerdict.ISSUER_UNKNOWN) -> Subject:
    return Subject(_NUMBER, IdentifiedBy.CHIP, chip, b"")


def _receipt(decision: Decision) -> CheckInReceipt:
    return CheckInReceipt(
        report_id=UUID(int=1),
        decision=decision,
        reason="ok",
        punctuality=Punctuality.ON_TIME,
        display_name="Ân",
        recorded_at=datetime(2026, 11, 21, tzinfo=UTC),
    )


_MISMATCH = FaceReport(FaceOutcome.MISMATCH, 0.1, liveness_passed=True)
_PLACES: tuple[tuple[str, Place], ...] = (
    ("Idle", Idle()),
    ("NeedCode", NeedCode(_AT, 1)),
    ("NeedCard", NeedCard(_AT, _NUMBER)),
    ("Reading", Reading(_AT, 1, _NUMBER)),
    ("Looking, first try", Looking(_AT, _subject())),
    ("Looking, last try", Looking(_AT, _subject(), Rules().face_attempts, failed=_MISMATCH)),
    ("Sending", Sending(_AT)),
    ("Verdict: accepted", Verdict(_AT, 0, VerdictKind.ACCEPTED, "ok")),
    ("Verdict: needs staff", Verdict(_AT, 0, VerdictKind.NEEDS_STAFF, "face_mismatch")),
    ("Trouble with the card", Trouble(_AT, "card.removed", retry=True, tap=1, number=_NUMBER)),
    ("Trouble with the face", Trouble(_AT, "kiosk.nobody_looked", subject=_subject())),
    ("Help", Help(_AT, "help")),
    ("Locked", Locked("staff")),
)
_MATCH = FaceReport(FaceOutcome.MATCH, 0.7, liveness_passed=True)
_NOBODY = Subject(None, IdentifiedBy.FACE)
_NAMED = FaceReport(FaceOutcome.MATCH, 0.7, liveness_passed=True, student_id=UUID(int=7))
_UNNAMED = FaceReport(FaceOutcome.UNSURE, 0.5, liveness_passed=True)
_EVENTS: tuple[tuple[str, ev.Event], ...] = (
    ("card laid, number known", ev.CardLaid(2, _NUMBER)),
    ("card laid, number unknown", ev.CardLaid(2)),
    ("card gone", ev.CardGone(1)),
    ("code seen", ev.CodeSeen(_NUMBER)),
    ("chip read", ev.CardRead(_VISIT, _subject())),
    ("chip read: altered or a copy", ev.CardRead(_VISIT, _subject(ChipVerdict.ALTERED))),
    ("chip not read", ev.CardFailed(_VISIT, "card.removed", retryable=True)),
    ("face matches", ev.FaceJudged(_VISIT, _MATCH)),
    ("face does not match, or may be a picture", ev.FaceJudged(_VISIT, _MISMATCH)),
    ("camera fails", ev.FaceFailed(_VISIT, "kiosk.camera")),
    ("core accepts", ev.Answered(_VISIT, _receipt(Decision.ACCEPTED))),
    ("core asks for staff", ev.Answered(_VISIT, _receipt(Decision.NEEDS_STAFF))),
    ("core refuses", ev.Answered(_VISIT, _receipt(Decision.REFUSED))),
    ("recorded, sent later", ev.Queued(_VISIT)),
    ("not recorded", ev.NotSent(_VISIT, "kiosk.spool")),
    ("button: back", ev.Pressed(_VISIT, Button.CANCEL)),
    ("button: try again", ev.Pressed(_VISIT, Button.RETRY)),
    ("button: see a teacher, or no card", ev.Pressed(_VISIT, Button.HELP)),
    ("deadline", ev.TimePassed()),
    ("staff lock", ev.LockSet("staff")),
    ("staff unlock", ev.LockSet(None)),
    ("staff approve", ev.StaffAnswered(_VISIT, StaffAnswer.APPROVED)),
    ("staff refuse", ev.StaffAnswered(_VISIT, StaffAnswer.REFUSED)),
    ("staff are coming", ev.StaffAnswered(_VISIT, StaffAnswer.COMING)),
)


# What another mode or another rule changes: only rows that differ from those above are told.
_FACE_ALONE = Rules(face_alone=True)
_OTHERS: tuple[tuple[str, Place, CheckInMode, Rules], ...] = (
    ("Idle, face alone allowed", Idle(), CheckInMode.ATTENDANCE, _FACE_ALONE),
    ("Help, face alone allowed", Help(_AT, "help"), CheckInMode.ATTENDANCE, _FACE_ALONE),
    (
        "Looking, face alone, last try",
        Looking(_AT, _NOBODY, 2, failed=_MISMATCH),
        CheckInMode.ATTENDANCE,
        _FACE_ALONE,
    ),
    ("NeedCard, no code alone", NeedCard(_AT, _NUMBER), CheckInMode.ATTENDANCE, Rules(code_alone=False)),
    ("visitor: Reading", Reading(_AT, 1, _NUMBER), CheckInMode.VISITOR, Rules()),
    ("guardian: NeedCard", NeedCard(_AT, _NUMBER), CheckInMode.GUARDIAN, Rules()),
    ("guardian: Reading", Reading(_AT, 1, _NUMBER), CheckInMode.GUARDIAN, Rules()),
    (
        "guardian: Looking, last try",
        Looking(_AT, _subject(), 2, failed=_MISMATCH),
        CheckInMode.GUARDIAN,
        Rules(),
    ),
    ("guardian: NeedChatCode", NeedChatCode(_AT, _subject(), _MATCH), CheckInMode.GUARDIAN, Rules()),
    ("guardian: Sending", Sending(_AT), CheckInMode.GUARDIAN, Rules()),
    ("enrolment: NeedCard", NeedCard(_AT, _NUMBER), CheckInMode.ENROLMENT, Rules()),
    ("enrolment: Reading", Reading(_AT, 1, _NUMBER), CheckInMode.ENROLMENT, Rules()),
)
_OTHER_EVENTS: tuple[tuple[str, ev.Event], ...] = (
    ("face found among the enrolled", ev.FaceJudged(_VISIT, _NAMED)),
    ("face not found, or two alike (twins)", ev.FaceJudged(_VISIT, _UNNAMED)),
    ("button: I forgot my card", ev.Pressed(_VISIT, Button.FACE)),
    ("six digits typed", ev.CodeTyped(_VISIT, "204617")),
    ("core binds card and chat", ev.Settled(_VISIT, VerdictKind.ACCEPTED, "guardian_bound", "Hoa")),
    ("code is wrong or old", ev.Settled(_VISIT, VerdictKind.NEEDS_STAFF, "guardian_wrong_code")),
    ("no network, offline doubt", ev.Queued(_VISIT, VerdictKind.NEEDS_STAFF, "offline_face")),
    ("no network for what cannot wait", ev.NotSent(_VISIT, "kiosk.needs_network")),
)


def table() -> str:
    """The Markdown table; what an event does not change is left out."""
    lines = ["| place | event | next place | to be done |", "|---|---|---|---|"]
    usual: set[str] = set()
    for place_name, place in _PLACES:
        rows = _rows(place, CheckInMode.ATTENDANCE, Rules(), _EVENTS)
        usual |= {f"{type(place).__name__}{row}" for row in rows}
        lines += [f"| {place_name} {row}" for row in rows]
    for place_name, place, mode, rules in _OTHERS:
        rows = _rows(place, mode, rules, (*_EVENTS, *_OTHER_EVENTS))
        lines += [f"| {place_name} {row}" for row in rows if f"{type(place).__name__}{row}" not in usual]
    return "\n".join(lines) + "\n"


def _rows(
    place: Place, mode: CheckInMode, rules: Rules, events: tuple[tuple[str, ev.Event], ...]
) -> list[str]:
    """What each event does to somebody in this place."""
    before = Session(place=place, visit=_VISIT, job=Job(mode), next_job=Job(mode))
    rows = []
    for event_name, event in events:
        at = deadline(before) or _AT if isinstance(event, ev.TimePassed) else 2.0
        after, effects = step(before, event, at, rules)
        if (after, effects) == (before, ()):
            continue
        done = ", ".join(type(effect).__name__ for effect in effects) or "—"
        rows.append(f"| {event_name} | {_name(after, before)} | {done} |")
    return rows


def _name(after: Session, before: Session) -> str:
    place = after.place
    if isinstance(place, Verdict):
        return f"Verdict: {place.kind.value}" + (f" ({place.reason})" if place.reason != "ok" else "")
    name = type(place).__name__
    if after.waiting is not None and before.waiting is None:
        return f"{name}; the new card waits"
    return f"{name}: {place.code}" if isinstance(place, Trouble) else name


if __name__ == "__main__":
    sys.stdout.write(table())
