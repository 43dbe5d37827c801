"""Whoever comes has a way: no card, no portrait, too small, a mask, twins; walked through the running kiosk's parts.

Who stands there is the emulated scene, or a face check that says what the real one would (its own tests are in
`tests/kiosk/face`); session, runner, spool, screen and roster are the kiosk's own.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from core.contracts.checkin import FaceOutcome
from core.contracts.roster import Roster, RosterPupil, fingerprint
from kiosk.app import Kiosk
from kiosk.clock import SystemClock
from kiosk.emulated.cards import EmulatedCards, Trick
from kiosk.emulated.faces import looks_of
from kiosk.emulated.people import SAMPLE
from kiosk.session.events import Pressed
from kiosk.session.places import Idle, Looking, Verdict
from kiosk.session.values import (
    Button,
    FaceReport,
    Rules,
    Subject,
    VerdictKind,
)
from tests.kiosk.support.machine import running_kiosk
from tests.kiosk.support.peer import Peer, core_peer
from tests.kiosk.support.waiting import eventually

AN, KHOI, HAN = SAMPLE
_QUICK = Rules(accepted=20, needs_staff=20, stopped=20)


@dataclass
class Visit:
    """A kiosk and the core that it reports to."""

    kiosk: Kiosk
    peer: Peer

    @property
    def place(self) -> object:
        assert self.kiosk.runner is not None
        return self.kiosk.runner.session.place

    def tap(self, trick: Trick = Trick.NONE) -> None:
        cards = self.kiosk.devices.cards
        assert isinstance(cards, EmulatedCards)
        cards.tap(AN, trick)

    def press(self, button: Button) -> None:
        assert self.kiosk.runner is not None
        self.kiosk.runner.post(Pressed(self.kiosk.runner.session.visit, button))

    def know(self, *twins: str) -> None:
        """The roster has An's enrolled face, and others whose face is the same."""
        faces = looks_of(AN.number.value)
        named = ((AN.number.value, faces), *((one, faces) for one in twins))
        salt = "c2FsdHNhbHRzYWx0c2FsdA=="
        now = SystemClock().now()
        pupils = tuple(
            RosterPupil(
                student_id=UUID(int=index + 1), key=fingerprint(salt, number), given_name="An", faces=known
            )
            for index, (number, known) in enumerate(named)
        )
        roster = Roster(
            salt=salt, issued_at=now, valid_until=now + timedelta(hours=1), pupils=pupils, exams=()
        )
        self.kiosk.roster.keep(roster)
        self.kiosk.devices.know(self.kiosk.roster.current())
        self.kiosk._apply(self.kiosk.staff.model_copy(update={"face_alone": True}))

    async def shows(self, kind: VerdictKind, reason: str = "") -> None:
        def there() -> bool:
            return isinstance(self.place, Verdict) and self.place.kind is kind and reason in self.place.reason

        await eventually(there)


@asynccontextmanager
async def visiting(folder: Path) -> AsyncIterator[Visit]:
    async with core_peer() as peer, running_kiosk(folder, peer, _QUICK) as (kiosk, _):
        yield Visit(kiosk, peer)


async def test_a_card_without_a_portrait_is_reported_with_the_face_not_done(tmp_path: Path) -> None:
    async with visiting(tmp_path) as visit:
        visit.tap(Trick.NO_PORTRAIT)
        await eventually(lambda: bool(visit.peer.reports))
        assert visit.peer.reports[0]["face"] == "not_done"
        assert visit.peer.reports[0]["identified_by"] == "chip"


async def test_a_card_without_a_portrait_is_compared_with_the_enrolled_face_where_there_is_one(
    tmp_path: Path,
) -> None:
    async with visiting(tmp_path) as visit:
        visit.know()
        visit.tap(Trick.NO_PORTRAIT)
        await visit.shows(VerdictKind.ACCEPTED)
        assert visit.peer.reports[0]["face"] == "match"


async def test_who_forgot_the_card_and_has_a_twin_goes_to_a_teacher_and_nothing_is_reported(
    tmp_path: Path,
) -> None:
    async with visiting(tmp_path) as visit:
        visit.know(KHOI.number.value)
        visit.tap()
        await visit.shows(VerdictKind.ACCEPTED)
        visit.press(Button.CANCEL)
        await eventually(lambda: isinstance(visit.place, Idle))
        visit.press(Button.FACE)
        await visit.shows(VerdictKind.NEEDS_STAFF, "face_unknown")
        assert len(visit.peer.reports) == 1


async def test_a_twin_with_the_own_card_passes_by_the_card(tmp_path: Path) -> None:
    async with visiting(tmp_path) as visit:
        visit.know(KHOI.number.value)
        visit.tap()
        await visit.shows(VerdictKind.ACCEPTED)


@dataclass
class Told:
    """A face check that says hints, as the real one does, and ends when the person did what was asked."""

    hints: tuple[str, ...]
    emulated: bool = True
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def check(self, subject: Subject, on_hint: Callable[[str], None]) -> FaceReport:
        del subject
        for hint in self.hints:
            on_hint(hint)
        await self.go_on.wait()
        return FaceReport(FaceOutcome.MATCH, 0.7, liveness_passed=True)


@pytest.mark.parametrize(
    ("hint", "vietnamese", "english"),
    [
        ("stand_taller", "Em đứng lên bục", "step"),
        ("take_off_mask", "khẩu trang", "mask"),
        ("one_person", "một bạn", "one"),
        ("come_closer", "lại gần", "closer"),
        ("less_light", "chói", "bright"),
        ("more_light", "tối", "dark"),
    ],
)
async def test_each_hindrance_is_said_kindly_and_the_pupil_goes_on(
    tmp_path: Path, hint: str, vietnamese: str, english: str
) -> None:
    async with visiting(tmp_path) as visit:
        told = Told((hint,))
        assert visit.kiosk.runner is not None
        object.__setattr__(visit.kiosk.runner.parts, "faces", told)
        visit.tap()
        await eventually(lambda: isinstance(visit.place, Looking) and visit.place.hint == hint)
        view = visit.kiosk.board.view
        assert view is not None
        for language, words in (("vi", vietnamese), ("en", english)):
            assert words in texts(language)[str(view.hint)].replace("Too ", "too ")
        told.go_on.set()
        await visit.shows(VerdictKind.ACCEPTED)


def texts(language: str) -> dict[str, str]:
    import json

    from kiosk.screen.server import TEXTS

    said: dict[str, str] = json.loads((TEXTS / f"{language}.json").read_text("utf-8"))
    return said


async def test_who_has_no_card_and_no_enrolled_face_is_sent_to_a_teacher(tmp_path: Path) -> None:
    async with visiting(tmp_path) as visit:
        visit.press(Button.NO_CARD)
        await eventually(
            lambda: visit.kiosk.board.view is not None and visit.kiosk.board.view.screen == "help"
        )
        assert visit.peer.reports == []
