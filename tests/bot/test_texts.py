"""Every key that anything says has a sentence, in both languages, and nobody reads a code."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import bot
import core
from bot.messages import Button, Rendered
from bot.texts import en, vi
from bot.texts.render import UnknownTextError, codes, find_text, render
from core.console.desk_texts import message

ROOT = Path(__file__).parents[2]
KEY = re.compile(r'(?:Reply\(\s*|key=|_alert\([^"]*)"([a-z]+\.[a-z_]+)"')


def load_everything() -> None:
    for package in (core, bot):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)


def test_every_error_of_the_core_has_a_sentence_in_both_languages() -> None:
    load_everything()
    assert len(codes()) > 20
    for code in codes():
        for locale in ("vi", "en"):
            said = render(f"error.{code}", {}, locale).text
            assert said
            assert code not in said


def test_every_key_that_is_written_in_the_code_has_a_sentence() -> None:
    sources = [path for name in ("core", "bot") for path in sorted((ROOT / name).rglob("*.py"))]
    keys = {key for path in sources for key in KEY.findall(path.read_text())}
    assert len(keys) > 20
    unsaid = [key for key in sorted(keys) if find_text(key, "vi") is None]
    assert unsaid == []


def test_english_and_vietnamese_say_the_same_things() -> None:
    assert set(en.TEXTS) == set(vi.TEXTS)


def test_every_message_has_a_name_for_the_list_that_staff_read() -> None:
    spoken = {key for key in vi.TEXTS if key.partition(".")[0] not in {"choice", "hint", "zalo"}}
    assert [key for key in sorted(spoken) if message(key) == key] == []


def test_a_gates_name_is_said_once() -> None:
    said = render("gate.which", {"gates": ["Cổng chính", "Sân sau"]}).text
    assert "“khoá cổng chính”" in said
    assert "“khoá cổng sân sau”" in render("gate.which", {"gates": ["Sân sau", "Cổng chính"]}).text


def test_check_in_messages_read_well_with_and_without_a_name() -> None:
    params = {"time": "06:58", "date": "21/11/2026", "gate": "Cổng chính", "given_name": "Ánh"}
    assert (
        render("checkin.arrived", params).text
        == "✅ Ánh đã đến trường lúc 06:58, ngày 21/11/2026 tại Cổng chính."
    )
    for key in ("checkin.late", "checkin.exam_arrived", "checkin.exam_late"):
        assert "06:58" in render(key, {"time": "06:58", "date": "21/11/2026", "gate": ""}).text


PRESSED = re.compile(r"(?:[Bb]ấm(?: nút)?|[Pp]ress) “([^”{]+)”")


def test_a_button_that_a_sentence_tells_to_press_is_called_so() -> None:
    sources = [path.read_text() for path in sorted((ROOT / "bot" / "texts").glob("*.py"))]
    named = {label for source in sources for label in PRESSED.findall(source)}
    said = {**vi.TEXTS, **{f"en {key}": text for key, text in en.TEXTS.items()}}
    labels = {text for key, text in said.items() if "choice." in key}
    assert len(named) > 5
    assert sorted(named - labels) == []


def test_an_unknown_key_is_an_error_and_never_shown() -> None:
    with pytest.raises(UnknownTextError):
        render("no.such_key", {})


def test_where_there_are_no_buttons_the_choices_are_numbered() -> None:
    message = Rendered("Chọn nhé", (Button("a", "Một"), Button("b", "Hai")))
    assert message.typed("Trả lời bằng số.") == "Chọn nhé\n\n1. Một\n2. Hai\nTrả lời bằng số."
