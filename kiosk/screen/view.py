"""The picture of a session for the page: keys of sentences, a sign, a tone, what may be pressed.

Pure. The sentences are in `texts/`; the only personal datum that can ever be here is the given name of an
accepted greeting, with the milliseconds it may still be seen. The page takes it away by itself even if no
further word came.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from core.contracts.checkin import CheckInMode, Punctuality
from core.contracts.guardian_report import CODE_LENGTH
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
from kiosk.session.values import Button, VerdictKind

# The movements of the face check (kiosk.face.movements.Movement): each has an arrow, or an eye, of its own.
WAYS = frozenset({"turn_left", "turn_right", "look_up", "look_down", "blink"})
# The chip's phases in their order (kiosk.card.values.Phase), for the bar on the screen.
PHASES = ("access", "details", "copy_check", "portrait", "checking", "done")

_LEAVE = (Button.CANCEL, Button.HELP)


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows (hình trên màn hình). `title`, `text` and `hint` are keys of the texts."""

    visit: int
    screen: str
    tone: str
    sign: str
    title: str
    text: str
    mode: str
    hint: str | None = None
    fallback: str | None = None
    name: str | None = None
    name_ms: int = 0
    progress: float | None = None
    buttons: tuple[str, ...] = ()
    sound: str | None = None
    camera: bool = False
    way: str | None = None
    """The movement that is asked for, for its arrow."""
    digits: int = 0
    """How many digits are to be typed on the screen; 0 for none."""

    def wire(self) -> dict[str, Any]:
        """The JSON-ready form."""
        return asdict(self)


def view_of(session: Session, at: float, *, face_alone: bool = False) -> View:
    """The view of a session at `at` (monotonic seconds); `face_alone` offers to come without a card.

    >>> view_of(Session(), 0.0).title
    'idle.title'
    """
    place = session.place
    offers = face_alone and session.job.mode is CheckInMode.ATTENDANCE
    parts = _parts(place, at, face_alone=offers)
    if isinstance(place, Idle) and not session.reader_there:
        parts |= _NO_READER
    screen = str(parts.pop("screen", None) or _NAMES[type(place)])
    return View(
        visit=session.visit,
        screen=screen,
        title=str(parts.pop("title", f"{screen}.title")),
        text=str(parts.pop("text", f"{screen}.text")),
        mode=session.job.mode.value,
        **parts,
    )


_NO_READER = {"tone": "wait", "sign": "person", "title": "reader_away.title", "text": "reader_away.text"}
"""Nobody is invited to lay a card where it would not be seen."""
_NAMES: dict[type[Place], str] = {
    Idle: "idle",
    NeedCode: "need_code",
    NeedCard: "need_card",
    Reading: "reading",
    Looking: "looking",
    NeedChatCode: "need_chat_code",
    Sending: "sending",
    Verdict: "verdict",
    Trouble: "trouble",
    Help: "help",
    Locked: "locked",
}


def _parts(place: Place, at: float, *, face_alone: bool) -> dict[str, Any]:
    """What differs from place to place."""
    match place:
        case Verdict():
            return _verdict(place, at)
        case Trouble():
            buttons = (Button.RETRY, *_LEAVE) if place.retry else (Button.CANCEL,)
            return {
                "tone": "wait",
                "sign": "person",
                "text": f"trouble.{place.code}",
                "fallback": "trouble.other",
                "buttons": _values(buttons),
                "sound": "wait",
            }
        case Reading():
            return _reading(place)
        case Looking():
            asked = _asked(place.hint, "looking.turning")
            hint = {"hint": f"face.{place.hint}", "fallback": "face.look"}
            return {
                "tone": "work",
                "sign": "face",
                "buttons": _values(_LEAVE),
                "camera": True,
                "sound": "look",
                **(asked or hint),
            }
        case Help():
            return {
                "tone": "wait",
                "sign": "person",
                "text": f"help.{place.code}",
                "buttons": _values((Button.CANCEL,)),
            }
        case _:
            return _still(place, face_alone=face_alone)


def _reading(place: Reading) -> dict[str, Any]:
    """The chip's phases; while they go on the camera may ask for something already."""
    done = PHASES.index(place.phase) if place.phase in PHASES else 0
    seen = place.hint is not None
    hint = f"face.{place.hint}" if seen else f"phase.{place.phase}"
    return {
        "tone": "work",
        "sign": "card",
        "hint": hint,
        "progress": (done + 1) / len(PHASES),
        "buttons": _values(_LEAVE),
        "camera": seen,
        "sound": "start" if done == 0 else None,
        **_asked(place.hint, "reading.turning"),
    }


def _asked(hint: str | None, text: str) -> dict[str, Any]:
    """A movement is the one thing to be read: it stands in the title, with its arrow."""
    if hint not in WAYS:
        return {}
    return {"title": f"face.{hint}", "text": text, "way": hint, "hint": None}


def _still(place: Place, *, face_alone: bool) -> dict[str, Any]:
    """The places that only say one thing."""
    match place:
        case NeedCode():
            return {"tone": "work", "sign": "qr", "buttons": _values(_LEAVE), "camera": True}
        case NeedCard():
            return {"tone": "work", "sign": "card", "buttons": _values(_LEAVE)}
        case NeedChatCode():
            return {"tone": "work", "sign": "phone", "buttons": _values(_LEAVE), "digits": CODE_LENGTH}
        case Sending():
            return {"tone": "work", "sign": "clock"}
        case Locked():
            return {
                "tone": "wait",
                "sign": "lock",
                "text": f"locked.{place.reason}",
                "fallback": "locked.text",
            }
        case _:
            return _idle(face_alone=face_alone)


def _idle(*, face_alone: bool) -> dict[str, Any]:
    """The invitation; who has no card may be known by the face, where the school allows it."""
    first = Button.FACE if face_alone else Button.NO_CARD
    return {"tone": "calm", "sign": "card", "buttons": _values((first, Button.HELP))}


_VERDICTS = {
    VerdictKind.ACCEPTED: ("good", "check", "good"),
    VerdictKind.RECORDED: ("good", "saved", "good"),
    VerdictKind.NEEDS_STAFF: ("wait", "person", "wait"),
    VerdictKind.REFUSED: ("stop", "stop", "stop"),
}


def _verdict(place: Verdict, at: float) -> dict[str, Any]:
    tone, sign, sound = _VERDICTS[place.kind]
    base = f"verdict.{place.kind}"
    late = place.punctuality is Punctuality.LATE and place.kind is VerdictKind.ACCEPTED
    buttons = () if tone == "good" else (Button.CANCEL,)
    return {
        "screen": f"verdict_{place.kind}",
        "tone": tone,
        "sign": sign,
        "sound": sound,
        "title": f"{base}.greeting" if place.name else f"{base}.title",
        "text": f"{base}.late" if late else f"{base}.reason.{place.reason}",
        "fallback": f"{base}.text",
        "name": place.name,
        "name_ms": max(0, round(1000 * (place.name_until - at))) if place.name else 0,
        "buttons": _values(buttons),
    }


def _values(buttons: tuple[Button, ...]) -> tuple[str, ...]:
    return tuple(button.value for button in buttons)
