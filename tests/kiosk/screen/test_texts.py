"""Every sentence the page may ask for exists, in both languages, and none is cold or long."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from core.checkins.domain import Reason
from core.contracts.checkin import Punctuality
from kiosk.card.errors import CardError
from kiosk.errors import KioskError
from kiosk.screen.server import TEXTS
from kiosk.screen.view import PHASES, view_of
from kiosk.session.places import Help, Idle, Session, Verdict
from kiosk.session.values import Button, VerdictKind

BOOKS = {path.stem: json.loads(path.read_text("utf-8")) for path in TEXTS.glob("*.json")}
# Never shown to a pupil: they stop a command, or are only ever a cause of a place that has its own words.
SILENT = {"kiosk.error", "kiosk.settings", "kiosk.not_enrolled", "kiosk.unreachable", "kiosk.nonsense"}
SILENT |= {"kiosk.update", "card.error", "card.certificate_import", "emulator.wrong_password"}


def codes(of: type[Exception]) -> Iterator[str]:
    yield of.code  # type: ignore[attr-defined]  # both families have it
    for child in of.__subclasses__():
        yield from codes(child)


def test_both_languages_say_the_same_things() -> None:
    assert BOOKS["vi"].keys() == BOOKS["en"].keys()


@pytest.mark.parametrize("code", sorted({*codes(CardError), *codes(KioskError)} - SILENT))
def test_every_error_that_reaches_a_pupil_has_a_sentence(code: str) -> None:
    assert f"trouble.{code}" in BOOKS["vi"]


@pytest.mark.parametrize("kind", VerdictKind)
@pytest.mark.parametrize("name", ["An", None])
def test_every_verdict_has_its_title_and_a_sentence(kind: VerdictKind, name: str | None) -> None:
    place = Verdict(9, 0, kind, "a_reason_of_next_year", Punctuality.LATE, name, 1)
    view = view_of(Session(place=place), 0)
    if name is None or kind is VerdictKind.ACCEPTED:
        assert view.title in BOOKS["vi"]
    assert {view.text, view.fallback} & BOOKS["vi"].keys()


def test_buttons_phases_and_help_have_words() -> None:
    wanted = {f"button.{button}" for button in Button} | {f"phase.{phase}" for phase in PHASES}
    wanted |= {view_of(Session(place=Help(9, code)), 0).text for code in ("help", "no_card")}
    wanted |= {view_of(Session(place=Idle()), 0).title}
    assert wanted <= BOOKS["vi"].keys()


@pytest.mark.parametrize("language", sorted(BOOKS))
def test_sentences_are_short_enough_to_read_in_passing(language: str) -> None:
    for key, text in BOOKS[language].items():
        limit = 30 if key.endswith(".title") else 110
        if not key.startswith(("demo.", "emulated.")):
            assert len(text) <= limit, (key, len(text))


@pytest.mark.parametrize("reason", sorted(set(Reason) - {Reason.OK}))
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_reason_of_the_core_has_a_sentence_of_its_own(language: str, reason: Reason) -> None:
    assert [key for key in BOOKS[language] if key.endswith(f".reason.{reason.value}")]


@pytest.mark.parametrize("language", sorted(BOOKS))
@pytest.mark.parametrize("mode", ["guardian", "enrolment", "visitor"])
def test_where_no_teacher_is_needed_at_once_the_title_does_not_say_to_wait_for_one(
    mode: str, language: str
) -> None:
    """Who is to ask for a new code, or may go on with the card, read "wait for a teacher" above it."""
    book = BOOKS[language]
    assert book[f"verdict.needs_staff.title.{mode}"] != book["verdict.needs_staff.title"]
    assert not re.search("thầy cô|teacher", book[f"verdict.needs_staff.title.{mode}"])
