"""A log says where, not what."""

from __future__ import annotations

from core.work.blame import where


def test_the_place_is_named_and_the_message_is_not() -> None:
    try:
        int("số 0912345678")
    except ValueError as error:
        place = where(error)
    assert place.startswith("test_blame.py:")
    assert "0912345678" not in place


def test_an_error_that_was_never_raised_has_no_place() -> None:
    assert where(ValueError()) == "unknown"
